"""A call through the clinic: her phone, a key, the patient's phone from the clinic's number, and what came of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.calls import PhoneCall
from chalicelib.core.phones import Errand
from chalicelib.core.records import AuditEntry, Contact, Incident, Patient, Put, Update
from chalicelib.errors import CarrierRefused, NotFound, OpenFailed
from chalicelib.flows.call_through import start
from chalicelib.flows.handle_incident import acknowledge, contacted, resolve
from chalicelib.flows.receive_sms import receive
from tests.cast import ALICE_NUMBER, CAROL, DAN, ERIN, FRANK, a_patient, an_sms
from tests.fakes.world import a_world

from .calls import a_number_for_calls, asks, call_of, ends, presses, rung
from .phones import CAROL_PHONE, ERIN_PHONE, a_work_phone, stream

PRESS = "01JD8Q3V5N8Z0T7C4R2M6K9WXE"


def taken(with_calls=True, **patient):
    """Erin has an item of Alice's; her phone is verified for texts, and for calls where that matters."""
    world = a_world()
    a_patient(world, **patient)
    a_work_phone(world, ERIN, ERIN_PHONE)
    if with_calls:
        a_number_for_calls(world, ERIN, ERIN_PHONE)
    receive(world, an_sms("I took all my pills"), inline=True)
    [incident] = world.store.rows(Incident)
    world.clock.advance(seconds=5)
    acknowledge(world, ERIN, incident.incident_id)
    stream(world)
    rung(world).clear()
    return world, incident.incident_id


def steps(world, incident_id):
    return [(step.who, step.what, step.detail) for step in world.store.get(Incident, incident_id).steps]


def a_call(world, incident_id, **more):
    assert start(world, ERIN, incident_id, PRESS, **more) == ""
    stream(world)
    return rung(world)


def test_her_phone_rings_and_by_a_key_the_patients_from_the_clinics_number():
    world, incident_id = taken()
    [call] = a_call(world, incident_id)
    assert (call.recipient, call.sender, call.row) == (ERIN_PHONE, world.clinic.number, PRESS)
    said = asks(world)
    assert "press 1" in said.ask.says and said.dial is None and ALICE_NUMBER not in repr(said)
    dial = presses(world, "1").dial
    assert (dial.number, dial.caller_id) == (ALICE_NUMBER, world.clinic.number)
    assert ERIN_PHONE not in repr(presses(world, "1"))  # no personal number shows on either side


def test_a_phone_for_texts_rings_too_where_no_number_for_calls_was_given():
    world, incident_id = taken(with_calls=False)
    assert [each.recipient for each in a_call(world, incident_id)] == [ERIN_PHONE]


def test_n6_the_trail_says_who_called_whom_twice_once_for_the_press_and_once_for_the_number():
    world, incident_id = taken()
    a_call(world, incident_id)
    presses(world, "1")
    trail = [(entry.who, entry.action, entry.subject_id) for entry in world.store.rows(AuditEntry)]
    assert ("erin", "call_through_clinic", "alice") in trail and ("erin", "dial_patient", "alice") in trail


def test_n5_the_number_stands_in_no_row_in_clear_and_is_forgotten_when_it_is_over():
    world, incident_id = taken()
    a_call(world, incident_id)
    row = call_of(world, PRESS)
    assert row.sealed_number and ALICE_NUMBER not in repr(replace(row, sealed_number=b""))
    presses(world, "1")
    asks(world, moment="dialled", other_ended="no_answer")
    assert call_of(world, PRESS).sealed_number == b""
    assert not [each for each in (*world.store.rows(Errand), *world.store.rows(Incident)) if ALICE_NUMBER in repr(each)]


def test_what_was_sealed_for_one_call_opens_for_no_other():
    world, incident_id = taken()
    a_call(world, incident_id)
    stolen = call_of(world, PRESS)
    world.store.commit(Put(replace(stolen, call_id="another")))
    with pytest.raises(OpenFailed):
        presses(world, "1", row="another")


@pytest.mark.parametrize(("ended", "how"), [("no_answer", "no_answer"), ("busy", "busy"), ("failed", "not_put_through")])
def test_a_patient_who_is_not_reached_is_an_attempt_as_a_person_would_log_it_and_once(ended, how):
    world, incident_id = taken()
    a_call(world, incident_id)
    presses(world, "1")
    said = {asks(world, moment="dialled", other_ended=ended).says for _ in range(3)}
    assert said == {"Nobody answered. It is written down. Goodbye."}
    assert steps(world, incident_id).count(("erin", "unable", how)) == 1
    assert world.store.get(Incident, incident_id).state == "unable"
    ends(world, "answered")
    assert [what for _, what, _ in steps(world, incident_id)].count("call_through_lost") == 0


