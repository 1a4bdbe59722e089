"""Who has gone quiet: no visit ahead, and the last contact longer ago than the program waits. Pure.

Each patient has one due row; it is looked at when it comes due and armed again, so that the cost grows with what is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from .appointments import Appointment
from .windows import instant

if TYPE_CHECKING:
    from .people import Patient
    from .records import Thread

CAME = frozenset({"arrived", "checked-in", "fulfilled"})
SIX = time(6, 0)  # of the clinic: the day's batch
MOST = 500  # of one program on the page
# Why somebody is left alone for a while: words, since free text would stand in clear (N5).
LEFT_FOR: dict[str, str] = {
    "asked": "They asked for time",
    "elsewhere": "They are seen elsewhere",
    "family": "Family or others told us why",
    "away": "They are away",
    "plan": "Agreed so in their care plan",
}
LEAVE_DAYS = (14, 30, 60, 90)
# What the last contact was.
CONTACTS: dict[str, str] = {
    "text": "They wrote",
    "visit": "They came to a visit",
    "call": "A clinician called them",
    "registered": "Registered, nothing since",
}


@dataclass(frozen=True, slots=True)
class Quiet:
    """One line of a program's list. `since`: the last contact, `contact`: a word of CONTACTS. No content, no name."""

    key: ClassVar[tuple[str, ...]] = ("program", "patient_id")
    program: str
    patient_id: str
    since: datetime
    contact: str
    found_at: datetime
    missed: bool = False  # the last visit was missed
    visit_id: str = ""  # the last one, whatever became of it
    left_until: datetime | None = None
    left_why: str = ""
    left_by: str = ""
    begun_at: datetime | None = None  # a sequence or a call was begun from here


def last_contact(patient: Patient, thread: Thread | None, visits: Sequence[Appointment]) -> tuple[datetime | None, str]:
    """When and how they were last in touch: a text of theirs, a visit they came to, a call; else when they were registered."""
    came = [each.start_at for each in visits if each.status in CAME]
    known = {"text": thread.heard_at if thread else None, "visit": max(came, default=None), "call": patient.called_at}
    found = [(at, word) for word, at in known.items() if at is not None]
    return max(found, default=(patient.created_at, "registered"))


def last_visit(visits: Sequence[Appointment], now: datetime) -> Appointment | None:
    past = [each for each in visits if each.start_at <= now and each.status != "entered-in-error"]
    return max(past, key=lambda each: each.start_at, default=None)


def next_look(since: datetime, days: int, visits: Sequence[Appointment], zone: ZoneInfo, now: datetime) -> datetime | None:
    """When to look again, on a morning of the clinic's; None: they are quiet now."""
    ahead = [each.start_at for each in visits if each.ahead and each.start_at > now]
    at = max([since, *ahead]) + timedelta(days=days)
    return None if at <= now else morning(at, zone)


def morning(at: datetime, zone: ZoneInfo) -> datetime:
    """The first six o'clock of the clinic's that is not before it."""
    day = at.astimezone(zone).date()
    same = instant(day, SIX, zone)
    return same if same >= at else instant(day + timedelta(days=1), SIX, zone)


def shown(entry: Quiet, thread: Thread | None) -> bool:
    """Whether the list still has them: who wrote since is not quiet, whatever the morning said."""
    return thread is None or thread.heard_at is None or thread.heard_at <= entry.since
