"""Until when somebody wants quiet, from their own words, English or Spanish. Only who writes QUIET waits for this file."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil import parser  # type: ignore[import-untyped]

from ..core.keywords import fold
from .safe_phone import quiet

UNTIL = re.compile(r"\b(?:until|till|til|for|thru|through|hasta|por|durante)\b(.*)", re.DOTALL)


def quiet_day(body: str, today: date) -> tuple[date, bool]:
    """The day from which texts may begin again, and whether it was read from the words. Always after today; what is further away
    than the table allows is cut there, for a person to note."""
    table = quiet()
    found = UNTIL.search(body.lower())
    if found is None:
        return today + timedelta(days=table["bare"]), True
    said = fold(found.group(1))
    for span, days in table["spans"].items():
        if said == span or said.startswith(f"{span} "):
            return today + timedelta(days=days), True
    if counted := re.fullmatch(r"(\d{1,2}) (?:days?|dias?)", said):
        day = today + timedelta(days=int(counted.group(1)))
    else:
        day = _read_day(found.group(1), today, table["words"]) or today
    most = today + timedelta(days=table["most"])
    if today < day <= most:
        return day, True
    return (most if day > most else today + timedelta(days=table["bare"])), False


def _read_day(said: str, today: date, words: dict[str, Any]) -> date | None:
    """A weekday or a date, in English or Spanish, the next one after today; None for what is none."""
    class Info(parser.parserinfo):  # type: ignore[misc]
        JUMP = words["jump"]
        WEEKDAYS = [tuple(each) for each in words["weekdays"]]
        MONTHS = [tuple(each) for each in words["months"]]

    plain = " ".join(fold(part) if "/" not in part else part for part in said.split())
    start = datetime.combine(today + timedelta(days=1), time.min)
    try:
        day: date = parser.parse(plain, parserinfo=Info(), default=start).date()
    except (ValueError, OverflowError):
        return None
    if "next" in plain.split() and start.date() <= day < today + timedelta(days=7):
        day += timedelta(days=7)  # "next friday" is said of two days: the later one is the stricter
    if day < start.date() and day.year == today.year and str(today.year) not in plain:
        return day.replace(year=today.year + 1) if (day.month, day.day) != (2, 29) else None
    return day
