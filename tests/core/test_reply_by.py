"""The reply-by clock: open hours only, over nights, weekends and both changes of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.clinic import read_clinic
from chalicelib.core.reply_by import reply_by
from tests.fakes.world import CLINIC

DENVER = ZoneInfo("America/Denver")
clinic = read_clinic(CLINIC)


def local(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=DENVER)


@pytest.mark.parametrize(
    ("written", "minutes", "due"),
    [
        (local(3, 9), 60, local(3, 10)),  # a Tuesday morning
        (local(3, 16, 30), 60, local(4, 8, 30)),  # half an hour before closing
        (local(3, 22), 60, local(4, 9)),  # at night
        (local(6, 16, 30), 60, local(9, 8, 30)),  # Friday afternoon: Monday, over the change of clocks
        (local(7, 12), 30, local(9, 8, 30)),  # Saturday
        (local(3, 8), 540, local(3, 17)),  # a whole day, to its last minute
        (local(3, 8), 541, local(4, 8, 1)),
        (local(3, 9), 0, local(3, 9)),
    ],
)
def test_only_open_minutes_count(written, minutes, due):
    assert reply_by(clinic, "adult", written.astimezone(UTC), minutes) == due


def test_a_program_without_hours_counts_every_minute():
    assert reply_by(clinic, "unmatched", local(7, 12), 60) == local(7, 13)


@given(st.integers(0, 60 * 24 * 21), st.integers(1, 3000))
def test_the_clock_only_runs_forward_and_ends_in_open_time(start, minutes):
    written = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=start)
    due = reply_by(clinic, "adult", written, minutes)
    assert due >= written + timedelta(minutes=minutes)
    assert clinic.open_window("adult", due - timedelta(seconds=1)) is not None
    assert reply_by(clinic, "adult", written, minutes + 1) > due
