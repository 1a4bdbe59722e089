"""A number that is nobody's is greeted once, without a word about anybody, and never again, whatever happens (FAILURES 1.37)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.messages import Kind
from chalicelib.core.records import Contact, Message, Thread
from chalicelib.flows.deliver import deliver
from chalicelib.flows.match_number import dismiss
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import ALICE_NUMBER, ERIN, STRANGER_NUMBER, a_patient, an_sms
from ..fakes.world import FakeCarrier
from .office import Meddling, an_open_office, clock, outgoing, store


def _texts(world: World, *bodies: str, **fields: object) -> None:
    for body in bodies:
        clock(world).advance(minutes=2)
        receive(world, an_sms(body, STRANGER_NUMBER, at=world.clock(), **fields), inline=False)


def _answers(world: World) -> list[str]:
    return [row.template for row in store(world).rows(Message) if row.direction == "out"]


def test_the_first_text_is_greeted_and_no_other() -> None:
    world = an_open_office()
    _texts(world, "hello", "are you there?", "hello??")
    assert _answers(world) == ["greeting"]
    clock(world).advance(days=40)
    _texts(world, "hello again")
    assert _answers(world) == ["greeting"]


def test_it_arrives_and_says_nothing_about_anybody() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "hello")
    [row] = [row for row in store(world).rows(Message) if row.template == "greeting"]
    deliver(world, row.thread_id, row.message_id)
    carrier = world.carriers["twilio"]
    assert isinstance(carrier, FakeCarrier)
    [sent] = carrier.sent
    assert sent.recipient == STRANGER_NUMBER and sent.body.startswith(world.clinic.sender) and "988" in sent.body
    assert row.kind == Kind.NOTICE and row.content_level == 0 and "lice" not in sent.body


def test_a_greeting_owes_nothing_less_a_person_still_answers() -> None:
    world = an_open_office()
    _texts(world, "hello")
    thread = world.store.get(Thread, world.hasher.contact_id(STRANGER_NUMBER))
    assert thread is not None and thread.waiting_since is not None and thread.unanswered == 1


def test_a_picture_is_answered_and_counts_as_the_greeting() -> None:
    world = an_open_office()
    _texts(world, "", media=1)
    _texts(world, "did you get it?")
    assert _answers(world) == ["no_pictures"]


@pytest.mark.parametrize(
    ("bodies", "templates"),
    [
        (("STOP", "hello"), ["stop"]),
        (("I took all my pills", "hello"), ["ingestion/0/crisis_staffed/0"]),
        (("wrong number", "hello"), ["wrong_number"]),
        (("HELP", "hello"), ["help", "greeting"]),
    ],
)
def test_what_has_an_answer_of_its_own_is_not_greeted(bodies: tuple[str, ...], templates: list[str]) -> None:
    world = an_open_office()
    _texts(world, *bodies)
    assert _answers(world) == templates


def test_a_patient_is_not_greeted() -> None:
    world = an_open_office()
    a_patient(world)
    receive(world, an_sms("hello", ALICE_NUMBER), inline=False)
    assert outgoing(world) == []


def test_dismissed_it_is_not_greeted_again() -> None:
    world = an_open_office()
    _texts(world, "hello")
    contact_id = world.hasher.contact_id(STRANGER_NUMBER)
    thread = world.store.get(Thread, contact_id)
    assert thread is not None and dismiss(world, ERIN, contact_id, thread.last_at)
    _texts(world, "hello?")
    assert _answers(world) == ["greeting"]


def test_a_text_that_comes_late_is_not_greeted_and_the_next_one_is() -> None:
    world = an_open_office()
    late = an_sms("hello", STRANGER_NUMBER, at=world.clock() - timedelta(hours=5))
    receive(world, late, inline=False)
    assert _answers(world) == []
    _texts(world, "hello?")
    assert _answers(world) == ["greeting"]


def test_two_first_texts_at_once_are_greeted_once() -> None:
    world = an_open_office()
    other = an_sms("first", STRANGER_NUMBER, at=world.clock())
    raced = replace(world, store=Meddling(store(world), lambda: receive(world, other, inline=False), size=3))  # type: ignore[arg-type]
    receive(raced, an_sms("second", STRANGER_NUMBER, at=world.clock()), inline=False)
    assert _answers(world) == ["greeting"]
    contact = world.store.get(Contact, world.hasher.contact_id(STRANGER_NUMBER))
    assert contact is not None and contact.greeted_at is not None
