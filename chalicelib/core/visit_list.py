"""A clinic's list of visits as CSV, read row by row: what is wrong is named by line and column. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from .appointment_rules import Wish, wrong_with
from .appointments import KINDS, STATUSES
from .csv_table import Wrong, cells_of, read_table

MOST_ROWS = 5000
LONGEST_ID = 128
NEEDED = ("visit_id", "record_id", "start")
COLUMNS = (*NEEDED, "minutes", "clinician", "kind", "place", "link", "status", "zone")
MINUTES = "50"
# What schedules call it, in FHIR's words.
CALLED = {
    "": "booked", "scheduled": "booked", "confirmed": "booked", "tentative": "pending", "canceled": "cancelled",
    "completed": "fulfilled", "checked out": "fulfilled", "checked in": "checked-in", "no show": "noshow", "no-show": "noshow",
    "missed": "noshow", **{status: status for status in STATUSES},
}  # fmt: skip
_MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})[ ,T]+(\d{1,2}):(\d{2})(?::\d{2})? ?([AaPp][Mm])?")


@dataclass(frozen=True, slots=True)
class ListedVisit:
    """One good row. Whose it is: by `record_id`, the clinic's own for the patient, or by `number`."""

    line: int
    visit_id: str
    record_id: str
    wish: Wish
    number: str = ""


@dataclass(frozen=True, slots=True)
class VisitList:
    rows: tuple[ListedVisit, ...]
    wrong: tuple[Wrong, ...]
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a row without a word of its own means."""

    zone: str
    clinician: str


def read_visits(text: str, defaults: Defaults, now: datetime) -> VisitList:
    """Every row, good or wrong; a file without its columns is one thing wrong."""
    table = read_table(text, NEEDED, MOST_ROWS)
    found: list[ListedVisit | list[Wrong]] = []
    for line, cells in table.body:
        said = cells_of(table, line, cells)
        found.append([said] if isinstance(said, Wrong) else _row(line, said, defaults, now))
    good, wrong = once(each for each in found if isinstance(each, ListedVisit))
    wrong = (*table.wrong, *(each for row in found if isinstance(row, list) for each in row), *wrong)
    return VisitList(good, tuple(sorted(wrong, key=lambda each: each.line)), tuple(n for n in table.header if n not in COLUMNS))


def once(rows: Iterable[ListedVisit]) -> tuple[tuple[ListedVisit, ...], tuple[Wrong, ...]]:
    """Each visit's first row; a second one is named, since nobody can tell which is right."""
    seen: dict[str, int] = {}
    good, wrong = [], []
    for row in rows:
        if row.visit_id in seen:
            wrong.append(Wrong(row.line, "visit_id", f"stands in line {seen[row.visit_id]} too"))
        else:
            seen[row.visit_id] = row.line
            good.append(row)
    return tuple(good), tuple(wrong)


def _row(line: int, said: dict[str, str], defaults: Defaults, now: datetime) -> ListedVisit | list[Wrong]:
    zone = said.get("zone") or defaults.zone
    start = read_start(said["start"], zone)
    status = CALLED.get(said.get("status", "").lower(), "?")
    minutes = said.get("minutes") or MINUTES
    wish = Wish(
        clinician=said.get("clinician", "").lower().replace(" ", ".") or defaults.clinician,
        kind=said.get("kind", "").lower() or "individual",
        start_at=start or now,
        zone=zone,
        minutes=int(minutes) if minutes.isdigit() and len(minutes) < 5 else 0,
        place=said.get("place", ""),
        link=said.get("link", ""),
        chart_id=said["visit_id"],
        status=status,
    )
    return checked(ListedVisit(line, said["visit_id"], said["record_id"], wish), start is not None, now)


def checked(row: ListedVisit, starts: bool, now: datetime) -> ListedVisit | list[Wrong]:
    """The row, or everything that is wrong with it."""
    wrong = {name: what.rstrip(".").lower() for name, what in wrong_with(row.wish, now).items()}
    if "kind" in wrong:
        wrong["kind"] = f"is none of {', '.join(KINDS)}"
    if "status" in wrong:
        wrong["status"] = f"is none of {', '.join(STATUSES)}"
    if not starts:
        wrong["start"] = "is no day and time, such as 2026-03-06 15:00 or 3/6/2026 3:00 PM"
    if not 0 < len(row.visit_id) <= LONGEST_ID:
        wrong["visit_id"] = f"needs 1 to {LONGEST_ID} characters"
    if not row.number and not 0 < len(row.record_id) <= LONGEST_ID:
        wrong["record_id"] = f"needs 1 to {LONGEST_ID} characters"
    return [Wrong(row.line, name, what) for name, what in wrong.items()] or row


def read_start(text: str, zone: str) -> datetime | None:
    """An instant in UTC: on that zone's clock, unless the text has an offset of its own."""
    try:
        place = ZoneInfo(zone)
        found = datetime.fromisoformat(_twenty_four(text))
        at = (found if found.tzinfo else found.replace(tzinfo=place)).astimezone(ZoneInfo("UTC"))
    except (KeyError, ValueError, OSError, OverflowError):  # a system's "never", 9999-12-31 23:00, is after all years in UTC
        return None
    if found.hour == found.minute == 0 and not re.search(r"\d:\d", text):
        return None  # a day without a time
    return at


def _twenty_four(text: str) -> str:
    """"3/6/2026 3:00 PM" as "2026-03-06T15:00"; anything else as it is. Raises ValueError for 13 PM."""
    found = _MONTH_FIRST.fullmatch(text.strip())
    if found is None:
        return text.strip()
    month, day, year, hour, minute, half = found.groups()
    if half and not 1 <= int(hour) <= 12:
        raise ValueError("no hour")
    hours = int(hour) % 12 + (12 if half.lower() == "pm" else 0) if half else int(hour)
    return f"{year}-{int(month):02d}-{int(day):02d}T{hours:02d}:{minute}"
