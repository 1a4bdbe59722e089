"""What a patient agreed to, as one clicks through it without a script; and the same through the flows where a page cannot reach."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.core.consent import SCOPES, standing_of, stopped, unsure
from chalicelib.core.consent import allowed as why_not_allowed
from chalicelib.core.consent_ledger import comes_to
from chalicelib.core.minors import StateRule, grant_ends, may_agree_alone
from chalicelib.core.people import Contact, Patient
from chalicelib.core.records import Asked, Tasks, Update
from chalicelib.errors import NotFound
from chalicelib.flows.consent_desk import Said, record
from chalicelib.flows.edit_patient import edit
from chalicelib.flows.merge_patients import merge
from chalicelib.flows.read_consent import read_consent
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from chalicelib.flows.undo_merge import undo
from chalicelib.ports import SealContext, World
from chalicelib.texts import web_form

from ..asking import NAME, asked_back, asks, says_yes
from ..cast import CAROL, DAN, FRANK, STRANGER_NUMBER, a_patient, an_sms
from ..flows.office import clock, store, traces, vault
from ..flows.test_edit_patient import _as_is
from .office import Desk, at_desk, forms, text

PAGE = "/console/patients/alice/consent"
PART2 = {"discloser": "This program", "what": "Dates of visits", "recipients": "Dr. Park", "purpose": "Treatment", "signed_on": "2026-03-01", "told": "yes"}


@pytest.fixture
def office() -> tuple[Desk, World]:
    desk, world = at_desk(CAROL)
    a_patient(world)
    return desk, world


def alice(world: World) -> Patient:
    found = world.store.get(Patient, "alice")
    assert found is not None
    return found


def number(world: World) -> Contact:
    found = world.store.get(Contact, alice(world).contact_id)
    assert found is not None
    return found


def may(world: World) -> set[str]:
    return {scope for scope in SCOPES if not why_not_allowed(standing_of(scope, number(world), alice(world)))}


def notes(desk: Desk, **form: str) -> str:
    return text(desk.follow(desk.submit(desk.get(PAGE), "/patients/alice/consent", **form)))


def test_kinds_are_asked_apart_and_everything_can_be_taken_back_by_phone(office: tuple[Desk, World]) -> None:
    desk, world = office
    page = text(desk.get(PAGE))
    assert "They have not been asked about this kind of text." in page and "may we text you once in a while" in page
    assert "Noted" in notes(desk, ledger="text", kind="check_ins", wants="yes", medium="verbal", said="sure, weekly")
    assert may(world) == {"conversation", "appointments", "waitlist", "check_ins"}
    (line,) = store(world).consents_of("alice")
    assert (line.words, line.medium, line.by, line.rule_version) == ("check_ins-en-1", "verbal", "carol", "47 CFR 64.1200 (2024)")
    assert line.sealed_said  # their words: opened on the page alone
    page = notes(desk, ledger="text", kind="appointments", wants="no", medium="call")
    assert may(world) == {"conversation", "check_ins"} and "sure, weekly" in page
    notes(desk, ledger="text", kind="all", wants="no", medium="mail")
    assert may(world) == set() and not stopped(number(world))
    assert ("carol", "consent_text", "done") in traces(world, "alice") and ("carol", "read_consent", "done") in traces(world, "alice")
    assert not read_consent(world, CAROL, "alice").differs


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"ledger": "text", "kind": "groups", "wants": "yes"}, "how they said it"),
        ({"ledger": "text", "kind": "groups", "medium": "verbal"}, "how they said it"),
        ({"ledger": "text", "kind": "letters", "wants": "yes", "medium": "verbal"}, "how they said it"),
        ({"ledger": "text", "kind": "all", "wants": "yes", "medium": "verbal"}, "how they said it"),
        ({"ledger": "diary", "kind": "all", "wants": "yes", "medium": "verbal"}, "how they said it"),
        ({"ledger": "part2", "wants": "no", "medium": "verbal"}, "in writing"),
        ({"ledger": "part2", "wants": "yes", "medium": "paper", **PART2, "recipients": " "}, "each of its parts"),
    ],
)
def test_what_is_not_whole_changes_nothing(office: tuple[Desk, World], form: dict[str, str], says: str) -> None:
    desk, world = office
    page = desk.get(PAGE)
    assert says in text(desk.submit(page, "/patients/alice/consent", **form))
    assert store(world).consents_of("alice") == []


def test_t20_each_ledger_stands_alone_and_the_file_has_all_of_it(office: tuple[Desk, World]) -> None:
    desk, world = office
    notes(desk, ledger="part2", wants="yes", medium="paper", expires_on="2026-12-31", **PART2)
    notes(desk, ledger="risk", wants="no", medium="call")
    notes(desk, ledger="text", kind="all", wants="no", medium="email", said="=HYPERLINK(1)")
    found = read_consent(world, CAROL, "alice")
    assert found.comes.part2 is not None and alice(world).unencrypted == "no"
    answer = desk.get(PAGE + "/file")
    rows = list(csv.reader(io.StringIO(answer.body.decode() if isinstance(answer.body, bytes) else answer.body)))
    assert [row[1] for row in rows[1:-1]] == ["part2", "risk", "text"] and "Dr. Park" in rows[1][9]
    assert rows[3][9].startswith("'=") and "42 CFR part 2" in rows[-1][0]
    assert ("carol", "export_consent", "done") in traces(world, "alice")
    clock(world).now += timedelta(days=365)
    assert read_consent(world, CAROL, "alice").comes.part2 is None  # it ended on its day


def test_what_may_have_been_stop_is_decided_by_a_person(office: tuple[Desk, World]) -> None:
    desk, world = office
    receive(world, an_sms("too many messages", at=clock(world).now), inline=False)
    assert "They may have asked us to stop." in text(desk.get("/console/patients/alice"))
    page = text(desk.follow(desk.submit(desk.get(PAGE), "/patients/alice/consent/decide", meant="go_on")))
    assert "Decided" in page and not unsure(number(world)) and not stopped(number(world))
    receive(world, an_sms("still too many messages", at=clock(world).now), inline=False)
    shown = desk.get(PAGE)
    desk.submit(shown, "/patients/alice/consent/decide", meant="stop")
    assert stopped(number(world)) and not unsure(number(world))
    again = text(desk.follow(desk.submit(shown, "/patients/alice/consent/decide", meant="go_on")))
    assert "nothing to decide" in again and stopped(number(world))


def test_min_2_somebody_under_age_needs_a_guardian_and_the_table_of_states_is_empty(office: tuple[Desk, World]) -> None:
    _, world = office
    profile = json.dumps({"name": "Cleo", "number": "+13035550177", "birth_date": "2012-01-01"})
    sealed = world.vault.seal(SealContext("cleo", "adult", "profile"), "cleo", profile)
    a_patient(world, "cleo", "+13035550177", sealed_profile=sealed)
    wish = Said("text", {"groups": True}, "verbal")
    assert record(world, CAROL, "cleo", wish) == "minor"
    assert record(world, CAROL, "cleo", replace(wish, kinds={"groups": False})) == "saved"  # a no is always theirs
    assert record(world, CAROL, "cleo", replace(wish, given_by="guardian")) == "saved"


def test_a_grant_for_a_guardians_phone_is_kind_by_kind(office: tuple[Desk, World]) -> None:
    desk, world = office
    edit(world, CAROL, "alice", _as_is(world, role="guardian"))
    assert may(world) == set()
    notes(desk, ledger="proxy", kind="appointments", wants="yes", medium="paper")
    assert may(world) == {"appointments"}


def test_another_number_needs_another_yes_for_every_kind(office: tuple[Desk, World]) -> None:
    _, world = office
    record(world, CAROL, "alice", Said("text", {"groups": True}, "verbal"))
    edit(world, CAROL, "alice", _as_is(world, number="+13035550188", agreed_by="verbal"))
    assert may(world) == {"conversation", "appointments", "waitlist"}
    found = comes_to(store(world).consents_of("alice"), clock(world).now)
    assert set(found.consent) == {"conversation"} == set(alice(world).consent)


def test_a_merge_takes_the_stricter_and_its_undoing_says_so(office: tuple[Desk, World]) -> None:
    _, world = office
    record(world, CAROL, "alice", Said("text", {"conversation": True, "groups": True}, "verbal"))
    a_patient(world, "alicia", "+13035550166", consent={})
    move = world.ids(clock(world).now)
    merge(world, CAROL, "alicia", "alice", move)
    assert alice(world).consent == {}
    assert comes_to(store(world).consents_of("alice"), clock(world).now).consent == {}
    clock(world).now += timedelta(hours=1)
    undo(world, CAROL, move, world.ids(clock(world).now))
    lines = store(world).consents_of("alice")
    assert [(each.kind, each.medium) for each in lines if each.medium == "merge"] == [("conversation", "merge"), ("groups", "merge")]


@pytest.mark.parametrize("who", [DAN, FRANK])
def test_nobody_else_reads_or_notes_it(who: object) -> None:
    desk, world = at_desk(who)  # type: ignore[arg-type]
    a_patient(world)
    assert desk.get(PAGE).status_code == 404
    with pytest.raises(NotFound):
        record(world, who, "alice", Said("text", {"all": False}, "call"))  # type: ignore[arg-type]
    assert (who.staff_id, "read_consent", "refused") in traces(world, "alice")  # type: ignore[attr-defined]


def test_min_3_a_grant_freezes_before_they_come_of_age_and_the_patient_is_asked(office: tuple[Desk, World]) -> None:
    _, world = office
    edit(world, CAROL, "alice", _as_is(world, role="guardian", birth_date=date(2009, 5, 25)))
    grant = Said("proxy", {"appointments": True}, "verbal", given_by="guardian")
    assert record(world, CAROL, "alice", grant) == "saved"
    patient = world.store.get(Patient, "alice")
    assert patient is not None and patient.proxy == ("appointments",)
    assert patient.proxy_until is not None and patient.proxy_until.astimezone(world.clinic.zone).date() == date(2027, 1, 1)  # a year, no birthday (N5)
    clock(world).now = patient.proxy_until
    tick(world)
    frozen = world.store.get(Patient, "alice")
    assert frozen is not None and frozen.proxy == () and frozen.proxy_until is None
    tasks = world.store.get(Tasks, "adult")
    assert tasks is not None and "proxy_end" in {each.kind for each in tasks.items}
    assert world.store.consents_of("alice")[-1].medium == "grant_ended"
    assert record(world, CAROL, "alice", grant) == "saved"  # seventeen still: month by month
    again = world.store.get(Patient, "alice")
    assert again is not None and again.proxy_until is not None and again.proxy_until - clock(world).now <= timedelta(days=31)


def test_min_2_the_table_of_states_is_asked_with_the_clinics_state_and_the_programs_line() -> None:
    rule = StateRule("CO", "outpatient_mh", 12, "", "", "statute", date(2026, 1, 5), "counsel")
    assert may_agree_alone(date(2012, 1, 1), date(2026, 3, 3), "CO", "outpatient_mh", (rule,))
    assert not may_agree_alone(date(2012, 1, 1), date(2026, 3, 3), "CO", "sud", (rule,)) and not may_agree_alone(date(2012, 1, 1), date(2026, 3, 3))
    assert grant_ends(None, date(2026, 3, 3)) == grant_ends(date(1990, 1, 1), date(2026, 3, 3)) == date(2027, 3, 3)


# --- asked on the web page -----------------------------------------------------------------------------------------


def test_what_was_ticked_on_the_web_page_is_noted_with_one_press_once_the_phone_said_yes(office: tuple[Desk, World]) -> None:
    desk, world = at_desk(replace(CAROL, programs=("adult", "unmatched")))
    a_patient(world, consent={})
    asks(world, kinds=("check_ins",))
    page = desk.get(PAGE)
    assert NAME in text(page) and "Has not said yes" in text(page) and "note this" not in text(page)
    assert web_form.words("en")["keeps"] not in text(page) and "web-en-1" in text(page) and "Message and data rates" in text(page)
    asked_back(world)
    says_yes(world)
    page = desk.get(PAGE)
    assert "Said yes" in text(page) and "Check with the person" in text(page)
    assert "Yes: Check-ins" in text(page) and "No: Reminders" in text(page) and "unless you tick this" in text(page)
    after = text(desk.follow(desk.submit(page, "/patients/alice/consent/form")))
    assert "Noted: a line in the record" in after and "on our web page" in after and "note this" not in after
    assert set(alice(world).consent) == {"conversation", "check_ins"} and alice(world).unencrypted == "no"
    assert ("carol", "consent_text", "done") in traces(world, "alice")


def test_pressing_it_opens_nothing_of_what_was_typed_there() -> None:
    """A press reads no name and no birth date: an opening without a line would be an alarm to the compliance officer."""
    desk, world = at_desk(replace(CAROL, programs=("adult", "unmatched")))
    a_patient(world, consent={})
    asks(world)
    [asked] = store(world).rows(Asked)
    hidden = next(form["hidden"] for form in forms(desk.get(PAGE)) if form["action"].endswith("/consent"))
    before = len(vault(world).opened)
    desk.post("/console/patients/alice/consent/form", {**hidden, "ask": asked.asks[0].ask_id})
    assert len(vault(world).opened) == before and store(world).consents_of("alice") == []


def test_the_risk_is_noted_by_its_own_box_which_nobody_ticked_for_them_and_forms_that_differ_say_so() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world, consent={})
    asks(world, kinds=("check_ins", "groups"))
    asks(world, kinds=("check_ins",))
    asked_back(world)
    says_yes(world)
    page = desk.get(PAGE)
    assert "do not say the same" in text(page) and "All of them ticked only: Check-ins" in text(page)
    assert "Yes: News of" not in text(page) and "checked" not in page.body.decode().split('name="risk"')[1].split(">")[0]
    desk.submit(page, "/patients/alice/consent/form", risk="yes")
    assert set(alice(world).consent) == {"conversation", "check_ins"} and alice(world).unencrypted == "yes"


def test_a_yes_of_who_had_the_number_before_is_said_and_offers_nothing() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world, consent={})
    asks(world)
    asked_back(world)
    says_yes(world)
    [asked] = store(world).rows(Asked)
    hidden = next(form["hidden"] for form in forms(desk.get(PAGE)) if form["action"].endswith("/consent"))
    contact = world.store.get(Contact, asked.contact_id)
    assert contact is not None
    clock(world).now += timedelta(minutes=1)
    world.store.commit(Update(Contact, (contact.contact_id,), set={"owner_at": clock(world).now, "version": contact.version + 1}))
    page = text(desk.get(PAGE))
    assert "changed hands since" in page and "note this" not in page and "said yes when we asked back" not in page
    answer = desk.post("/console/patients/alice/consent/form", {**hidden, "ask": asked.asks[0].ask_id})
    assert "from who had this number then" in text(desk.follow(answer)) and store(world).consents_of("alice") == []


def test_a_form_that_is_not_theirs_is_not_noted(office: tuple[Desk, World]) -> None:
    desk, world = office
    asks(world, STRANGER_NUMBER)
    asked_back(world)
    says_yes(world, STRANGER_NUMBER)
    [asked] = store(world).rows(Asked)
    hidden = next(form["hidden"] for form in forms(desk.get(PAGE)) if form["action"].endswith("/consent"))
    answer = desk.post("/console/patients/alice/consent/form", {**hidden, "ask": asked.asks[0].ask_id})
    assert "Their phone has not said yes to that" in text(desk.follow(answer))
    assert store(world).consents_of("alice") == []


def test_a_number_that_is_nobodys_shows_what_it_asked_for_on_its_thread_to_who_sees_such_numbers() -> None:
    desk, world = at_desk(replace(CAROL, programs=("adult", "unmatched")))
    asks(world, STRANGER_NUMBER)
    asked_back(world)
    says_yes(world, STRANGER_NUMBER)
    thread = f"/console/threads/{world.hasher.contact_id(STRANGER_NUMBER)}"
    page = text(desk.get(thread))
    assert "Asked for texts: see who it is" in page and NAME in page and "News of their groups" in page and "born 1990-05-05" in page
