"""Changing a patient: nothing is loosened by itself, and nobody overwrites a colleague."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.core.people import mark_is_old
from chalicelib.core.permission import Refuse, may_leave
from chalicelib.core.records import ConsentEntry, Contact, Incident, Patient, PatientRef, Prompt, Roster, Thread, Update
from chalicelib.errors import NotFound
from chalicelib.flows import deliver
from chalicelib.flows.edit_patient import Edit, Edited, NotAgreed, Stale, edit
from chalicelib.flows.patient_standing import change_status, record_permission, set_team
from chalicelib.flows.read_thread import open_profile
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.register_patient import NumberInUse
from chalicelib.ports import SealContext, World

from ..cast import ALICE_NUMBER, CAROL, DAN, STRANGER_NUMBER, a_patient, an_sms
from .office import Meddling, an_open_office, clock, outgoing, store, traces
from .post import queued

NEW = "+13035550141"
BORN = date(1990, 5, 5)


def _as_is(world: World, **fields: object) -> Edit:
    patient = _alice(world)
    same = Edit(patient.version, "Alice", ALICE_NUMBER, BORN, patient.language, patient.content_level, patient.zone, patient.safe_hours)
    return replace(same, **fields)  # type: ignore[arg-type]


def _alice(world: World) -> Patient:
    patient = world.store.get(Patient, "alice")
    assert patient is not None
    return patient


def _ledger(world: World) -> list[tuple[str, str, str]]:
    return [(line.kind, line.change, line.medium) for line in store(world).rows(ConsentEntry) if line.subject_id == "alice"]


def _office() -> World:
    world = an_open_office()
    a_patient(world)
    return world


def test_what_is_the_same_changes_nothing_and_leaves_the_look_in_the_trail() -> None:
    world = _office()
    assert edit(world, CAROL, "alice", _as_is(world)) == Edited(())
    assert _alice(world).version == 1


def test_a_new_name_stands_in_the_record_and_in_the_list() -> None:
    world = _office()
    a_patient(world, "riley", "+13035550140")
    assert edit(world, CAROL, "alice", _as_is(world, name="Alice Ann")) == Edited(("name",))
    assert open_profile(world, CAROL, _alice(world)).name == "Alice Ann"
    roster = world.store.get(Roster, "adult")
    assert roster is not None
    names = json.loads(world.vault.open(SealContext("roster", "adult", "roster"), "adult", roster.sealed_names, "test"))
    assert names == {"alice": "Alice Ann", "riley": "Riley"}
    assert traces(world, "alice")[-1] == ("carol", "edit_name", "done")


def test_a_colleague_who_was_faster_is_not_overwritten() -> None:
    world = _office()
    late = _as_is(world, name="Al")
    edit(world, CAROL, "alice", _as_is(world, language="es"))
    assert edit(world, CAROL, "alice", late) == Stale()


def test_a_colleague_at_this_very_moment_is_not_overwritten() -> None:
    world = _office()
    rival = replace(world)
    meddled = replace(world, store=Meddling(store(world), lambda: edit(rival, CAROL, "alice", _as_is(rival, language="es"))))
    assert edit(meddled, CAROL, "alice", _as_is(world, name="Al")) == Stale()
    assert _alice(world).language == "es"


def test_a_text_may_say_more_only_when_the_patient_said_so() -> None:
    world = _office()
    assert edit(world, CAROL, "alice", _as_is(world, content_level=2)) == NotAgreed()
    assert edit(world, CAROL, "alice", _as_is(world, content_level=2, agreed_by="verbal")) == Edited(("level",))
    assert edit(world, CAROL, "alice", _as_is(world, content_level=0)) == Edited(("level",))
    assert _ledger(world) == [("content_level_2", "granted", "verbal"), ("content_level_0", "revoked", "staff")]


def test_a_new_number_needs_a_new_yes() -> None:
    """TCPA-1: permission was given for a number."""
    world = _office()
    assert edit(world, CAROL, "alice", _as_is(world, number=NEW)) == Edited(("number",), lost_consent=True)
    assert _alice(world).consent == {} and _ledger(world) == [("conversation", "revoked", "number_changed")]
    assert _people(world, ALICE_NUMBER) == [] and _people(world, NEW) == ["alice"]


def test_a_new_number_with_a_new_yes_keeps_the_permission() -> None:
    world = _office()
    assert edit(world, CAROL, "alice", _as_is(world, number=NEW, agreed_by="paper")) == Edited(("number",))
    assert "conversation" in _alice(world).consent and _ledger(world) == [("conversation", "granted", "paper")]


def test_what_waited_for_the_old_number_does_not_leave() -> None:
    world = _office()
    row = queued(world)
    edit(world, CAROL, "alice", _as_is(world, number=NEW))
    deliver.deliver(world, "alice", row.message_id)
    assert [each.status_reason for each in outgoing(world)] == ["number_changed"]


def test_texts_from_the_old_number_are_nobodys_and_from_the_new_one_theirs() -> None:
    world = _office()
    edit(world, CAROL, "alice", _as_is(world, number=NEW))
    receive(world, an_sms("hello", NEW), inline=False)
    receive(world, an_sms("who is this"), inline=False)
    assert {thread.program for thread in store(world).rows(Thread) if thread.unanswered} == {"adult", "unmatched"}
    assert {len(each.patients): each.owner_at is not None for each in store(world).rows(Contact)} == {0: True, 1: False}


def test_an_open_incident_goes_along_and_the_holder_is_paged_for_the_new_number() -> None:
    world = _office()
    receive(world, an_sms("I took pills"), inline=False)
    edit(world, CAROL, "alice", _as_is(world, number=NEW))
    receive(world, an_sms("and hurt myself", NEW), inline=False)
    [incident] = store(world).rows(Incident)
    assert incident.contact_id == world.hasher.contact_id(NEW)
    assert len([step for step in incident.steps if step.what == "text"]) == 1


def test_a_number_somebody_has_is_asked_about_without_a_name_of_another_program() -> None:
    world = _office()
    a_patient(world, "bob", NEW, program="harbor")
    assert edit(world, CAROL, "alice", _as_is(world, number=NEW)) == NumberInUse(())
    assert edit(world, CAROL, "alice", _as_is(world, number=NEW, shared_known=True, agreed_by="verbal")) == Edited(("number",))
    assert _people(world, NEW) == ["bob", "alice"]


def test_dan_cannot_change_alice_and_it_is_kept_that_he_tried() -> None:
    world = _office()
    for work in (lambda: edit(world, DAN, "alice", _as_is(world)), lambda: change_status(world, DAN, "alice", "hold")):
        with pytest.raises(NotFound):
            work()
    assert ("dan", "edit", "refused") in traces(world, "alice")


def test_no_clear_field_holds_a_name_or_a_number() -> None:
    world = _office()
    edit(world, CAROL, "alice", _as_is(world, name="Zebra", number=NEW))
    assert "Zebra" not in repr(store(world)._rows) and "5550141" not in repr(store(world)._rows)


@pytest.mark.parametrize(("status", "why"), [("hold", ""), ("hospital", ""), ("discharged", ""), ("deceased", "deceased")])
def test_what_a_status_stops(status: str, why: str) -> None:
    world = _office()
    row = queued(world)
    assert change_status(world, CAROL, "alice", status) and not change_status(world, CAROL, "alice", status)
    contact = world.store.get(Contact, row.contact_id)
    verdict = may_leave(row, contact, _alice(world), world.clinic.zone, world.clock())
    assert (verdict.why if isinstance(verdict, Refuse) else "") == why
    assert traces(world, "alice")[-1] == ("carol", f"status_{status}", "done")


def test_a_question_does_not_stay_open_for_somebody_on_hold() -> None:
    world = _office()
    contact_id, now = world.hasher.contact_id(ALICE_NUMBER), world.clock()
    prompt = Prompt("p", "alice", "visit", ("1",), now.replace(year=2027), now)
    world.store.commit(Update(Contact, (contact_id,), set={"prompt": prompt, "version": 2}))
    change_status(world, CAROL, "alice", "hospital")
    contact = world.store.get(Contact, contact_id)
    assert contact is not None and contact.prompt is None and contact.version == 3


def test_permission_is_a_line_in_the_ledger_each_time_it_changes() -> None:
    world = _office()
    assert record_permission(world, CAROL, "alice", False, "verbal") and not record_permission(world, CAROL, "alice", False, "verbal")
    assert record_permission(world, CAROL, "alice", True, "paper")
    assert _ledger(world) == [("conversation", "revoked", "verbal"), ("conversation", "granted", "paper")]


def test_the_care_team_is_kept_once_each() -> None:
    world = _office()
    assert set_team(world, CAROL, "alice", ("carol", "", "erin", "carol"))
    assert _alice(world).team == ("carol", "erin")
    assert not set_team(world, CAROL, "alice", ("carol", "erin"))


def test_who_answers_the_phone_is_kept_with_the_number() -> None:
    world = _office()
    assert edit(world, CAROL, "alice", _as_is(world, role="guardian")) == Edited(("role",))
    contact = world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER))
    assert contact is not None and [ref.role for ref in contact.patients] == ["guardian"]


def _people(world: World, number: str) -> list[str]:
    contact = world.store.get(Contact, world.hasher.contact_id(number))
    return [ref.patient_id for ref in contact.patients] if contact else []


def test_a_stranger_has_no_record_to_change() -> None:
    world = _office()
    receive(world, an_sms("hi", STRANGER_NUMBER), inline=False)
    with pytest.raises(NotFound):
        edit(world, CAROL, world.hasher.contact_id(STRANGER_NUMBER), _as_is(world))


# --- what a crisis answer must know of the phone ----------------------------------------------------------------------


def _ref(world: World, number: str = ALICE_NUMBER) -> PatientRef:
    contact = world.store.get(Contact, world.hasher.contact_id(number))
    assert contact is not None
    [ref] = contact.patients
    return ref


def test_marks_of_the_phone_are_kept_where_the_door_reads_them() -> None:
    world = _office()
    done = edit(world, CAROL, "alice", _as_is(world, safe_phone="unsafe", veteran=True, content_level=1, agreed_by="verbal"))
    assert done == Edited(("level", "phone", "veteran"))
    patient, ref = _alice(world), _ref(world)
    assert (patient.safe_phone, patient.veteran) == ("unsafe", True)
    assert (ref.safe_phone, ref.veteran, ref.content_level) == ("unsafe", True, 1)


@pytest.mark.parametrize(("mark", "kept"), [("safe", ""), ("unsafe", "unsafe"), ("", "")])
def test_safe_1_what_was_said_of_one_phone_is_not_known_of_the_next(mark: str, kept: str) -> None:
    world = _office()
    edit(world, CAROL, "alice", _as_is(world, safe_phone=mark, veteran=True))
    edit(world, CAROL, "alice", _as_is(world, number=NEW, safe_phone=mark, veteran=True))
    assert (_alice(world).safe_phone, _ref(world, NEW).safe_phone, _ref(world, NEW).veteran) == (kept, kept, True)


def test_a_new_number_asked_about_in_the_same_form_keeps_what_was_said() -> None:
    world = _office()
    edit(world, CAROL, "alice", _as_is(world, number=NEW, safe_phone="safe"))
    assert _ref(world, NEW).safe_phone == "safe"


# --- how old what they said of their phone is ----------------------------------------------------------------------


def test_safe_1_a_mark_bears_its_day_and_is_to_be_asked_about_again_after_ninety_days() -> None:
    world = _office()
    edit(world, CAROL, "alice", _as_is(world, safe_phone="unsafe"))
    said = world.clock()
    assert _alice(world).safe_phone_at == said and not mark_is_old(_alice(world), said + timedelta(days=90))
    clock(world).advance(days=91)
    assert mark_is_old(_alice(world), world.clock())
    edit(world, CAROL, "alice", _as_is(world, safe_phone="unsafe", language="es"))  # another change is no answer
    assert _alice(world).safe_phone_at == said
    done = edit(world, CAROL, "alice", _as_is(world, safe_phone="unsafe", language="es", phone_asked=True))
    assert done == Edited(("phone",)) and not mark_is_old(_alice(world), world.clock())


def test_safe_1_a_mark_of_which_nobody_wrote_the_day_is_old_and_none_is_not() -> None:
    world = _office()
    at = world.clock()
    assert mark_is_old(replace(_alice(world), safe_phone="safe"), at)
    assert not mark_is_old(_alice(world), at)
