"""Times as staff say them, on the clock of one zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

YEARS = range(1900, 2200)  # the first and the last day that there are have no day before or after them


def read_day(text: str) -> date | None:
    """A day that somebody may have meant, of what an address says; else None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def span(length: timedelta) -> str:
    """A length of time as one or two short words: "under 1 min", "4 min", "3 h 20 min", "2 days"."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 6 and rest:
        return f"{hours} h {rest} min"
    if hours < 48:
        return f"{hours} h"
    return f"{hours // 24} days"


def promise(due: datetime, now: datetime) -> str:
    """A promised answer in words: "due in 40 min", "35 min late"."""
    return f"{span(now - due)} late" if due <= now else f"due in {span(due - now)}"


@dataclass(frozen=True, slots=True)
class Place:
    """A zone and an instant: the clock on one wall."""

    zone: ZoneInfo
    now: datetime

    def clock(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return f"{local.hour % 12 or 12}:{local.minute:02d} {'AM' if local.hour < 12 else 'PM'}"

    def day(self, at: datetime) -> str:
        local, today = at.astimezone(self.zone), self.now.astimezone(self.zone).date()
        if local.date() == today:
            return "Today"
        if local.date() == today - timedelta(days=1):
            return "Yesterday"
        year = f", {local.year}" if local.year != today.year else ""
        return f"{local:%a %b} {local.day}{year}"

    def stamp(self, at: datetime) -> str:
        day = self.day(at)
        return self.clock(at) if day == "Today" else f"{day}, {self.clock(at)}"

    def date(self, at: datetime) -> str:
        """For paper, where "Today" means nothing: "Nov 27, 2026, 8:17 PM"."""
        local = at.astimezone(self.zone)
        return f"{local:%b} {local.day}, {local.year}, {self.clock(at)}"

    def ago(self, at: datetime) -> str:
        return span(self.now - at)


def window(text: str) -> str:
    """"10:00-15:30" as "10 AM to 3:30 PM"."""
    return " to ".join(_twelve(part) for part in text.split("-"))


def _twelve(text: str) -> str:
    hour, _, minute = text.strip().partition(":")
    if not hour.isdigit():
        return text
    if text.strip() == "24:00":
        return "midnight"
    minutes = f":{minute}" if minute not in ("", "00") else ""
    return f"{int(hour) % 12 or 12}{minutes} {'AM' if int(hour) < 12 else 'PM'}"


def iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
