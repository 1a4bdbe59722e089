"""What a text says of texts, told as stories: suppressed at receipt, asked once what to keep, held while nobody has decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib import texts
from chalicelib.core.consent import keeps, stopped, unsure
from chalicelib.core.consent_ledger import number_comes_to
from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import Contact, Message, Patient, Put, Tasks, Thread, Update
from chalicelib.flows import outbox
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from tests.cast import ALICE_NUMBER, STRANGER_NUMBER, a_patient, an_sms
from tests.fakes.world import a_world

MINUTE = timedelta(minutes=1)


def writes(world, body: str, sender: str = ALICE_NUMBER):
    receive(world, an_sms(body, sender, at=world.clock.now), inline=False)


def number(world, of=ALICE_NUMBER):
    return world.store.get(Contact, world.hasher.contact_id(of))


def ledger(world, of=ALICE_NUMBER):
    return world.store.consents_of(world.hasher.contact_id(of))


def same(world, of=ALICE_NUMBER):
    """The ledger comes to what the number's row says."""
    found, contact = number_comes_to(ledger(world, of)), number(world, of)
    kept = tuple(sorted(scope for scope in contact.kept if keeps(contact, scope)))
    assert (found.stopped, found.kept, found.unsure) == (stopped(contact), kept, unsure(contact))


def sends(world, kind, **fields):
    """What becomes of one text of this kind, now."""
    patient = world.store.get(Patient, "alice")
    letter = outbox.Letter("alice", "adult", patient.contact_id, kind, "Hello", patient_id="alice", template="help", message_id=world.ids(world.clock.now), **fields)
    world.store.commit(*outbox.queue(world, letter, world.clock.now))
    deliver(world, "alice", letter.message_id)
    row = world.store.get(Message, "alice", letter.message_id)
    return row.status_reason if row.status in (Status.REFUSED, Status.QUEUED) else "left"


def outgoing(world, kind):
    return [row for row in world.store.newest("alice", 50) if row.kind == kind]


def test_stop_is_asked_once_what_to_keep_and_silence_means_all():
    world = a_world()
    a_patient(world)
    writes(world, "please dont text me anymore")
    (asked,) = outgoing(world, Kind.STOP_CONFIRMATION)
    assert asked.template == "stop_keep" and asked.expires_at - world.clock.now == timedelta(minutes=5)  # TCPA-7
    assert sends(world, Kind.STAFF, author="carol") == sends(world, Kind.WELCOME) == "opted_out"
    writes(world, "STOP")
    assert len(outgoing(world, Kind.STOP_CONFIRMATION)) == 1  # exactly one
    assert [line.change for line in ledger(world)] == ["revoked", "revoked"] and all(line.rule_version for line in ledger(world))
    same(world)


def test_keep_keeps_texts_about_visits_and_nothing_else_until_the_next_stop():
    world = a_world()
    a_patient(world)
    writes(world, "STOP")
    world.clock.now += MINUTE / 2
    writes(world, "keep")
    assert keeps(number(world), "appointments")
    assert [row.template for row in outgoing(world, Kind.KEEP_CONFIRMATION)] == ["kept"]
    assert sends(world, Kind.STAFF, author="carol") == "opted_out"
    assert sends(world, Kind.REMINDER) == "visit_changed"  # past the ledgers: only its visit is missing here
    same(world)
    world.clock.now += MINUTE
    writes(world, "stop")
    assert sends(world, Kind.REMINDER) == "opted_out"
    same(world)
    world.clock.now += 3 * MINUTE
    writes(world, "START")
    assert sends(world, Kind.STAFF, author="carol") == "left"
    same(world)


def test_words_that_may_mean_stop_hold_what_is_automatic_until_a_person_has_decided():
    world = a_world()
    a_patient(world)
    before = sends(world, Kind.STAFF, author="carol", not_before=world.clock.now + MINUTE)  # planned before they wrote
    writes(world, "you send too many messages")
    assert unsure(number(world)) and world.store.get(Thread, "alice").note == "maybe_stop"
    assert sends(world, Kind.WELCOME) == "unsure_stop"
    assert sends(world, Kind.NOTICE) == "unsure_stop"
    assert sends(world, Kind.STAFF, author="carol") == "left"  # a person who has read it
    assert before != "left"
    same(world)
    world.clock.now += timedelta(days=4)
    assert sends(world, Kind.WELCOME) == "unsure_stop"  # waits no longer: refused
    writes(world, "stop")
    assert not unsure(number(world)) and stopped(number(world))
    same(world)


def test_a_stop_soon_after_a_crisis_is_honoured_and_somebody_reaches_them_another_way():
    world = a_world()
    a_patient(world)
    writes(world, "I am going to kill myself tonight")
    assert number(world).incident_at == world.clock.now
    world.clock.now += timedelta(days=20)
    writes(world, "STOP")
    assert stopped(number(world))
    thread = world.store.get(Thread, "alice")
    assert thread.note == "stop_after_crisis" and thread.unanswered
    (task,) = world.store.get(Tasks, "adult").items
    assert (task.kind, task.patient_id) == ("stop_after_crisis", "alice")
    writes(world, "I want to die")  # N2: an opted-out patient still reaches people, and is answered
    assert len(number(world).incidents) == 1 and outgoing(world, Kind.CRISIS_ANSWER)


