"""Ten seconds in which a text can be taken back, and what it settled is owed again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.messages import Status
from chalicelib.core.records import Due, Message, Thread
from chalicelib.errors import NotFound, WakeFailed
from chalicelib.flows import tick
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.undo import SECONDS, HasLeft, TakenBack, undo
from chalicelib.flows.write_reply import Draft, Sent, write_reply
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, a_patient, an_sms
from ..fakes.world import FakeCarrier, FakeLater
from .office import an_open_office, clock, outgoing, store, traces


def _office() -> World:
    world = an_open_office()
    a_patient(world)
    receive(world, an_sms("When?", at=world.clock()), inline=False)
    clock(world).advance(minutes=1)
    return world


def _thread(world: World) -> Thread:
    thread = world.store.get(Thread, "alice")
    assert thread is not None
    return thread


def _send(world: World, text: str = "At three.") -> str:
    draft = Draft(text, world.ids(world.clock()), _thread(world).last_at)
    assert isinstance(write_reply(world, CAROL, "alice", draft), Sent)
    return draft.form_id


def _left(world: World) -> int:
    carrier = world.carriers["twilio"]
    assert isinstance(carrier, FakeCarrier)
    return len(carrier.sent)


def test_nothing_leaves_for_ten_seconds_and_then_at_once() -> None:
    world = _office()
    message_id = _send(world)
    assert isinstance(world.later, FakeLater)
    assert world.later.woken == [(f"alice.{message_id}", SECONDS + 1)]
    deliver(world, "alice", message_id)
    assert _left(world) == 0
    clock(world).advance(seconds=SECONDS)
    deliver(world, "alice", message_id)
    assert _left(world) == 1


def test_taken_back_it_never_leaves_and_the_thread_waits_as_before() -> None:
    world = _office()
    before = _thread(world)
    message_id = _send(world)
    assert _thread(world).waiting_since is None
    clock(world).advance(seconds=5)
    assert undo(world, CAROL, "alice", message_id) == TakenBack("At three.")
    after = _thread(world)
    assert (after.waiting_since, after.unanswered, after.reply_by) == (before.waiting_since, before.unanswered, before.reply_by)
    clock(world).advance(minutes=5)
    deliver(world, "alice", message_id)
    tick.tick(world)
    assert _left(world) == 0
    assert [row.status for row in outgoing(world) if row.author == "carol"] == [Status.WITHDRAWN]
    assert not [due for due in store(world).rows(Due) if due.kind == "deliver" and due.target.endswith(message_id)]
    assert traces(world, "alice")[-1] == ("carol", "take_back", "done")


def test_too_late_says_that_it_has_left() -> None:
    world = _office()
    message_id = _send(world)
    clock(world).advance(seconds=SECONDS)
    deliver(world, "alice", message_id)
    assert undo(world, CAROL, "alice", message_id) == HasLeft(Status.QUEUED_AT_CARRIER)
    assert _thread(world).waiting_since is None


def test_twice_is_once() -> None:
    world = _office()
    message_id = _send(world)
    undo(world, CAROL, "alice", message_id)
    count = _thread(world).unanswered
    assert undo(world, CAROL, "alice", message_id) == TakenBack("At three.", again=True)
    assert _thread(world).unanswered == count


def test_a_text_that_came_in_meanwhile_waits_with_the_older_one() -> None:
    world = _office()
    since = _thread(world).waiting_since
    message_id = _send(world)
    clock(world).advance(seconds=3)
    receive(world, an_sms("Never mind", at=world.clock()), inline=False)
    undo(world, CAROL, "alice", message_id)
    assert (_thread(world).waiting_since, _thread(world).unanswered) == (since, 2)


def test_a_colleagues_answer_since_stays_an_answer() -> None:
    world = _office()
    message_id = _send(world)
    clock(world).advance(seconds=3)
    hers = Draft("At four.", world.ids(world.clock()), _thread(world).last_at)
    assert isinstance(write_reply(world, ERIN, "alice", hers), Sent)
    undo(world, CAROL, "alice", message_id)
    assert _thread(world).waiting_since is None


def test_in_a_crisis_nothing_waits() -> None:
    world = an_open_office()
    a_patient(world)
    receive(world, an_sms("I want to kill myself", at=world.clock()), inline=False)
    clock(world).advance(minutes=1)
    message_id = _send(world, "I am calling you now.")
    row = world.store.get(Message, "alice", message_id)
    assert row is not None and row.not_before is None
    assert isinstance(world.later, FakeLater) and not world.later.woken


def test_without_the_delay_queue_the_tick_delivers() -> None:
    world = _office()
    assert isinstance(world.later, FakeLater)
    world.later.fails.append(WakeFailed("down"))
    _send(world)
    assert world.journal.counts["wake_failed"] == 1  # type: ignore[attr-defined]
    clock(world).advance(seconds=60)
    tick.tick(world)
    assert _left(world) == 1


def test_only_a_persons_text_of_this_program_is_taken_back() -> None:
    world = _office()
    message_id = _send(world)
    with pytest.raises(NotFound):
        undo(world, DAN, "alice", message_id)
    with pytest.raises(NotFound):
        undo(world, CAROL, "alice", "0" * 26)
    assert outgoing(world)[-1].status == Status.QUEUED
    assert outgoing(world)[-1].not_before == world.clock() + timedelta(seconds=SECONDS)
