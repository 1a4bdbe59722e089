"""The laptop's clock moves forward only, and a jump pauses where something may be due."""

from __future__ import annotations

from datetime import timedelta

from infra.local.clock import Clock, stops
from tests.local.standin import NOON

HOUR = timedelta(hours=1)


def test_an_hour_ahead_and_back() -> None:
    clock = Clock(lambda: NOON)
    clock.move_to(NOON + HOUR)
    assert (clock.now(), clock.offset) == (NOON + HOUR, HOUR)
    clock.move_to(NOON)
    assert clock.now() == NOON + HOUR
    clock.back_to_real_time()
    assert clock.now() == NOON


def test_an_hour_is_sixty_stops() -> None:
    found = list(stops(NOON, NOON + HOUR))
    assert len(found) == 60
    assert (found[0], found[-1]) == (NOON + timedelta(minutes=1), NOON + HOUR)


def test_a_day_is_a_first_hour_of_minutes_and_then_hours() -> None:
    found = list(stops(NOON, NOON + 24 * HOUR))
    assert len(found) == 60 + 23
    assert found[-1] == NOON + 24 * HOUR


def test_a_jump_that_ends_between_two_minutes_ends_there() -> None:
    assert list(stops(NOON, NOON + timedelta(seconds=90)))[-1] == NOON + timedelta(seconds=90)
    assert list(stops(NOON, NOON)) == []
