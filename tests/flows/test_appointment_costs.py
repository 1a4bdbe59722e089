"""What a touch, a booking and an answer cost in calls, however many patients and visits there are (DESIGN §5)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.appointments import FRIDAY, booked
from tests.cast import a_patient, an_sms
from tests.console.test_costs import Counting

from .office import an_open_office, clock, outgoing


def _office(others: int):
    """Alice with a visit on Friday, and others with theirs next month."""
    world = an_open_office()
    a_patient(world)
    for at in range(others):
        a_patient(world, f"p{at}", f"+1303555{2000 + at}")
        booked(world, FRIDAY + timedelta(days=40), patient_id=f"p{at}")
    counting = Counting(world.store)
    return replace(world, store=counting), counting


def _calls(counting, act) -> Counter:
    counting.calls.clear()
    act()
    return Counter(counting.calls)


@pytest.mark.parametrize("others", [0, 30])
def test_a_touch_is_one_query_two_reads_and_a_transaction_at_any_size(others):
    world, counting = _office(others)
    booked(world, rhythm="weekly")
    clock(world).now = (FRIDAY - timedelta(days=1)).astimezone(clock(world).now.tzinfo)
    minute = Counter(get=1, commit=2)  # of the number, held and settled: once for all the touches of a tick
    assert _calls(counting, lambda: tick(world)) == minute + Counter(due=1, appointments_of=1, get=1, get_many=1, commit=1)
    [row] = outgoing_of(world)
    assert _calls(counting, lambda: deliver(world, row.thread_id, row.message_id)) == Counter(claim=1, get_many=1, commit=2)


@pytest.mark.parametrize("others", [0, 30])
def test_a_booking_is_a_read_and_a_transaction_and_what_it_is_planned_from(others):
    world, counting = _office(others)
    assert _calls(counting, lambda: booked(world)) == Counter(get_many=2, get=1, appointments_of=1, openings=1, commit=1)


def test_an_answer_about_a_visit_is_one_read_more_than_an_ordinary_text():
    world, counting = _office(0)
    ordinary = _calls(counting, lambda: receive(world, an_sms("hello", at=clock(world).now), inline=False))
    booked(world)
    clock(world).now = (FRIDAY - timedelta(days=1)).astimezone(clock(world).now.tzinfo)
    tick(world)
    for row in outgoing_of(world):
        deliver(world, row.thread_id, row.message_id)
    answer = _calls(counting, lambda: receive(world, an_sms("1", at=clock(world).now), inline=False))
    assert answer == ordinary + Counter(get_many=1)


def outgoing_of(world):
    return outgoing(replace(world, store=world.store._inner))
