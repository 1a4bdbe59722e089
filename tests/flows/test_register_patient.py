"""Registering: all at once, nobody revealed, one first text."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chalicelib.core.records import AuditEntry, ConsentEntry, Contact, Patient, Roster, Thread
from chalicelib.errors import NotFound
from chalicelib.flows import deliver
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.register_patient import NumberInUse, Registered, Registration, first_text, register
from chalicelib.ports import SealContext, World

from ..cast import ALICE_NUMBER, CAROL, DAN, ERIN, STRANGER_NUMBER, a_patient, an_sms
from .office import Meddling, an_open_office, clock, outgoing, store, traces

RILEY = "+13035550140"


def _wish(world: World, **fields: object) -> Registration:
    wish = Registration(world.ids(world.clock()), "adult", "Riley", RILEY, zone="America/Denver", consent_by="verbal")
    return replace(wish, **fields)  # type: ignore[arg-type]


def _names(world: World, program: str = "adult") -> list[str]:
    roster = world.store.get(Roster, program)
    assert roster is not None
    opened = world.vault.open(SealContext("roster", program, "roster"), program, roster.sealed_names, "test")
    return sorted(json.loads(opened).values())


def test_everything_about_a_patient_is_kept_at_once() -> None:
    world = an_open_office()
    wish = _wish(world, safe_hours={"mon": "10:00-12:00"})
    assert register(world, CAROL, wish) == Registered(wish.patient_id, "queued")
    patient = world.store.get(Patient, wish.patient_id)
    assert patient is not None and patient.created_by == "carol" and patient.content_level == 0
    assert patient.safe_hours == {"mon": "10:00-12:00"} and set(patient.consent) == {"conversation"}
    [contact] = store(world).rows(Contact)
    assert [ref.role for ref in contact.patients] == ["self"]
    assert world.store.get(Thread, wish.patient_id) is not None
    entry, risk = store(world).rows(ConsentEntry)
    assert (entry.subject_id, entry.change, entry.medium, entry.by) == (wish.patient_id, "granted", "verbal", "carol")
    assert "consent-en-1" in entry.rule_version and entry.words == "consent-en-1"  # TCPA-14: which words were read
    assert (risk.ledger, risk.kind, risk.words) == ("risk", "all", "consent-en-1") and patient.unencrypted == "yes"  # TXT-2, T20
    assert _names(world) == ["Riley"]
    assert traces(world, wish.patient_id)[-1] == ("carol", "register", "done")


def test_no_key_and_no_clear_field_holds_a_name_or_a_number() -> None:
    world = an_open_office()
    register(world, CAROL, _wish(world))
    kept = repr([store(world).rows(kind) for kind in (Patient, Contact, Roster, Thread, ConsentEntry, AuditEntry)])
    assert "Riley" not in kept and "5550140" not in kept


def test_the_first_text_says_who_hours_how_soon_and_988() -> None:
    world = an_open_office()
    wish = _wish(world, signed="Carol")
    register(world, CAROL, wish)
    [row] = outgoing(world, wish.patient_id)
    deliver.deliver(world, wish.patient_id, row.message_id)
    [sms] = world.carriers["twilio"].sent  # type: ignore[attr-defined]
    assert sms.recipient == RILEY
    for said in ("Larkspur", "Carol", "Mon-Fri 8 AM-5 PM", "within one business day", "988", "911", "STOP", "HELP"):
        assert said in sms.body


def test_the_first_text_in_spanish_stays_in_plain_letters() -> None:
    world = an_open_office()
    text = first_text(world.clinic, "adult", "es", "")
    assert "lun-vie" in text and "dentro de un dia laborable" in text and "988" in text
    assert "counsel" not in text.lower()


def test_without_consent_nothing_is_sent() -> None:
    world = an_open_office()
    wish = _wish(world, consent_by="")
    assert register(world, CAROL, wish).welcome == "no_consent"  # type: ignore[union-attr]
    assert not outgoing(world, wish.patient_id) and not store(world).rows(ConsentEntry)


def test_a_number_that_said_stop_gets_no_first_text() -> None:
    world = an_open_office()
    receive(world, an_sms("STOP", sender=RILEY, at=world.clock()), inline=False)
    clock(world).advance(hours=1)
    wish = _wish(world)
    assert register(world, CAROL, wish).welcome == "opted_out"  # type: ignore[union-attr]
    assert not outgoing(world, wish.patient_id)


def test_a_double_click_is_one_patient_and_one_text() -> None:
    world = an_open_office()
    wish = _wish(world)
    register(world, CAROL, wish)
    again = register(world, CAROL, wish)
    assert isinstance(again, Registered) and again.again
    assert len(store(world).rows(Patient)) == 1 and len(outgoing(world, wish.patient_id)) == 1


def test_a_known_number_asks_first_and_names_only_whom_one_may_see() -> None:
    """N7: Alice is in adult, Bob shares her phone and is in Harbor; Dan of Harbor learns of Bob alone."""
    world = an_open_office()
    a_patient(world)
    a_patient(world, "bob", ALICE_NUMBER, "harbor")
    of_harbor = register(world, DAN, _wish(world, program="harbor", number=ALICE_NUMBER))
    assert of_harbor == NumberInUse(("Bob",))
    of_adult = register(world, CAROL, _wish(world, number=ALICE_NUMBER))
    assert of_adult == NumberInUse(("Alice",))
    assert len(store(world).rows(Patient)) == 2


def test_a_shared_phone_becomes_a_set() -> None:
    world = an_open_office()
    a_patient(world)
    wish = _wish(world, number=ALICE_NUMBER, shared_known=True)
    outcome = register(world, CAROL, wish)
    assert isinstance(outcome, Registered) and outcome.shared
    [contact] = store(world).rows(Contact)
    assert [(ref.patient_id, ref.role) for ref in contact.patients] == [("alice", "self"), (wish.patient_id, "shared")]
    assert contact.owner_at == world.clock()  # a yes from before was not by both


def test_two_who_register_at_once_both_stay_in_the_roster() -> None:
    world = an_open_office()
    a_patient(world)

    def somebody() -> None:
        register(world, ERIN, _wish(world, name="Sam", number="+13035550141"))

    raced = replace(world, store=Meddling(store(world), somebody, size=4))  # type: ignore[arg-type]
    register(raced, CAROL, _wish(world))
    assert _names(world) == ["Alice", "Riley", "Sam"]


def test_nobody_registers_into_another_program() -> None:
    world = an_open_office()
    with pytest.raises(NotFound):
        register(world, DAN, _wish(world))
    assert not store(world).rows(Patient)


def test_who_wrote_first_keeps_their_number_and_the_words_stay_in_their_thread() -> None:
    world = an_open_office()
    receive(world, an_sms("Hello", sender=STRANGER_NUMBER, at=world.clock()), inline=False)
    clock(world).advance(minutes=1)
    wish = _wish(world, number=STRANGER_NUMBER)
    register(world, ERIN, wish)
    receive(world, an_sms("It is me", sender=STRANGER_NUMBER, at=world.clock()), inline=False)
    opened = read_thread(world, CAROL, wish.patient_id)
    assert [each.body for each in opened.messages if each.row.direction == "in"] == ["It is me"]
    assert read_thread(world, ERIN, world.hasher.contact_id(STRANGER_NUMBER)).messages[0].body == "Hello"
