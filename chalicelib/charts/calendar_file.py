"""An iCalendar file (RFC 5545) as a list of visits. Each VEVENT is read by itself: a broken one is named, the others go in.

Whose a visit is: `X-RECORD-ID`, the clinic's own number for the patient, or the one ATTENDEE with a `tel:` address. Names are
never matched. With whom: `X-CLINICIAN`, else the form's choice. Kind: CATEGORIES, where it is one of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from ..core.appointment_rules import Wish
from ..core.appointments import KINDS
from ..core.csv_table import Wrong
from ..core.visit_list import MOST_ROWS, Defaults, ListedVisit, VisitList, checked, once

# RFC 5545 §3.8.1.11 in FHIR's words.
STATUS = {"": "booked", "CONFIRMED": "booked", "TENTATIVE": "pending", "CANCELLED": "cancelled"}
LENGTH = timedelta(minutes=50)
LONGEST = 50_000  # letters of one event
MOST_READ = 20_000_000  # letters of all events, each with the zones that it names: a file's own zones are read for each
NAMED = re.compile(r"TZID[=:]\"?([^\":;\n]{1,200})")
ReadNumber = Callable[[str], str]


def read_calendar(text: str, defaults: Defaults, now: datetime, number: ReadNumber) -> VisitList:
    """Every event, good or wrong; `line` is that of its BEGIN."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if "BEGIN:VCALENDAR" not in plain:
        return VisitList((), (Wrong(1, "", "this is no calendar file"),))
    zones, events = _zones(plain), list(_events(plain))
    if len(events) > MOST_ROWS:
        return VisitList((), (Wrong(1, "", f"more than {MOST_ROWS:,} events: split the file"),))
    named = [_named(zones, chunk) for _, chunk in events]
    if sum(map(len, named)) + len(plain) > MOST_READ:
        return VisitList((), (Wrong(1, "", "the definitions of zones are too long: split the file"),))
    found = [_event(line, theirs, chunk, defaults, now, number) for (line, chunk), theirs in zip(events, named, strict=True)]
    good, twice = once(each for each in found if isinstance(each, ListedVisit))
    wrong = [*(each for row in found if isinstance(row, list) for each in row), *twice]
    return VisitList(good, tuple(sorted(wrong, key=lambda each: each.line)))


def _events(text: str) -> Iterator[tuple[int, str]]:
    """Each event's text with the line it begins on."""
    begins = 0
    inside: list[str] = []
    for line, said in enumerate(text.split("\n"), 1):
        if said.strip() == "BEGIN:VEVENT":
            begins, inside = line, []
        if begins:
            inside.append(said)
        if said.strip() == "END:VEVENT" and begins:
            yield begins, "\n".join(inside)
            begins = 0
    if begins:
        yield begins, ""


def _zones(text: str) -> dict[str, str]:
    """The file's own definitions of zones by their TZID, in one pass: nothing that is never closed is looked for twice."""
    found: dict[str, str] = {}
    inside: list[str] | None = None
    for line in text.split("\n"):
        if line == "BEGIN:VTIMEZONE":
            inside = []
        if inside is not None:
            inside.append(line)
        if line == "END:VTIMEZONE" and inside is not None:
            zone, inside = "\n".join(inside), None
            found.update((name, zone) for name in NAMED.findall(_unfolded(zone))[:1])
    return found


def _named(zones: dict[str, str], chunk: str) -> str:
    """The definitions of the zones that an event names."""
    return "\n".join(zones[name] for name in dict.fromkeys(NAMED.findall(_unfolded(chunk))) if name in zones) if zones else ""


def _unfolded(text: str) -> str:
    return re.sub(r"\n[ \t]", "", text)


def _event(
    line: int, zones: str, chunk: str, defaults: Defaults, now: datetime, number: ReadNumber
) -> ListedVisit | list[Wrong]:
    whole = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *zones.split("\n"), *chunk.split("\n"), "END:VCALENDAR", ""))
    if len(chunk) > LONGEST:
        return [Wrong(line, "", "this event is too long")]
    try:
        event = next(iter(Calendar.from_ical(whole).events), None)
        if event is None or event.errors:
            return [Wrong(line, "", "this event cannot be read")]
        return _visit(line, event, defaults, now, number)
    except (ValueError, KeyError, AttributeError, TypeError, IndexError, OverflowError):  # of broken lines, and of the year 9999
        return [Wrong(line, "", "this event cannot be read")]


def _visit(line: int, event: Event, defaults: Defaults, now: datetime, number: ReadNumber) -> ListedVisit | list[Wrong]:
    if event.get("RRULE") or event.get("RDATE"):
        return [Wrong(line, "RRULE", "repeats: export each visit as an event of its own")]
    start = event.get("DTSTART").dt if event.get("DTSTART") else None
    starts = isinstance(start, datetime)
    zone = _zone_of(start, defaults)
    begins = (start if start.tzinfo else start.replace(tzinfo=ZoneInfo(defaults.zone))) if isinstance(start, datetime) else now
    uid = str(event.get("UID", ""))
    wish = Wish(
        clinician=str(event.get("X-CLINICIAN", "")).lower().replace(" ", ".") or defaults.clinician,
        kind=_kind(event),
        start_at=begins.astimezone(ZoneInfo("UTC")),
        zone=zone,
        minutes=int(_length(event, begins).total_seconds() // 60),
        place=" ".join(str(event.get("LOCATION", "")).split()),
        link=str(event.get("URL", "") or event.get("CONFERENCE", "")),
        chart_id=uid,
        status=STATUS.get(str(event.get("STATUS", "")).upper(), "?"),
    )
    whose = str(event.get("X-RECORD-ID", ""))
    return checked(ListedVisit(line, uid, whose, wish, "" if whose else _number(event, number)), starts, now)


def _length(event: Event, begins: datetime) -> timedelta:
    if event.get("DURATION"):
        found = event.get("DURATION").dt
        return found if isinstance(found, timedelta) else timedelta()
    ends = event.get("DTEND").dt if event.get("DTEND") else None
    if not isinstance(ends, datetime):
        return LENGTH
    return (ends if ends.tzinfo else ends.replace(tzinfo=begins.tzinfo)) - begins


def _zone_of(start: Any, defaults: Defaults) -> str:
    """The event's own zone where it is one of IANA's names; an offset or UTC says nothing of a place."""
    key = str(getattr(getattr(start, "tzinfo", None), "key", ""))
    return key if "/" in key and key != "Etc/UTC" else defaults.zone


def _kind(event: Event) -> str:
    said = event.get("CATEGORIES")
    words = [str(each).lower() for each in getattr(said, "cats", ())] if said else []
    return next((word for word in words if word in KINDS), "individual")


def _number(event: Event, number: ReadNumber) -> str:
    """The one telephone number among the people invited; "" for none, or several."""
    said = event.get("ATTENDEE") or []
    people = said if isinstance(said, list) else [said]
    found = {number(str(each)[4:]) for each in people if str(each).lower().startswith("tel:")} - {""}
    return found.pop() if len(found) == 1 else ""