def test_a_call_that_something_answered_is_no_contact_until_she_says_so():
    """A voicemail box answers too."""
    world, incident_id = taken()
    a_call(world, incident_id)
    presses(world, "1")
    for _ in range(3):
        assert "whether you reached them" in asks(world, moment="dialled", other_ended="answered", seconds=42).says
    assert steps(world, incident_id).count(("erin", "called_through", "answered")) == 1
    assert world.store.get(Incident, incident_id).state == "acknowledged"


def test_she_hangs_up_while_it_rings():
    world, incident_id = taken()
    a_call(world, incident_id)
    presses(world, "1")
    asks(world, moment="dialled", other_ended="canceled")
    assert steps(world, incident_id)[-1] == ("erin", "called_through", "canceled")


def test_her_own_phone_is_not_answered_and_nobody_is_dialled():
    world, incident_id = taken()
    a_call(world, incident_id)
    ends(world, "no_answer")
    ends(world, "no_answer")
    assert steps(world, incident_id)[-1] == ("erin", "not_called_through", "no_answer")
    assert len([1 for _, what, _ in steps(world, incident_id) if what == "not_called_through"]) == 1
    assert call_of(world, PRESS).sealed_number == b"" and "too late" in presses(world, "1").says
    stream(world)
    assert len(rung(world)) == 1  # a call of one's own is not placed again by itself


def test_a_call_whose_end_nobody_told_says_so():
    world, incident_id = taken()
    a_call(world, incident_id)
    presses(world, "1")
    ends(world, "answered")
    assert steps(world, incident_id)[-1] == ("erin", "call_through_lost", "answered")


def test_her_phone_cannot_be_rung_and_the_item_says_so():
    world, incident_id = taken()
    world.caller.fails.append(CarrierRefused("blocked", permanent=True))
    assert start(world, ERIN, incident_id, PRESS) == ""
    stream(world)
    assert rung(world) == [] and steps(world, incident_id)[-1] == ("erin", "not_called_through", "failed")


def test_pressed_twice_it_is_one_call():
    world, incident_id = taken()
    a_call(world, incident_id)
    a_call(world, incident_id)
    assert len(rung(world)) == 1 and [what for _, what, _ in steps(world, incident_id)].count("calls_through") == 1


def test_after_ten_minutes_the_key_dials_nobody():
    world, incident_id = taken()
    a_call(world, incident_id)
    world.clock.advance(minutes=11)
    assert "too late" in presses(world, "1").says


def test_what_is_closed_meanwhile_dials_nobody():
    world, incident_id = taken()
    a_call(world, incident_id)
    contacted(world, ERIN, incident_id)
    resolve(world, ERIN, incident_id, "visit_arranged")
    said = presses(world, "1")
    assert said.dial is None and "is closed" in said.says


# --- who may, and what is safe ----------------------------------------------------------------------------------------


def test_a_phone_where_calls_are_not_safe_is_called_for_a_reason_alone():
    world, incident_id = taken(safe_phone="unsafe")
    assert start(world, ERIN, incident_id, PRESS) == "unsafe"
    assert start(world, ERIN, incident_id, PRESS, "because") == "unsafe"
    assert rung(world) == [] and not [each for each in world.store.rows(PhoneCall) if each.why == "bridge"]
    a_call(world, incident_id, reason="danger")
    assert ("erin", "calls_through", "danger") in steps(world, incident_id) and len(rung(world)) == 1


def test_who_asked_for_texts_is_not_called_without_a_reason():
    world, incident_id = taken()
    receive(world, an_sms("TEXT", at=world.clock()), inline=True)
    assert start(world, ERIN, incident_id, PRESS) == "unsafe"


def test_first_take_it():
    world = a_world()
    a_patient(world)
    a_work_phone(world, CAROL, CAROL_PHONE)
    receive(world, an_sms("I took all my pills"), inline=True)
    [incident] = world.store.rows(Incident)
    assert start(world, CAROL, incident.incident_id, PRESS) == "take_first"


def test_who_has_no_verified_phone_is_told():
    world, incident_id = taken()
    assert start(world, CAROL, incident_id, PRESS) == "phone"


@pytest.mark.parametrize("who", [DAN, FRANK])
def test_another_program_calls_nobody(who):
    world, incident_id = taken()
    world = replace(world, clinic=replace(world.clinic, rota=replace(world.clinic.rota, layers=(), overrides=())))
    with pytest.raises(NotFound):
        start(world, who, incident_id, PRESS)
    assert rung(world) == []


def test_without_a_number_of_theirs_or_of_the_clinic():
    world, incident_id = taken()
    contact = world.hasher.contact_id(ALICE_NUMBER)
    silent = replace(world, clinic=replace(world.clinic, voice=""))
    assert start(silent, ERIN, incident_id, PRESS) == "no_voice"
    world.store.commit(Update(Contact, (contact,), set={"sealed_number": None}))
    assert start(world, ERIN, incident_id, PRESS) == "no_number"
    assert world.store.get(Patient, "alice") is not None and rung(world) == []
