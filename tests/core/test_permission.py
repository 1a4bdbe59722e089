"""N3 as one table that a compliance officer can read, and every combination of its columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core.campaign_rules import Beside
from chalicelib.core.campaigns import Campaign
from chalicelib.core.messages import Kind
from chalicelib.core.permission import RULES, Leave, Refuse, Wait, cap_frees, may_leave, over_cap, stopped
from chalicelib.core.records import AboutVisit, Contact, Message, Offer, Patient, Reengagement
from chalicelib.core.reengagement import Back
from tests.appointments import an_appointment
from tests.waitlist import a_slot

DENVER = ZoneInfo("America/Denver")
NOON = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)  # Tuesday 12:00 in Denver
NIGHT = datetime(2026, 3, 4, 4, 30, tzinfo=UTC)  # Tuesday 21:30 in Denver
MORNING = datetime(2026, 3, 4, 16, 0, tzinfo=UTC)  # Wednesday 09:00 in Denver

# What each circumstance does to each kind of text, alone. "goes": it does not matter. "waits": until the patient's safe hours.
# "waits an hour": while a clinician is to call them first.
# "waits for day": until a day of their calendar with room. "waits a day": until the budget of automatic texts has room. Anything else is the word that the thread shows for a text that stays here.
TABLE = """
kind               | stopped   | no consent | on hold | deceased | at night | cap reached   | number changed | says too much | too late | call owed
reply              | opted_out | goes       | goes    | deceased | goes     | goes          | number_changed | content_level | too_late | goes
staff              | opted_out | no_consent | goes    | deceased | waits    | goes          | number_changed | content_level | too_late | goes
welcome            | opted_out | no_consent | on_hold | deceased | waits    | waits a day   | number_changed | content_level | too_late | waits an hour
reminder           | opted_out | no_consent | on_hold | deceased | waits    | waits for day | number_changed | content_level | too_late | waits an hour
visit_news         | opted_out | no_consent | on_hold | deceased | waits    | goes          | number_changed | content_level | too_late | goes
campaign           | opted_out | no_consent | on_hold | deceased | waits    | waits a day   | number_changed | content_level | too_late | call_first
access             | opted_out | no_consent | on_hold | deceased | waits    | goes          | number_changed | content_level | too_late | goes
offer              | opted_out | no_consent | on_hold | deceased | waits    | goes          | number_changed | content_level | too_late | waits an hour
moves              | opted_out | goes       | goes    | deceased | goes     | goes          | number_changed | content_level | too_late | goes
code               | opted_out | no_consent | goes    | deceased | waits    | goes          | number_changed | content_level | too_late | goes
ask_back           | opted_out | goes       | on_hold | deceased | waits    | goes          | number_changed | content_level | too_late | waits an hour
times              | opted_out | no_consent | on_hold | deceased | waits    | goes          | number_changed | content_level | too_late | goes
missed             | opted_out | no_consent | on_hold | deceased | waits    | waits for day | number_changed | content_level | too_late | call_first
reengage           | opted_out | no_consent | on_hold | deceased | waits    | waits for day | number_changed | content_level | too_late | call_first
visit_answer       | opted_out | goes       | goes    | deceased | goes     | goes          | number_changed | content_level | too_late | goes
phone_answer       | opted_out | goes       | goes    | deceased | goes     | goes          | number_changed | content_level | too_late | goes
notice             | opted_out | goes       | goes    | deceased | goes     | frequency_cap | number_changed | content_level | too_late | goes
closed_notice      | opted_out | goes       | goes    | deceased | goes     | goes          | number_changed | content_level | too_late | goes
crisis_answer      | goes      | goes       | goes    | deceased | goes     | goes          | number_changed | content_level | too_late | goes
stop_confirmation  | goes      | goes       | goes    | deceased | goes     | goes          | number_changed | content_level | too_late | goes
start_confirmation | opted_out | goes       | goes    | deceased | goes     | goes          | number_changed | content_level | too_late | goes
keep_confirmation  | opted_out | no_consent | goes    | deceased | goes     | goes          | number_changed | content_level | too_late | goes
help               | goes      | goes       | goes    | deceased | goes     | goes          | number_changed | content_level | too_late | goes
"""


MISSED = an_appointment(status="noshow", appointment_id="v0")
BACK = Back(Reengagement("alice", "r1", "adult", "after_missed", "missed", NOON - timedelta(hours=1), "carol", "v0"), None, (MISSED,))
CAMPAIGN = Campaign("adult", "k1", "new_hours", "news", "everyone", "gina", NOON, state="running")
VISIT, SLOT = an_appointment(), a_slot(state="offered")


def read_table():
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
    return head[1:], {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


CIRCUMSTANCES, CELLS = read_table()


def verdict(kind, circumstances, patient_too=True):
    """The verdict when these circumstances hold and all else is as it should be."""
    has = circumstances.__contains__
    now = NIGHT if has("at night") else NOON
    contact = Contact(
        "c1",
        1,
        stopped_at=now - timedelta(days=1) if has("stopped") else None,
        auto_sent=(now - timedelta(hours=2),) if has("cap reached") else (),
    )
    patient = Patient(
        "alice",
        "adult",
        "another" if has("number changed") else "c1",
        b"",
        status="deceased" if has("deceased") else "hold" if has("on hold") else "active",
        zone="America/Denver",
        content_level=0,
        consent={} if has("no consent") else dict.fromkeys(("conversation", "re_engagement"), now - timedelta(days=9)),
        call_first="t1" if has("call owed") else "",
    )
    message = Message(
        "alice", "m1", "out", kind, "claimed", now, "adult", "c1", b"",
        patient_id="alice" if patient_too else "",
        content_level=1 if has("says too much") else 0,
        expires_at=now if has("too late") else now + timedelta(minutes=5),
        reengagement=("r1", "same day") if RULES[Kind(kind)].of_return else (),
        slots=(SLOT.slot_id,) if RULES[Kind(kind)].of_slots else (),
        visits=(AboutVisit(VISIT.appointment_id, VISIT.start_at),) if RULES[Kind(kind)].of_visits else (),
    )
    held = replace(SLOT, offers=(Offer("alice", "v1", now, now + timedelta(hours=1)),))
    return may_leave(message, contact, patient if patient_too else None, DENVER, now, (VISIT,), (held,), BACK, Beside(CAMPAIGN))


def test_the_table_has_a_row_for_every_kind_that_can_leave_and_each_rule_says_why():
    assert set(CELLS) == {kind.value for kind in RULES} == {kind.value for kind in Kind} - {"text", "reaction", "note"}
    assert all(rule.why for rule in RULES.values())


def test_every_combination_of_circumstances_is_what_its_columns_say():
    for kind, cells in CELLS.items():
        for flags in product((False, True), repeat=len(CIRCUMSTANCES)):
            here = {name for name, flag in zip(CIRCUMSTANCES, flags, strict=True) if flag}
            words = {cells[name] for name in here} - {"goes", "waits", "waits a day", "waits for day", "waits an hour"}
            found = verdict(kind, here)
            if words:
                assert isinstance(found, Refuse) and found.why in words, (kind, here, found)
            elif "call owed" in here and cells["call owed"] == "waits an hour":
                assert found == Wait((NIGHT if "at night" in here else NOON) + timedelta(hours=1), "call_first"), (kind, here)
            elif "cap reached" in here and cells["cap reached"] == "waits a day":
                free = (NIGHT if "at night" in here else NOON) + timedelta(hours=22)
                assert found == Wait(free, "frequency_cap"), (kind, here)
            elif "cap reached" in here and cells["cap reached"] == "waits for day":
                assert found == Wait(MORNING, "frequency_cap"), (kind, here)
            elif "at night" in here and cells["at night"] == "waits":
                assert found == Wait(MORNING, "safe_hours"), (kind, here)
            else:
                assert found == Leave(), (kind, here, found)


@pytest.mark.parametrize("kind", sorted(CELLS))
def test_only_these_three_reach_somebody_who_said_stop(kind):
    goes = verdict(kind, {"stopped"}) == Leave()
    assert goes == (kind in ("crisis_answer", "stop_confirmation", "help"))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("reply", Leave()), ("notice", Leave()), ("closed_notice", Leave()), ("crisis_answer", Leave()), ("stop_confirmation", Leave()),
        ("start_confirmation", Leave()), ("help", Leave()),
        ("staff", Refuse("no_consent")), ("welcome", Refuse("no_consent")),
    ],
)
def test_a_number_that_belongs_to_nobody_has_agreed_to_nothing(kind, expected):
    assert verdict(kind, set(), patient_too=False) == expected


@pytest.mark.parametrize("kind", sorted(CELLS))
def test_a_number_that_belongs_to_nobody_hears_nothing_beyond_level_0(kind):
    assert isinstance(verdict(kind, {"says too much"}, patient_too=False), Refuse)


def a_message(**fields):
    return replace(Message("alice", "m1", "out", "staff", "claimed", NOON, "adult", "c1", b"", patient_id="alice"), **fields)


def a_patient(**fields):
    return replace(Patient("alice", "adult", "c1", b"", zone="America/Denver", consent={"conversation": NOON}), **fields)


def test_texts_fail_closed_when_somebody_or_something_is_missing():
    assert may_leave(a_message(), None, a_patient(), DENVER, NOON) == Refuse("no_number")
    assert may_leave(a_message(), Contact("c1"), None, DENVER, NOON) == Refuse("no_patient")
    assert may_leave(a_message(kind="text"), Contact("c1"), a_patient(), DENVER, NOON) == Refuse("unknown_kind")
    assert may_leave(a_message(kind="from a newer version"), Contact("c1"), a_patient(), DENVER, NOON) == Refuse("unknown_kind")


@pytest.mark.parametrize(
    "fields", [{"zone": "Mountain"}, {"zone": "../etc"}, {"safe_hours": {"tue": "ten to two"}}, {"safe_hours": {"tue": "10:00"}}]
)
def test_hours_that_cannot_be_read_are_not_safe(fields):
    assert may_leave(a_message(), Contact("c1"), a_patient(**fields), DENVER, NOON) == Refuse("unreadable_hours")


def test_t19_hours_are_of_the_patients_zone_and_of_the_clinics_when_it_is_unknown():
    early = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)  # 8:30 in Denver, 10:30 in New York
    assert may_leave(a_message(), Contact("c1"), a_patient(zone="America/New_York"), DENVER, early) == Leave()
    assert may_leave(a_message(), Contact("c1"), a_patient(zone=""), DENVER, early) == Wait(early + timedelta(minutes=30), "safe_hours")


def test_her_own_hours_narrow_the_house_and_none_at_all_is_a_no():
    own = a_patient(safe_hours={"thu": "18:00-23:00"})
    assert may_leave(a_message(), Contact("c1"), own, DENVER, NOON) == Wait(datetime(2026, 3, 6, 1, 0, tzinfo=UTC), "safe_hours")
    never = a_patient(safe_hours={"thu": "21:00-23:00"})
    assert may_leave(a_message(), Contact("c1"), never, DENVER, NOON) == Refuse("no_safe_hours")


def test_tcpa_7_the_last_instant_of_a_confirmation():
    message = a_message(kind="stop_confirmation", expires_at=NOON + timedelta(minutes=5))
    on_time, late = NOON + timedelta(minutes=5, microseconds=-1), NOON + timedelta(minutes=5)
    assert may_leave(message, Contact("c1"), a_patient(), DENVER, on_time) == Leave()
    assert may_leave(message, Contact("c1"), a_patient(), DENVER, late) == Refuse("too_late")


@pytest.mark.parametrize(
    ("stopped_at", "started_at", "expected"),
    [(None, None, False), (None, NOON, False), (NOON, None, True), (NOON, NOON, True), (NOON, NOON - timedelta(1), True), (NOON, NOON + timedelta(1), False)],
)
def test_stopped_until_a_later_start(stopped_at, started_at, expected):
    assert stopped(Contact("c1", stopped_at=stopped_at, started_at=started_at)) is expected


@pytest.mark.parametrize(
    ("hours_ago", "expected"),
    [((), False), ((23.9,), True), ((24,), False), ((30, 60), False), ((30, 60, 90), True), ((30, 60, 168), False)],
)
def test_tcpa_11_one_automatic_text_a_day_three_a_week(hours_ago, expected):
    sent = tuple(NOON - timedelta(hours=ago) for ago in hours_ago)
    assert over_cap(Contact("c1", auto_sent=sent), NOON) is expected


@pytest.mark.parametrize(
    ("hours_ago", "free_in"), [((23,), 1), ((2,), 22), ((30, 60, 90), 168 - 90), ((2, 60, 90), 168 - 90), ((2, 166, 167), 22)]
)
def test_the_budget_has_room_again(hours_ago, free_in):
    sent = tuple(NOON - timedelta(hours=ago) for ago in hours_ago)
    assert cap_frees(Contact("c1", auto_sent=sent), NOON) == NOON + timedelta(hours=free_in)


# --- texts that tell of visits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "now_is",
    [(), (replace(VISIT, status="cancelled"),), (replace(VISIT, start_at=VISIT.start_at + timedelta(hours=1)),), (replace(VISIT, status="arrived"),)],
    ids=["gone", "called off", "moved", "came"],
)
def test_c50_a_text_about_what_has_changed_stays(now_is):
    message = Message(
        "alice", "m1", "out", Kind.REMINDER, "claimed", NOON, "adult", "c1", b"", patient_id="alice",
        visits=(AboutVisit(VISIT.appointment_id, VISIT.start_at),),
    )
    patient = Patient("alice", "adult", "c1", b"", zone="America/Denver", consent={"conversation": NOON})
    assert may_leave(message, Contact("c1", 1), patient, DENVER, NOON, now_is) == Refuse("visit_changed")
    assert may_leave(message, Contact("c1", 1), patient, DENVER, NOON, (VISIT,)) == Leave()
    declined = replace(patient, declined=("appointments",))
    assert may_leave(message, Contact("c1", 1), declined, DENVER, NOON, (VISIT,)) == Refuse("declined")
