"""What a tick gives away of the number: lane by lane, second by second, once; and what does not fit moves on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import Due, Message, PacedDay, Put
from chalicelib.core.throughput import Lane, Throughput
from chalicelib.errors import StoreUnavailable, WakeFailed
from chalicelib.flows import pacing
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.appointments import FRIDAY, booked
from tests.cast import a_patient, an_sms
from tests.flows.office import an_open_office, clock, store
from tests.flows.post import queued as text_out

A_DAY_BEFORE = (FRIDAY - timedelta(days=1)).astimezone()


def an_office(patients: int, rate: float = 1.0, day: int = 2000):
    """So many people, each with a weekly visit on Friday whose text is due on Thursday at three."""
    office = an_open_office()
    world = replace(office, clinic=replace(office.clinic, throughput=Throughput(rate, day)))
    for at in range(patients):
        a_patient(world, f"p{at:03d}", f"+1303555{2000 + at}")
        booked(world, FRIDAY, f"v{at:03d}", f"p{at:03d}", rhythm="weekly")
    clock(world).now = A_DAY_BEFORE.astimezone(clock(world).now.tzinfo)
    return world


def queued(world) -> list[Message]:
    return [row for row in store(world).rows(Message) if row.direction == "out" and row.kind == Kind.REMINDER]


def waiting(world) -> list[Due]:
    return [due for due in store(world).rows(Due) if due.kind == "touch"]


def a_day(world) -> PacedDay:
    return store(world).rows(PacedDay)[0]


def test_a_wave_leaves_at_the_numbers_own_pace_and_each_text_is_woken_in_its_second():
    world = an_office(60)
    tick(world)
    left = queued(world)
    assert len(left) == 48 and len(waiting(world)) == 12  # one part a second, a fifth of it for answers
    moments = sorted((row.not_before or clock(world).now) - clock(world).now for row in left)
    assert moments == [at * timedelta(seconds=1.25) for at in range(48)]
    assert len(world.later.woken) == 47 and max(seconds for _, seconds in world.later.woken) == 59
    assert a_day(world).parts == {"VISITS": 48} and a_day(world).taken == 48
    began = clock(world).now
    for row in sorted(left, key=lambda row: row.not_before or began):
        clock(world).now = row.not_before or began
        deliver(world, row.thread_id, row.message_id)
    assert len(world.carriers["twilio"].sent) == 48
    clock(world).now = began + timedelta(minutes=1)
    tick(world)
    assert waiting(world) == [] and a_day(world).texts == {"VISITS": 60}


def test_an_answer_leaves_at_once_in_the_middle_of_a_wave():
    """A person's reply never waits behind a broadcast."""
    world = an_office(60)
    tick(world)
    receive(world, an_sms("can I come at four?", "+13035552000", at=clock(world).now), inline=False)
    contact = world.hasher.contact_id("+13035552000")
    reply = text_out(world, "Of course.", thread_id="p000", contact_id=contact)
    assert (reply.parts, reply.not_before) == (None, None)
    deliver(world, reply.thread_id, reply.message_id)
    assert world.carriers["twilio"].sent[-1].body == "Of course."


def test_two_ticks_of_one_minute_give_each_second_away_once():
    world, late = an_office(60), []

    class Overlaps(store(world).__class__):
        """Another tick begins while this one works."""

        def appointments_of(self, *args, **kwargs):
            if not late:
                late.append(True)
                tick(world)
            return super().appointments_of(*args, **kwargs)

    held = Overlaps()
    held._rows = store(world)._rows
    tick(replace(world, store=held))
    moments = Counter(row.not_before for row in queued(world))
    assert len(moments) == len(queued(world)) and len(queued(world)) == 48


def test_a_tick_that_dies_loses_two_minutes_and_no_more():
    world = an_office(3)
    minute = pacing.Minute(world, clock(world).now, {})
    assert minute.room(Lane.VISITS)  # held, and never settled
    assert tick(world) == 0 and queued(world) == []
    clock(world).advance(minutes=2)
    tick(world)
    assert len(queued(world)) == 3


def test_the_carriers_day_is_kept_and_the_rest_waits_for_the_next():
    world = an_office(20, day=10)
    for _ in range(5):
        tick(world)
        clock(world).advance(minutes=1)
    assert (
        len(queued(world)) == 7 and a_day(world).taken <= 8
    )  # a fifth of ten is for answers; two parts are kept for one text
    clock(world).advance(hours=10)
    tick(world)
    assert (
        len(queued(world)) == 7
    )  # after midnight Pacific, and no safe hour: they go in the morning, if it still helps


@pytest.mark.parametrize("fails", ["get", "commit"])
def test_a_number_that_cannot_be_read_sends_nothing_of_ours(fails):
    world = an_office(2)

    class Down(store(world).__class__):
        def get(self, record, *key):
            if fails == "get" and record is PacedDay:
                raise StoreUnavailable("get")
            return super().get(record, *key)

        def commit(self, *changes):
            if fails == "commit" and getattr(changes[0], "record", None) is PacedDay:
                raise StoreUnavailable("commit")
            super().commit(*changes)

    down = Down()
    down._rows = store(world)._rows
    assert tick(replace(world, store=down)) == 0
    assert queued(world) == [] and world.journal.counts["pace_not_read"] == 1
    tick(world)
    assert len(queued(world)) == 2


def test_what_the_delay_queue_loses_the_next_tick_finds():
    world = an_office(3)
    world.later.fails = [WakeFailed("x")] * 2
    tick(world)
    for row in queued(world):
        deliver(world, row.thread_id, row.message_id)
    assert len(world.carriers["twilio"].sent) == 1 and world.journal.counts["paced_not_woken"] == 2
    clock(world).advance(minutes=1)
    tick(world)
    moments = [row.not_before for row in queued(world) if row.status == Status.QUEUED]
    assert len(world.carriers["twilio"].sent) == 2 and moments == [clock(world).now + timedelta(seconds=1.25)]
    clock(world).advance(minutes=1)
    tick(world)
    assert len(world.carriers["twilio"].sent) == 3


def test_many_that_wait_move_to_the_minutes_they_fit_in_once_and_keep_their_order():
    world = an_office(1)
    now = clock(world).now
    rows = [
        Due(0, now - timedelta(seconds=700 - at), f"touch#gone{at:04d}.v#1d", "touch", f"gone{at:04d}.v", "1d")
        for at in range(700)
    ]
    for row in rows:
        world.store.commit(Put(row))
    pacing.spread(world, rows[: pacing.MANY], now)
    assert sum(due.at <= now for due in waiting(world)) == 701 - 0  # few enough: they stay
    pacing.spread(world, rows, now)
    per_minute = Counter(due.at - now for due in waiting(world) if due.at > now)
    assert len(waiting(world)) == 701 and per_minute[timedelta(minutes=1)] == 48
    assert list(per_minute)[:3] == [timedelta(minutes=each) for each in (1, 2, 3)]
    moved = sorted((due for due in waiting(world) if due.at > now), key=lambda due: (due.at, due.due_id))
    assert [due.target for due in moved] == [row.target for row in rows]
    tick(world)  # the one that is real, and nobody else's
    assert len(queued(world)) == 1


def test_a_touch_that_moved_leaves_no_row_behind():
    world = an_office(1)
    [row] = waiting(world)
    later = replace(row, at=row.at + timedelta(minutes=3))
    world.store.commit(Put(later))
    tick(world)
    clock(world).advance(minutes=3)
    tick(world)
    assert waiting(world) == [] and len(queued(world)) == 1
