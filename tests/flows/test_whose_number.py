"""Whose number it is (SAFE-7, RND-1..3): what puts it in doubt, what still leaves, and that a person alone settles it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.messages import DeliveryEvent, Kind, Status
from chalicelib.core.records import Contact, Message, Patient, Prompt, Tasks, Update
from chalicelib.core.whose_number import Answer
from chalicelib.errors import CarrierRefused
from chalicelib.flows import tick
from chalicelib.flows.deliver import deliver
from chalicelib.flows.outbox import words_of
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.record_delivery import record
from chalicelib.flows.whose_number import ANOTHERS, THEIRS, numbers_in_doubt, settle
from tests.cast import CAROL, a_patient, an_sms
from tests.flows.post import a_letter, again, alices, queued

from .office import an_open_office, traces


def a_town(**fields):
    world = an_open_office()
    a_patient(world, **fields)
    return world


def says(world, body):
    receive(world, an_sms(body, at=world.clock.now), inline=True)


def listed(world, kind="number_doubt"):
    tick.tick(world)
    found = world.store.get(Tasks, "adult")
    return [(each.patient_id, each.about) for each in found.items if each.kind == kind] if found else []


def lines(world):
    """What we said by ourselves, and whether it may leave now."""
    rows = [row for row in world.store.rows(Message) if row.direction == "out"]
    for row in rows:
        if row.status == Status.QUEUED:
            deliver(world, row.thread_id, row.message_id)
    return [sms.body for sms in world.carriers["twilio"].sent]


@pytest.mark.parametrize(("body", "why"), [
    ("Sorry, wrong number", "wrong_number"), ("Número equivocado", "wrong_number"), ("new phone who dis", "new_owner"),
    ("I'm not her", "new_owner"), ("No soy esa persona", "new_owner"),
])  # fmt: skip
def test_words_of_another_owner_put_it_in_doubt_and_a_person_finds_out(body, why):
    world = a_town()
    says(world, body)
    assert alices(world).doubt == why and listed(world) == [("alice", why)]
    assert lines(world) in (["Sorry about that. We will stop."], ["Perdone la molestia. Ya no le vamos a escribir."])
    assert alices(world).patients  # no machine detaches anybody
    says(world, body)
    assert listed(world) == [("alice", why)]


def test_nothing_but_neutral_lines_leaves_for_a_number_in_doubt_and_who_is_in_danger_there_is_answered_by_a_person():
    world = a_town()
    world.store.commit(Update(Contact, (alices(world).contact_id,), set={"doubt": "new_owner", "version": 2}))
    for kind, status in ((Kind.REPLY, "number_in_doubt"), (Kind.STAFF, "number_in_doubt"), (Kind.WELCOME, "number_in_doubt")):
        row = queued(world, kind=kind)
        deliver(world, row.thread_id, row.message_id)
        assert again(world, row).status_reason == status, kind
    says(world, "I took all my pills")
    row = queued(world, kind=Kind.REPLY)
    deliver(world, row.thread_id, row.message_id)
    assert again(world, row).status == Status.QUEUED_AT_CARRIER


@pytest.mark.parametrize(("label", "said"), [("", "This is Larkspur."), ("front_desk", "This is the front desk."), ("tomorrow", "This is Larkspur.")])
def test_who_is_this_gets_the_neutral_label_and_nothing_else_once_a_day(label, said):
    world = a_town(label=label)
    says(world, "Who is this?")
    says(world, "hello who is this")
    assert lines(world) == [said] and alices(world).doubt == ""
    world.clock.advance(days=1, minutes=1)
    says(world, "who is this")
    assert lines(world) == [said, said]


def test_c51_only_what_the_carrier_says_of_the_number_itself_puts_it_in_doubt():
    world = a_town()
    row = queued(world)
    deliver(world, row.thread_id, row.message_id)
    record(world, DeliveryEvent("twilio", "SM1", Status.FAILED_NUMBER, world.clock.now, row.row, "30003"))
    assert alices(world).doubt == ""
    later = queued(world)
    deliver(world, later.thread_id, later.message_id)
    record(world, DeliveryEvent("twilio", "SM2", Status.FAILED_NUMBER, world.clock.now, later.row, "30006", "landline"))
    assert listed(world) == [("alice", "landline")] and alices(world).doubt == "landline"


def test_a_send_that_is_refused_for_its_number_does_too():
    world = a_town()
    world.carriers["twilio"].fails.append(CarrierRefused("bad_number", permanent=True, code="21211"))
    row = queued(world)
    deliver(world, row.thread_id, row.message_id)
    tick.tick(world)
    assert again(world, row).status == Status.FAILED_NUMBER and alices(world).doubt == "gone"


def test_half_a_year_of_silence_does_and_an_answer_or_any_word_of_theirs_keeps_it_theirs():
    world = a_town()
    world.clock.advance(days=182)
    says(world, "see you then")
    assert alices(world).heard_at == world.clock.now
    world.clock.advance(days=182)
    row = queued(world, kind=Kind.STAFF)
    deliver(world, row.thread_id, row.message_id)
    assert again(world, row).status == Status.QUEUED_AT_CARRIER
    world.clock.advance(days=2)
    row = queued(world, kind=Kind.STAFF)
    deliver(world, row.thread_id, row.message_id)
    assert again(world, row).status_reason == "number_silent" and listed(world) == [("alice", "silence")]


class Database:
    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def owner_changed(self, number, since):
        self.asked.append((number, since))
        return self.answer


@pytest.mark.parametrize(("answer", "leaves"), [(Answer.YES, False), (Answer.NO, True), (Answer.NO_DATA, True)])
def test_rnd_1_the_database_is_asked_after_a_month_of_silence_and_a_yes_keeps_the_text_here(answer, leaves):
    world = replace(a_town(), reassigned=Database(answer))
    first = queued(world, kind=Kind.STAFF)
    deliver(world, first.thread_id, first.message_id)
    assert world.reassigned.asked == []
    began = world.clock.now.date()
    for days in (31, 1):
        world.clock.advance(days=days)
        row = queued(world, kind=Kind.STAFF)
        deliver(world, row.thread_id, row.message_id)
        assert (again(world, row).status == Status.QUEUED_AT_CARRIER) == leaves
        tick.tick(world)
    assert world.reassigned.asked == [("+13035550101", began)]  # monthly, and of nobody in doubt
    assert alices(world).doubt == ("reassigned" if answer == Answer.YES else "")


def test_it_is_theirs_only_when_that_was_checked_with_them():
    world = a_town()
    says(world, "wrong number")
    assert settle(world, CAROL, "alice", THEIRS, "") == "check" and alices(world).doubt
    [row] = numbers_in_doubt(world, CAROL)
    assert (row.name, row.why) == ("Alice", "wrong_number")
    assert settle(world, CAROL, "alice", THEIRS, "call_back") == "done"
    assert alices(world).doubt == "" and alices(world).confirmed_at == world.clock.now and numbers_in_doubt(world, CAROL) == ()
    assert alices(world).stopped_at is not None  # only START from the phone brings texts back
    assert ("carol", "number_theirs", "call_back") in traces(world, "alice")


def test_a_person_detaches_it_and_whether_it_was_a_breach_is_on_the_list():
    world = a_town()
    says(world, "wrong number")
    assert settle(world, CAROL, "alice", ANOTHERS, "") == "done"
    contact = alices(world)
    assert contact.patients == () and contact.doubt == "" and listed(world) == [] and listed(world, "misdirected") == [("alice", "")]
    row = a_letter(world, kind=Kind.REPLY)
    assert row and world.store.get(Patient, "alice").no_phone
    later = queued(world, kind=Kind.REPLY)
    deliver(world, later.thread_id, later.message_id)
    assert again(world, later).status == Status.REFUSED
    says(world, "hello, who are you people")  # the new owner's words are nobody's we know
    [newest] = [row for row in world.store.rows(Message) if row.direction == "in" and row.thread_id == contact.contact_id]
    assert newest.patient_id == "" and words_of(world, newest, "t").startswith("hello")


def test_who_else_is_behind_the_number_stays_in_doubt():
    world = a_town()
    a_patient(world, "bob")
    says(world, "wrong number")
    assert sorted(listed(world)) == [("alice", "wrong_number"), ("bob", "wrong_number")]
    settle(world, CAROL, "alice", ANOTHERS, "")
    assert alices(world).doubt == "wrong_number" and listed(world) == [("bob", "wrong_number")]


def test_an_answer_to_a_question_moves_the_day_it_was_known_to_be_theirs():
    world = a_town()
    now = world.clock.now
    asked = Prompt("p1", "alice", "question", ("1", "2", "3"), now + timedelta(days=1), now)
    world.store.commit(Update(Contact, (alices(world).contact_id,), set={"prompt": asked, "version": 2}))
    world.clock.advance(minutes=5)
    says(world, "1")
    assert alices(world).confirmed_at == world.clock.now


def test_n7_who_wrote_on_a_phone_of_two_is_asked_openly_for_initials_once_a_day_and_never_offered_a_list():
    world = a_town()
    a_patient(world, "bob", program="harbor")
    says(world, "can I come earlier")
    says(world, "it is about thursday")
    [asked] = lines(world)
    assert "initials" in asked and not any(name in asked.lower() for name in ("alice", "bob", "harbor", "several", "share"))
    [first, *_] = [row for row in world.store.rows(Message) if row.direction == "in"]
    assert first.thread_id == alices(world).contact_id and first.patient_id == ""
