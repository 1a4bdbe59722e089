"""Who is called first, what ends a sequence, when its texts leave: as tables, and for any order of days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.core.quiet import last_contact, morning, next_look
from chalicelib.core.records import Patient, Reengagement, Thread
from chalicelib.core.reengagement import (
    CAREFUL,
    ENDS,
    HELPS_FOR,
    UNDO,
    WHY,
    Back,
    ended,
    fact,
    next_at,
    owes_a_call,
    planned,
    why_stop,
)
from chalicelib.core.safe_hours import next_safe
from chalicelib.texts import reengagement as texts
from tests.appointments import DAY, HOUR, an_appointment

NOW = datetime(2026, 3, 6, 23, 0, tzinfo=UTC)  # Friday 16:00 in Denver
DENVER = ZoneInfo("America/Denver")
ALICE = Patient("alice", "adult", "c1", b"", zone="America/Denver")
THREAD = Thread("alice", "adult", "c1", "alice")
MISSED = an_appointment(status="noshow", appointment_id="v0")
ROW = Reengagement(
    "alice", "r1", "adult", "after_missed", "missed", NOW, "carol", "v0", planned(texts.sequences()[0], DENVER, {}, NOW, NOW - HOUR)
)

# What is known of them, and whom that makes somebody call: the word, or "" for nobody.
FACTS = [
    ({}, {}, ""),
    ({}, {"crisis_at": NOW - CAREFUL}, "incident"),
    ({}, {"crisis_at": NOW - CAREFUL - timedelta(seconds=1)}, ""),
    ({}, {"incident_id": "i1"}, "incident"),
    ({"item9_at": NOW - DAY}, {}, "item9"),
    ({"discharged_at": NOW - DAY}, {}, "discharge"),
    ({"discharged_at": NOW - DAY, "item9_at": NOW - 2 * DAY}, {}, "discharge"),  # the newest names it
    ({"item9_at": NOW - DAY, "called_at": NOW - HOUR}, {}, ""),  # a clinician has called since
    ({"item9_at": NOW - HOUR, "called_at": NOW - DAY}, {}, "item9"),
    ({"called_at": NOW - HOUR}, {"incident_id": "i1"}, "incident"),  # one that is open is of this moment
    ({"call_first": "t1"}, {}, "call_first"),
]


@pytest.mark.parametrize(("patient", "thread", "word"), FACTS, ids=[str(at) for at in range(len(FACTS))])
def test_who_is_called_before_any_text(patient, thread, word):
    assert owes_a_call(replace(ALICE, **patient), replace(THREAD, **thread), NOW) == word


def test_a_missed_visit_asks_for_a_call_whatever_was_called_before():
    called = replace(ALICE, item9_at=NOW - DAY, called_at=NOW - HOUR)
    assert owes_a_call(called, THREAD, NOW) == "" and fact(called, THREAD, NOW).word == "item9"


AHEAD = an_appointment(NOW + 9 * DAY, appointment_id="v2", created_at=NOW - DAY)
STOPS = [
    ("nothing", {}, {}, (MISSED,), "same day", ""),
    ("they wrote since", {}, {"heard_at": NOW + HOUR}, (MISSED,), "same day", "replied"),
    ("they wrote before", {}, {"heard_at": NOW - HOUR}, (MISSED,), "same day", ""),
    ("an older text waits", {}, {"waiting_since": NOW - DAY}, (MISSED,), "same day", "waiting"),
    ("next week's visit, the line of the day", {}, {}, (MISSED, AHEAD), "same day", ""),
    ("next week's visit, what comes later", {}, {}, (MISSED, AHEAD), "4 days", "booked"),
    ("booked since", {}, {}, (MISSED, replace(AHEAD, created_at=NOW + HOUR)), "same day", "booked"),
    ("called off again", {}, {}, (MISSED, replace(AHEAD, status="cancelled")), "4 days", ""),
    ("it was not missed", {}, {}, (replace(MISSED, status="fulfilled"),), "same day", "undone"),
    ("an item 9", {"item9_at": NOW - DAY}, {}, (MISSED,), "same day", "item9"),
    ("another program", {"program": "harbor"}, {}, (MISSED,), "same day", "moved"),
]


@pytest.mark.parametrize(("patient", "thread", "visits", "touch", "why"), [row[1:] for row in STOPS], ids=[row[0] for row in STOPS])
def test_what_ends_it(patient, thread, visits, touch, why):
    back = Back(ROW, replace(THREAD, **thread), visits)
    assert why_stop(back, replace(ALICE, **patient), touch, NOW + 2 * HOUR) == why


def test_what_is_stopped_or_gone_stays_stopped_whatever_else_is_so():
    assert why_stop(Back(ended(ROW, "by_staff", "carol", NOW), THREAD, ()), ALICE, "same day", NOW) == "by_staff"
    assert why_stop(Back(None, THREAD, ()), ALICE, "same day", NOW) == "by_staff"
    assert set(ENDS) == set(WHY) - {"done"}


@given(
    hour=some.integers(0, 24 * 400), ago=some.integers(0, 14 * 24), day=some.sampled_from(["", "mon", "sat"]),
    window=some.sampled_from(["09:00-10:00", "18:00-20:00", "00:00-23:00"]), zone=some.sampled_from(["America/Denver", "Pacific/Honolulu", "America/New_York"]),
)
def test_whatever_the_day_each_text_waits_its_days_leaves_in_a_safe_hour_and_before_it_helps_nobody(hour, ago, day, window, zone):
    now, home = NOW + hour * HOUR, ZoneInfo(zone)
    hours = {day: window} if day else {}
    found = planned(texts.sequences()[0], home, hours, now, now - ago * HOUR)
    assert [touch.name for touch in found] == [step.name for step in texts.sequences()[0].steps]
    for touch in found:
        if touch.state == "planned":
            assert next_safe(touch.at, home, hours) == touch.at and now + UNDO <= touch.at < touch.until
    assert found[0].until == now - ago * HOUR + HELPS_FOR
    days = [(touch.at.astimezone(home).date() - now.astimezone(home).date()).days for touch in found[1:] if touch.state == "planned"]
    assert days == sorted(days) and all(each >= 4 for each in days)


def test_it_always_knows_when_to_look_again_until_it_has_ended():
    assert next_at(ROW) == ROW.touches[0].at
    sent = replace(ROW, touches=tuple(replace(each, state="sent") for each in ROW.touches))
    assert next_at(sent) == ROW.touches[-1].at + 14 * DAY
    assert next_at(ended(sent, "done", "", NOW)) is None


@given(since=some.integers(0, 4000), days=some.integers(1, 365), ahead=some.integers(-2000, 2000))
def test_nobody_is_quiet_before_their_days_are_over_nor_looked_at_after_more_than_a_morning(since, days, ahead):
    at, visit = NOW - since * HOUR, an_appointment(NOW + ahead * HOUR)
    found = next_look(at, days, (visit,), DENVER, NOW)
    due = max(at, visit.start_at if ahead > 0 else at) + days * DAY
    assert (found is None) == (due <= NOW)
    if found is not None:
        assert due <= found <= due + DAY and found.astimezone(DENVER).hour == 6


def test_a_contact_is_a_text_of_theirs_a_visit_they_came_to_or_a_call():
    came, missed = an_appointment(NOW - 9 * DAY, status="fulfilled"), an_appointment(NOW - DAY, status="noshow")
    born = replace(ALICE, created_at=NOW - 99 * DAY)
    assert last_contact(born, None, ()) == (NOW - 99 * DAY, "registered")
    assert last_contact(born, None, (came, missed)) == (NOW - 9 * DAY, "visit")
    assert last_contact(born, replace(THREAD, heard_at=NOW - 5 * DAY), (came,)) == (NOW - 5 * DAY, "text")
    assert last_contact(replace(born, called_at=NOW - 2 * DAY), replace(THREAD, heard_at=NOW - 5 * DAY), (came,)) == (NOW - 2 * DAY, "call")


def test_a_morning_is_one_across_a_change_of_clocks():
    spring = datetime(2026, 3, 8, 13, 0, tzinfo=UTC)  # 07:00, an hour later than the night before
    assert morning(spring, DENVER) == datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
    assert morning(spring - 2 * HOUR, DENVER) == datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
