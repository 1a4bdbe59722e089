"""How many texts that we begin a number gets: one a day, three a week, on the patient's own calendar (RULES TCPA-11).

Reminders are planned days ahead, so their day and week are the calendar's, which a person can foresee; lines in answer to a text
count the last 24 hours and 7 days (`core.permission`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .windows import instant

PER_DAY, PER_WEEK = 1, 3


def has_room(taken: Iterable[datetime], at: datetime, zone: ZoneInfo) -> bool:
    """Whether one more may leave at `at` beside those that left or will."""
    day = _day(at, zone)
    days = [_day(each, zone) for each in taken]
    week = day.isocalendar()[:2]
    return days.count(day) < PER_DAY and sum(each.isocalendar()[:2] == week for each in days) < PER_WEEK


def next_room(taken: Iterable[datetime], at: datetime, zone: ZoneInfo) -> datetime:
    """`at`, or the next midnight of theirs with room behind it."""
    known = tuple(taken)
    for _ in range(15):
        if has_room(known, at, zone):
            return at
        at = instant(_day(at, zone) + timedelta(days=1), time.min, zone)
    return at


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
