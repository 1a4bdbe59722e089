"""Hours of a day on the wall clock, as instants: right across a change of clocks, past midnight too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from .quick import dataclass

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end` on these weekdays (end at or before start: past midnight). Belongs to the day it begins on."""

    days: tuple[str, ...]
    start: time
    end: time

    def covers(self, at: datetime, zone: ZoneInfo) -> bool:
        return any(opens <= at < closes for _, opens, closes in self.around(at, zone))

    def around(self, at: datetime, zone: ZoneInfo) -> Iterator[tuple[date, datetime, datetime]]:
        """Yesterday's and today's stretch, with the day each began on."""
        today = at.astimezone(zone).date()
        for day in (today - timedelta(days=1), today):
            if DAYS[day.weekday()] in self.days:
                yield day, *instants(day, self.start, self.end, zone)


@lru_cache(4096)  # a week of a rota asks for the same few again and again
def instants(day: date, start: time, end: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The stretch that begins on `day`, in UTC, so that comparison is right across a change of clocks."""
    if end == time.max:
        end, last = time.min, day + timedelta(days=1)
    else:
        last = day if start < end else day + timedelta(days=1)
    return instant(day, start, zone), instant(last, end, zone)


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A wall-clock time as an instant: of two, the first; of none, as far after the gap as it was meant into it."""
    return datetime.combine(day, at, zone).astimezone(UTC)


@lru_cache(256)
def read_window(window: str) -> tuple[time, time]:
    """"09:00-17:30" as two times; an end of "24:00" is the day's last microsecond. Raises ValueError saying what is wrong."""
    start, dash, end = (part.strip() for part in window.partition("-"))
    if not dash:
        raise ValueError(f'hours {window!r}: write them as "09:00-17:30"')
    return _clock(start, window), time.max if end == "24:00" else _clock(end, window)


def _clock(text: str, window: str) -> time:
    if not _CLOCK.fullmatch(text):
        raise ValueError(f"hours {window!r}: {text!r} is no time of day, such as 09:00")
    return time.fromisoformat(text)