def test_the_task_list_that_is_full_never_stops_a_stop():
    world = a_world()
    a_patient(world)
    from chalicelib.core.desk_rows import Task

    full = tuple(Task(f"t{n}", "barrier", "x", "y", world.clock.now, world.clock.now) for n in range(500))
    world.store.commit(Put(Tasks("adult", full)))
    contact = number(world)
    world.store.commit(Update(Contact, (contact.contact_id,), set={"incident_at": world.clock.now}))
    writes(world, "STOP")
    assert stopped(number(world)) and world.store.get(Thread, "alice").note == "stop_after_crisis"
    assert len(world.store.get(Tasks, "adult").items) == 500


def test_a_word_from_a_poster_is_asked_back_once_and_only_yes_is_noted():
    world = a_world()
    writes(world, "JOIN", STRANGER_NUMBER)
    contact = number(world, STRANGER_NUMBER)
    (asked,) = [row for row in world.store.newest(contact.contact_id, 10) if row.direction == "out"]
    assert asked.template == "join" and ledger(world, STRANGER_NUMBER) == []
    deliver(world, contact.contact_id, asked.message_id)
    world.clock.now += MINUTE
    writes(world, "Yes", STRANGER_NUMBER)
    (line,) = ledger(world, STRANGER_NUMBER)
    assert (line.kind, line.change, line.medium, line.words) == ("conversation", "granted", "sms", "join-1")
    assert number(world, STRANGER_NUMBER).joined_at == world.clock.now
    assert world.store.get(Thread, contact.contact_id).note == "joined"
    same(world, STRANGER_NUMBER)


def test_a_yes_that_answers_nothing_grants_nothing():
    world = a_world()
    writes(world, "Yes", STRANGER_NUMBER)
    assert ledger(world, STRANGER_NUMBER) == [] and number(world, STRANGER_NUMBER).joined_at is None


@settings(max_examples=25, deadline=None)
@given(st.permutations(["STOP", "START", "start", "please stop texting me", "KEEP"]))
def test_in_whatever_order_they_arrive_within_two_minutes_a_stop_is_the_last_word(bodies):
    """N1: and KEEP, whatever its place, never keeps more than texts about visits."""
    world = a_world()
    a_patient(world)
    for body in bodies:
        writes(world, body)
        world.clock.now += timedelta(seconds=20)
    assert stopped(number(world)) and set(number(world).kept) <= {"appointments"}
    same(world)


@pytest.mark.parametrize(("body", "template", "language"), [
    ("ALTO", "stop_keep", "es"), ("PARAR", "stop_keep", "es"), ("ya no me manden mensajes", "stop_keep", "es"), ("AYUDA", "help", "es"),
    ("Informacion", "help", "es"), ("\u00bfqui\u00e9n es?", "who", "es"), ("PRIVADO", "private_on", "es"), ("SILENCIO hasta el lunes", "quiet_on", "es"),
    ("STOP", "stop_keep", "en"), ("HELP", "help", "en"), ("who is this", "who", "en"), ("PRIVATE", "private_on", "en"), ("QUIET", "quiet_on", "en"),
])  # fmt: skip
def test_acc_4_who_writes_a_word_in_spanish_is_answered_in_spanish_though_english_was_recorded(body, template, language):
    world = a_world()
    a_patient(world)
    writes(world, body)
    [row] = [row for row in world.store.newest("alice", 10) if row.direction == "out"]
    assert (row.template, row.language) == (template, language)
    text = outbox.words_of(world, row, "test")
    other = texts.templates()[template, "en" if language == "es" else "es"].body
    assert text != other and (text.split(": ")[-1][:12] not in other)
    assert world.store.get(Patient, "alice").language == "en"  # what was recorded is a person's to change


def test_who_asked_for_spanish_has_it_whatever_they_write():
    world = a_world()
    a_patient(world, language="es")
    writes(world, "HELP")
    [row] = [row for row in world.store.newest("alice", 10) if row.direction == "out"]
    assert row.language == "es"


def test_a_yes_to_a_question_in_spanish_is_confirmed_in_spanish():
    world = a_world()
    writes(world, "UNIRME", STRANGER_NUMBER)
    contact = number(world, STRANGER_NUMBER)
    [asked] = [row for row in world.store.newest(contact.contact_id, 10) if row.direction == "out"]
    deliver(world, contact.contact_id, asked.message_id)
    world.clock.now += MINUTE
    writes(world, "1", STRANGER_NUMBER)
    newest = max((row for row in world.store.newest(contact.contact_id, 10) if row.direction == "out"), key=lambda row: row.at)
    [line] = ledger(world, STRANGER_NUMBER)
    assert (asked.language, newest.template, newest.language, line.language) == ("es", "joined", "es", "es")
