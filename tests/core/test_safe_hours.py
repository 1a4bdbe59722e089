"""When a text that we begin may leave, in every zone and over both changes of clocks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.clinic import DAYS
from chalicelib.core.safe_hours import HOUSE, last_safe, next_safe
from tests.core.test_clinic import AUTUMN, SPRING, ZONES, minutes_of

INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
CLOCKS = st.times().map(lambda t: f"{t.hour:02d}:{t.minute:02d}")
OWN = st.dictionaries(st.sampled_from(DAYS), st.builds("{}-{}".format, CLOCKS, CLOCKS), max_size=7)


def local(text, zone="America/Denver"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def is_safe(at, zone, own):
    """The rule written a second way, from the wall clock."""
    wall = at.astimezone(ZoneInfo(zone))
    day, now = DAYS[wall.weekday()], wall.strftime("%H:%M")
    house = ("12:00", "20:00") if day == "sun" else ("09:00", "20:00")
    windows = [house, tuple(own[day].split("-"))] if day in own else [house] if not own else []
    return bool(windows) and all(start <= now < end for start, end in windows)


@pytest.mark.parametrize("day", [SPRING, AUTUMN, SPRING - timedelta(days=1)])
@pytest.mark.parametrize("zone", ZONES)
def test_no_minute_outside_the_wall_clocks_window_is_safe_when_clocks_change(zone, day):
    for at in minutes_of(day, zone):
        assert (next_safe(at, ZoneInfo(zone), {}) == at) == is_safe(at, zone, {}), at


@given(at=INSTANTS, zone=st.sampled_from(ZONES), own=OWN)
def test_what_is_called_safe_is_safe_and_the_first_such_minute(at, zone, own):
    found = next_safe(at, ZoneInfo(zone), own)
    if found is None:
        return
    assert at <= found and is_safe(found, zone, own)
    if found > at:
        assert not is_safe(at, zone, own)
        assert not is_safe(found - timedelta(minutes=1), zone, own)


@given(at=INSTANTS, zone=st.sampled_from(ZONES), own=OWN)
def test_never_only_when_no_hour_of_her_week_is_inside_the_house(at, zone, own):
    some = any(max(HOUSE[day][:5], own[day][:5]) < min(HOUSE[day][6:], own[day][6:]) for day in own)
    assert (next_safe(at, ZoneInfo(zone), own) is not None) == (some or not own)


@pytest.mark.parametrize(
    ("now", "own", "expected"),
    [
        ("2026-03-03T09:00", {}, "2026-03-03T09:00"),
        ("2026-03-03T19:59", {}, "2026-03-03T19:59"),
        ("2026-03-03T20:00", {}, "2026-03-04T09:00"),
        ("2026-03-07T20:00", {}, "2026-03-08T12:00"),  # Saturday night: Sundays begin at noon, an hour was lost
        ("2026-11-01T09:00", {}, "2026-11-01T12:00"),  # and the day an hour came back
        ("2026-03-08T20:00", {}, "2026-03-09T09:00"),
        ("2026-03-03T10:00", {"mon": "10:00-11:00"}, "2026-03-09T10:00"),
        ("2026-03-03T10:00", {"tue": "00:00-24:00"}, "2026-03-03T10:00"),
        ("2026-03-03T21:00", {"tue": "00:00-24:00"}, "2026-03-10T09:00"),
    ],
)
def test_named_moments(now, own, expected):
    assert next_safe(local(now), ZoneInfo("America/Denver"), own) == local(expected)


def test_sunday_begins_at_noon_and_every_day_ends_at_eight():
    assert {**dict.fromkeys(DAYS, "09:00-20:00"), "sun": "12:00-20:00"} == HOUSE


def test_arizona_keeps_its_clock_while_denver_moves():
    monday = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)  # 9:00 in Denver, 8:00 in Phoenix
    assert next_safe(monday, ZoneInfo("America/Denver"), {}) == monday
    assert next_safe(monday, ZoneInfo("America/Phoenix"), {}) == monday + timedelta(hours=1)
    assert datetime.combine(monday, time(9), ZoneInfo("America/Phoenix")) == monday + timedelta(hours=1)


@given(INSTANTS, st.sampled_from(ZONES), OWN)
def test_what_comes_early_comes_at_a_safe_moment_of_the_last_three_days(at, zone, own):
    own = {day: window for day, window in own.items() if window[:5] < window[6:]}
    early = last_safe(at, ZoneInfo(zone), own)
    if early is not None:
        assert is_safe(early, zone, own) and timedelta(0) < at - early < timedelta(days=4)
