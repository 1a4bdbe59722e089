"""Each minute: what is due, pages first, and nothing that fails stands before the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import Due, Put
from chalicelib.errors import DeadlineExceeded, StoreUnavailable
from chalicelib.flows import tick as ticking
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import MOST, WORK, tick
from tests.cast import a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeCarrier, FakePager, InlinePatience, a_world
from tests.flows.post import again, dues, queued

CRISIS = "I took all my pills"
MONDAY_ELEVEN = datetime(2026, 3, 2, 18, tzinfo=UTC)  # in Denver


def a_clinic(**parts):
    world = a_world(**parts)
    a_patient(world)
    return world


def poison(world, count=1, kind="deliver", minutes_ago=60):
    """Rows that fail each time: they name no message that could be."""
    for at in range(count):
        when = world.clock() - timedelta(minutes=minutes_ago) + timedelta(microseconds=at)
        world.store.commit(Put(Due(0, when, f"{kind}#bad{at}", kind, "not-a-row")))


def test_nothing_due_is_one_look():
    looks = []

    class Store(FakeStore):
        def due(self, *args, **kwargs):
            looks.append(args)
            return super().due(*args, **kwargs)

    world = a_clinic(store=Store())
    assert tick(world) == 0
    assert len(looks) == 1


def test_a_row_that_the_stream_dropped_is_delivered_after_a_minute_and_not_before():
    world = a_clinic()
    message = queued(world)
    world.clock.advance(seconds=59)
    assert tick(world) == 0
    world.clock.advance(seconds=1)
    assert tick(world) == 1
    assert again(world, message).status == Status.QUEUED_AT_CARRIER and dues(world) == []


def test_c9_rows_that_fail_do_not_stop_the_ones_behind_them():
    world = a_clinic()
    poison(world, 30)
    message = queued(world)
    world.clock.advance(minutes=1)
    assert tick(world) == 1
    assert again(world, message).status == Status.QUEUED_AT_CARRIER
    assert world.journal.counts["due_failed"] == 30


def test_c9_a_row_that_always_fails_comes_back_more_and_more_seldom_and_is_never_dropped():
    world = a_clinic()
    poison(world)
    tries = []
    for _ in range(12 * 60):
        failed = world.journal.counts.get("due_failed", 0)
        tick(world)
        if world.journal.counts.get("due_failed", 0) > failed:
            tries.append(world.clock())
        world.clock.advance(minutes=1)
    waits = [(later - earlier).total_seconds() / 60 for earlier, later in pairwise(tries)]
    assert waits[:7] == [1, 2, 4, 8, 16, 32, 60] and set(waits[7:]) == {60}
    assert [due.due_id for due in dues(world)] == ["deliver#bad0"]


@pytest.mark.parametrize("kind", ["escalate", "repage", "answer_check"])
def test_a_page_that_fails_is_tried_every_minute_for_ever(kind):
    class Store(FakeStore):
        def get(self, record, *key):
            if key == ("not-a-row",) or key[:1] == ("bad",):
                raise StoreUnavailable("no answer for this row")
            return super().get(record, *key)

    world = a_clinic(store=Store())
    world.store.commit(Put(Due(0, world.clock(), f"{kind}#bad", kind, "bad.row" if kind == "answer_check" else "not-a-row")))
    for _ in range(90):
        tick(world)
        world.clock.advance(minutes=1)
    assert world.journal.counts["due_failed"] == 90
    assert len(dues(world, kind)) == 1


@pytest.mark.parametrize("error", [RuntimeError, AttributeError, TypeError, AssertionError, KeyError])
def test_whatever_a_row_raises_the_next_one_is_handled(error):
    class Carrier(FakeCarrier):
        def send(self, sms):
            if "bad" in sms.body:
                raise error("no content here")
            return super().send(sms)

    world = a_clinic(carriers={"twilio": Carrier()})
    queued(world, "bad")
    message = queued(world, "good")
    world.clock.advance(minutes=1)
    tick(world)
    assert again(world, message).status == Status.QUEUED_AT_CARRIER


def test_a_kind_that_only_a_newer_version_knows_waits_for_it():
    world = a_clinic()
    world.store.commit(Put(Due(0, world.clock(), "waltz#x", "waltz", "x")))
    assert tick(world) == 0
    assert [(due.kind, due.tries) for due in dues(world)] == [("waltz", 1)]


def test_pages_come_before_texts_however_long_the_texts_have_waited():
    order = []

    class Pager(FakePager):
        def page(self, to, text):
            order.append("page")

    class Carrier(FakeCarrier):
        def send(self, sms):
            order.append("text")
            return super().send(sms)

    world = a_clinic(pager=Pager(), carriers={"twilio": Carrier()})
    for at in range(3):
        queued(world, f"text {at}")
    receive(world, an_sms(CRISIS), inline=True)
    order.clear()
    world.clock.advance(minutes=6)
    tick(world)
    assert order[:2] == ["page", "page"] and order[2:] == ["text"] * 3  # the escalation and the unanswered answer


def test_a_backlog_of_texts_does_not_hide_an_escalation_behind_it():
    world = a_clinic()
    receive(world, an_sms(CRISIS), inline=True)
    poison(world, 400)
    world.pager.pages.clear()
    world.clock.advance(minutes=5)
    tick(world)
    assert [to for to, text in world.pager.pages if "waits" in text] == ["carol"]
    assert MOST >= 5000


def test_nor_does_one_that_is_longer_than_a_look():
    """Minutes in which no tick ran, of a clinic with very many patients: the oldest rows alone fill the look."""
    world = a_clinic()
    receive(world, an_sms(CRISIS), inline=True)
    poison(world, 30)
    world.pager.pages.clear()
    world.clock.advance(minutes=5)
    assert tick(world, most=10) == 2  # the other asks whether the answer to the patient arrived
    assert [to for to, text in world.pager.pages if "waits" in text] == ["carol"]
    assert len(dues(world, "deliver")) == 30  # ten were put off, and the others wait their turn


def test_a_tick_ends_before_the_next_and_leaves_texts_but_no_page_for_it():
    class Slow(FakeCarrier):
        def send(self, sms):
            world.clock.advance(seconds=15)
            return super().send(sms)

    world = a_clinic(carriers={"twilio": Slow()})
    for at in range(6):
        queued(world, f"text {at}")
    world.clock.advance(minutes=1)
    assert tick(world) == WORK // timedelta(seconds=15) + 1
    assert tick(world) == 3 and dues(world) == []


def test_two_ticks_at_once_send_each_text_once():
    inside = []

    class Carrier(FakeCarrier):
        def send(self, sms):
            if not inside:
                inside.append(1)
                tick(world)
            return super().send(sms)

    world = a_clinic(carriers={"twilio": Carrier()})
    for at in range(5):
        queued(world, f"text {at}")
    world.clock.advance(minutes=1)
    tick(world)
    assert sorted(sms.body for sms in world.carriers["twilio"].sent) == [f"text {at}" for at in range(5)]


def test_a_store_that_is_down_while_a_row_is_put_off_leaves_it_where_it_was():
    class Store(FakeStore):
        down = False

        def commit(self, *changes):
            if self.down:
                raise StoreUnavailable("down")
            super().commit(*changes)

    world = a_clinic(store=Store())
    poison(world)
    [before] = dues(world)
    world.store.down = True
    assert tick(world) == 0
    assert dues(world) == [before]


def test_a_row_that_was_put_off_and_then_deferred_leaves_no_trace():
    world = a_clinic()
    world.clock.advance(hours=9)  # 21:00 in Denver
    message = queued(world, kind=Kind.STAFF)
    [due] = dues(world)
    world.clock.advance(minutes=1)
    ticking._put_off(world, due)  # as when the store failed under it
    from chalicelib.flows.deliver import deliver

    deliver(world, message.thread_id, message.message_id)
    world.clock.advance(minutes=1)
    tick(world)
    assert [due.at for due in dues(world)] == [again(world, message).not_before]


class Killed(BaseException):
    """Lambda has ended the function: nothing catches that."""


class SlowLog(FakeCarrier):
    """Of an account that writes so much that reading its log takes a minute and more."""

    def log_since(self, since, until=None):
        began = self.world.clock.now
        while True:
            self.world.clock.advance(seconds=1)
            if self.world.clock.now >= self.world.patience.until:
                raise DeadlineExceeded("so long and no longer")
            if self.world.clock.now - began > timedelta(seconds=55):
                raise Killed
            yield from ()


class Waits(InlinePatience):
    def __init__(self, clock):
        self.clock, self.until = clock, clock.now + timedelta(days=1)

    def within(self, seconds, work):
        self.until = self.clock.now + timedelta(seconds=seconds)
        try:
            return work()
        finally:
            self.until = self.clock.now + timedelta(days=1)


def test_a_row_that_outlasts_its_tick_is_put_off_and_the_texts_behind_it_leave():
    """Lambda ends a tick at 55 seconds and the row that took them stood first again in the next one, and in each after it."""
    world = a_clinic(clinic=replace(a_world().clinic, test_number="+12025550142"))
    slow = replace(world, carriers={"twilio": SlowLog()}, patience=Waits(world.clock))
    slow.carriers["twilio"].world = slow
    world.clock.now = MONDAY_ELEVEN
    world.store.commit(Put(Due(0, world.clock(), "look_ahead#h", "look_ahead", "house")))
    message = queued(world)
    for _ in range(2):
        world.clock.advance(minutes=1)
        tick(slow)
    assert again(world, message).status == Status.QUEUED_AT_CARRIER
    [later] = [due for due in world.store.rows(Due) if due.kind == "look_ahead"]
    assert later.tries == 2 and later.at > world.clock()
