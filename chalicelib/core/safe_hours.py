"""When a text that we begin may leave: the patient's own hours inside the house's (RULES TCPA-12, T19, T27)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .clinic import DAYS, read_window

# TCPA-12: 09:00–20:00 of the patient, Sundays from noon.
HOUSE = dict.fromkeys(DAYS, "09:00-20:00") | {"sun": "12:00-20:00"}


def both_allow(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str] | None:
    """The hours inside both, an empty map being the house's; None where there are none: an empty map would loosen them."""
    if not (one and other):
        return dict(one or other)
    kept = {}
    for day in (each for each in DAYS if each in one and each in other):
        (start, end), (begins, ends) = (_ends_of(hours[day]) for hours in (one, other))
        if max(start, begins) < min(end, ends):
            kept[day] = f"{max(start, begins)}-{min(end, ends)}"
    return kept or None


def _ends_of(window: str) -> tuple[str, str]:
    """As they are written, which sorts as time does: "09:00" to "24:00"."""
    start, _, end = window.partition("-")
    return start.strip(), end.strip()


def next_safe(now: datetime, zone: ZoneInfo, own: Mapping[str, str]) -> datetime | None:
    """`now` when it is safe, else the next safe instant within eight days (UTC), else None.

    `own` maps weekdays to "HH:MM-HH:MM"; a weekday that is missing from a non-empty map is never safe.
    """
    local = now.astimezone(zone)
    for ahead in range(9):
        window = _window(local.date() + timedelta(days=ahead), zone, own)
        if window and now < window[1]:
            return max(now, window[0])
    return None


def last_safe(at: datetime, zone: ZoneInfo, own: Mapping[str, str]) -> datetime | None:
    """The same time of day on the nearest day before `at` that allows it, or else that day's first safe instant (UTC).

    For what should rather come early than not at all. None: no day of the three before is safe.
    """
    local = at.astimezone(zone)
    for back in range(4):
        day = local.date() - timedelta(days=back)
        if window := _window(day, zone, own):
            same = _instant(day, local.time(), zone)
            early = same if window[0] <= same < window[1] else window[0]
            if early < at:
                return early
    return None


def _window(day: date, zone: ZoneInfo, own: Mapping[str, str]) -> tuple[datetime, datetime] | None:
    name = DAYS[day.weekday()]
    if own and name not in own:
        return None
    start, end = read_window(HOUSE[name])
    if own:
        own_start, own_end = read_window(own[name])
        start, end = max(start, own_start), min(end, own_end)
    if start >= end:
        return None
    return _instant(day, start, zone), _instant(day, end, zone)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """UTC, so that arithmetic and comparison are right across a change of clocks."""
    return datetime.combine(day, at, zone).astimezone(ZoneInfo("UTC"))
