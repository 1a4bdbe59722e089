"""Who can be reached beside the pager's list, whose test is too old, and when the next one is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.phones import Method, StaffPhone, next_test, passed_lately, unreached, verified

NOW = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)  # a Tuesday
DENVER = ZoneInfo("America/Denver")
GOOD = Method("text", "c1", NOW - timedelta(days=30), NOW - timedelta(days=30), NOW - timedelta(days=3), NOW - timedelta(days=3))


def days(number: float) -> timedelta:
    return timedelta(days=number)


def test_who_gave_no_number_or_showed_no_code_is_not_verified() -> None:
    assert not verified(None, NOW)
    assert not verified(StaffPhone("erin"), NOW)
    assert not verified(StaffPhone("erin", 1, (Method("text", "c1", NOW),)), NOW)
    assert verified(StaffPhone("erin", 1, (GOOD,)), NOW)


def test_a_number_that_takes_nothing_does_not_count() -> None:
    assert not verified(StaffPhone("erin", 1, (replace(GOOD, trouble="opted_out"),)), NOW)


def test_it_counts_from_when_it_was_verified() -> None:
    assert not verified(StaffPhone("erin", 1, (GOOD,)), NOW - days(31))


def test_whom_only_the_pager_reaches() -> None:
    assert unreached(("erin", "carol"), [StaffPhone("erin", 1, (GOOD,)), StaffPhone("dan", 1, (GOOD,))], NOW) == ("carol",)


@pytest.mark.parametrize(
    ("passed", "asked", "lately"),
    [(3, 3, True), (7, 7, True), (7.1, 7.1, False), (7.2, 0.2, True), (8.1, 0.2, False), (7.2, 1.1, False), (None, 1, False)],
)
def test_a_week_and_a_day_to_answer(passed: float | None, asked: float, lately: bool) -> None:
    at = NOW - days(passed) if passed is not None else None
    assert passed_lately(replace(GOOD, passed_at=at, asked_at=NOW - days(asked)), NOW) is lately


def test_what_takes_nothing_has_not_passed() -> None:
    assert not passed_lately(replace(GOOD, trouble="bad_number"), NOW)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))
def test_the_next_test_is_on_a_weekday_at_ten_and_never_more_than_a_week_away(after: datetime) -> None:
    found = next_test(after, DENVER)
    local = found.astimezone(DENVER)
    assert (local.hour, local.minute) == (10, 0) and local.weekday() < 5
    assert days(3) < found - after <= days(7) + timedelta(hours=11)
