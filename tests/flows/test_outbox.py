"""A text in the outbox: sealed, named by its row, and due in case the stream drops it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.crisis_answers import Wording
from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import Message
from chalicelib.errors import OpenFailed, SealFailed, SecretUnavailable
from chalicelib.flows import outbox
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import SealContext
from chalicelib.texts import crisis
from tests.cast import ALICE_NUMBER, CLINIC_NUMBER, a_patient, an_sms
from tests.fakes.vault import FakeVault
from tests.fakes.world import FakeHasher, a_world
from tests.flows.post import a_letter, queued


def test_a_letter_becomes_a_queued_row_and_a_due_row_and_nothing_is_sent():
    world = a_world()
    put, due = outbox.queue(world, a_letter(world, "see you"), world.clock())
    message = put.record
    assert (message.status, message.direction, message.our_number, message.author) == (Status.QUEUED, "out", CLINIC_NUMBER, "carol")
    assert (due.record.kind, due.record.target, due.record.at) == ("deliver", message.row, world.clock() + timedelta(seconds=60))
    assert world.store.rows(Message) == [] and world.carriers["twilio"].sent == []


def test_n5_neither_words_nor_number_are_in_the_row_and_only_its_own_place_opens_it():
    world = a_world()
    a_patient(world)
    message = queued(world, "the secret is 42")
    shown = repr(message)
    assert "secret" not in shown and ALICE_NUMBER not in shown
    context = SealContext("alice", "adult", "outgoing_text")
    assert world.vault.open(context, message.row, message.sealed_body, "test") == "the secret is 42"
    assert message.body_hash == world.hasher.text_hash("the secret is 42")


def test_a_text_to_a_number_of_nobody_is_sealed_for_the_number():
    world = a_world()
    message = queued(world, "hello", thread_id="c9", contact_id="c9", patient_id="", program="unmatched")
    assert world.vault.open(SealContext("c9", "unmatched", "outgoing_text"), message.row, message.sealed_body, "test") == "hello"


def test_a_text_for_later_is_due_then():
    world = a_world()
    later = world.clock() + timedelta(hours=7)
    put, due = outbox.queue(world, a_letter(world, not_before=later), world.clock())
    assert due.record.at == put.record.not_before == later


def test_two_letters_of_one_instant_are_two_rows_and_an_id_that_is_given_is_used():
    world = a_world()
    first, second = (outbox.write(world, a_letter(world), world.clock(), Status.QUEUED) for _ in range(2))
    assert first.message_id != second.message_id
    assert outbox.write(world, a_letter(world, message_id="01FORM"), world.clock(), Status.QUEUED).message_id == "01FORM"


def test_an_answer_stands_after_the_text_it_answers():
    world = a_world()
    text_id = world.ids(world.clock())
    assert outbox.write(world, a_letter(world, kind=Kind.HELP), world.clock(), Status.QUEUED).message_id > text_id


@pytest.mark.parametrize(("row", "parts"), [("alice.m1", ("alice", "m1")), ("alice.m.1", ("alice", "m.1"))])
def test_a_row_and_its_parts(row, parts):
    assert outbox.split_row(row) == parts


@pytest.mark.parametrize("row", ["", ".", "alice", "alice.", ".m1"])
def test_what_is_no_row_is_an_error_that_does_not_quote_it(row):
    with pytest.raises(ValueError) as problem:
        outbox.split_row(row)
    assert str(problem.value) == "not a row"


def test_what_cannot_be_sealed_or_hashed_is_not_queued():
    class NoKey(FakeVault):
        def seal(self, context, row_id, text):
            raise SealFailed("no key")

    class NoSecret(FakeHasher):
        def text_hash(self, text):
            raise SecretUnavailable("no secret")

    for parts, failure in (({"vault": NoKey()}, SealFailed), ({"hasher": NoSecret()}, SecretUnavailable)):
        world = a_world(**parts)
        with pytest.raises(failure):
            outbox.queue(world, a_letter(world), world.clock())


def a_crisis_answer(world):
    a_patient(world)
    receive(world, an_sms("I took all my pills"), inline=True)
    return next(row for row in world.store.rows(Message) if row.kind == Kind.CRISIS_ANSWER)


def test_a_crisis_answer_is_kept_by_reference_and_shown_word_for_word():
    world = a_world()
    answer = a_crisis_answer(world)
    assert answer.sealed_body == b"" and answer.wording is not None
    text = outbox.words_of(world, answer, "carol")
    assert "988" in text and answer.body_hash == world.hasher.text_hash(text)
    assert text not in repr(answer)


def test_an_answer_in_words_that_are_no_longer_said_is_shown_as_it_was_sent():
    """A piece is looked for by its own words: that today's catalogue says something else does not matter."""
    world = a_world()
    answer = a_crisis_answer(world)
    pieces = tuple(called for called in crisis.released() if called not in answer.wording.pieces)[:2]
    old = replace(answer, wording=Wording(pieces), template="gone/1/gone/0")
    old = replace(old, body_hash=world.hasher.text_hash(crisis.said(old.wording)))
    assert outbox.words_of(world, old, "carol") == " ".join(crisis.released()[called] for called in pieces)


@pytest.mark.parametrize(
    "changed",
    [
        {"wording": Wording(("0" * 16,))},  # a piece that nobody kept
        {"wording": Wording(())},
        {"body_hash": "other"},
        {"body_hash": ""},
    ],
)
def test_other_words_than_were_sent_are_never_shown(changed):
    world = a_world()
    answer = a_crisis_answer(world)
    with pytest.raises(OpenFailed):
        outbox.words_of(world, replace(answer, **changed), "carol")


def test_a_wording_that_cannot_be_checked_is_not_shown():
    class NoKey:
        def text_hash(self, text):
            raise SecretUnavailable("away")

    world = a_world()
    answer = a_crisis_answer(world)
    with pytest.raises(OpenFailed):
        outbox.words_of(replace(world, hasher=NoKey()), answer, "carol")
