"""A visit in the schedule, and the texts planned around it. Ids, instants and words of ours are in clear; where it is, the link
and the chart's own number are sealed (N5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from .incident_rows import Step
from .quick import Later, carried

# FHIR R4 Appointment.status, to the letter (https://hl7.org/fhir/R4/valueset-appointmentstatus.html).
STATUSES: dict[str, str] = {
    "proposed": "Proposed",
    "pending": "Pending",
    "booked": "Booked",
    "arrived": "Arrived",
    "fulfilled": "Fulfilled",
    "cancelled": "Cancelled",
    "noshow": "Missed",
    "entered-in-error": "Entered in error",
    "checked-in": "Checked in",
    "waitlist": "On the waitlist",
}
AHEAD = frozenset({"pending", "booked"})  # a patient is expected: the only ones that earn texts
OVER = frozenset({"fulfilled", "cancelled", "noshow", "entered-in-error"})
KINDS: dict[str, str] = {"individual": "Individual", "group": "Group", "intake": "Intake", "urgent": "Urgent"}
RHYTHMS: dict[str, str] = {"": "From the visits around it", "weekly": "Weekly", "monthly": "Monthly or rarer"}
# What the patient has said of it. "": nobody asked yet.
CONFIRMATIONS: dict[str, str] = {
    "": "Not asked yet",
    "asked": "Asked, no answer",
    "confirmed": "Confirmed",
    "late": "Running late",
    "wants_move": "Needs another time",
    "cannot_come": "Can't come",
    "unsure": "Read their answer",
}
NEAR = timedelta(days=10)  # two visits this near are a weekly rhythm
MOST_STEPS, MOST_TOUCHES, MOST_LISTED = 40, 24, 40


@dataclass(frozen=True, slots=True)
class Touch:
    """One text of a sequence for one beginning of one visit. `state`: planned, sent, left_out (`why`)."""

    name: str  # of the sequence: "1d"
    start_at: datetime  # the beginning it is about: a moved visit earns new ones
    at: datetime  # when it leaves, or would have
    until: datetime  # from here on it helps nobody
    state: str = "planned"
    rank: int = 1  # 1 wins where a cap bites
    why: str = ""
    message_id: str = ""
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Appointment:
    """One visit. `sealed_details`: JSON of place, link, chart_id (`Details`), under (patient, program, "appointment").

    `booked_in`: "<program>#<month>", UTC, of its beginning: the index that days and months are read from.
    """

    key: ClassVar[tuple[str, ...]] = ("patient_id", "appointment_id")
    patient_id: str
    appointment_id: str
    program: str
    clinician: str  # staff id
    kind: str  # a word of KINDS
    start_at: datetime
    zone: str  # IANA, of the place
    minutes: int
    booked_in: str
    sealed_details: bytes = b""
    remote: bool = False  # by video or phone: it has a link
    spoken_zone: str = ""  # on whose clock it was told, once it was: theirs, of a visit by video
    status: str = "booked"
    confirmation: str = ""
    barrier: str = ""  # what stood in the way: a word of `texts/barriers.toml`, or "asked"
    rhythm: str = ""  # a person's word over the one read from the visits around it
    sequence: str = ""
    touches: tuple[Touch, ...] = ()
    steps: tuple[Step, ...] = ()
    version: int = 1
    created_at: datetime | None = None
    source: str = "console"  # console, csv, ics, api, drop, waitlist
    missed_at: datetime | None = None  # when it was marked as missed
    answered_at: datetime | None = None  # when they first answered what we asked after it was missed
    cancelled_at: datetime | None = None  # what a measure of "early enough to refill" needs
    charted: str = ""  # under which keyed hash the clinic's schedule knows it (`Charted`); "" for one of our own
    came_by: str = ""  # the move that brought it to this patient or program
    moved_to: str = ""  # the patient whose visit it is now: this row is about to go

    @property
    def ref(self) -> str:
        """What due rows call it: opaque."""
        return f"{self.patient_id}.{self.appointment_id}"

    @property
    def ends_at(self) -> datetime:
        return self.start_at + timedelta(minutes=self.minutes)

    @property
    def ahead(self) -> bool:
        return self.status in AHEAD

    @property
    def day(self) -> date:
        """On the wall of the place."""
        return self.start_at.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class AboutVisit:
    """A visit as a text tells of it; one that was moved or called off since must not be told so (C50). `off`: that it is off."""

    appointment_id: str
    start_at: datetime
    off: bool = False
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Details:
    """What `sealed_details` holds once opened."""

    place: str = ""
    link: str = ""
    chart_id: str = ""
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Charted:
    """That a line of a file or a chart was taken in: found by the keyed hash of the chart's own id."""

    key: ClassVar[tuple[str, ...]] = ("record_hash",)
    record_hash: str
    patient_id: str
    appointment_id: str
    row_hash: str = ""  # keyed, of what the line said: the same line twice changes nothing
    version: int = 0  # the schedule's own, of what it said last; 0 where it has none
    start_at: datetime | None = None  # when the schedule last said that it begins: a patient may have moved it since
    sealed_id: bytes = b""  # what the schedule calls it, under ("schedule", program, "visit_id"): what it is told by


@dataclass(frozen=True, slots=True)
class VisitChange:
    """That somebody other than the schedule changed a visit of the schedule's: what a system that asks is told."""

    key: ClassVar[tuple[str, ...]] = ("program", "change_id")
    program: str
    change_id: str  # sorts by time
    patient_id: str
    appointment_id: str
    charted: str
    at: datetime
    by: str  # patient, staff
    status: str
    answer: str = ""  # a word of ANSWERS
    barrier: str = ""
    start_at: datetime | None = None


# What a patient said of a visit, as a system that asks is told it.
ANSWERS = frozenset({"confirmed", "late", "wants_move", "cannot_come"})


def listed(visits: Iterable[Appointment], now: datetime) -> tuple[str, ...]:
    """Ids of those that a thread shows, at most `MOST_LISTED`: what is ahead, the soonest first; then the newest booked."""
    newest = sorted(visits, key=lambda each: each.appointment_id, reverse=True)
    ahead = sorted((each for each in newest if each.ahead and each.start_at > now), key=lambda each: each.start_at)
    return tuple(dict.fromkeys(each.appointment_id for each in (*ahead, *newest)))[:MOST_LISTED]


def booked_in(program: str, start_at: datetime) -> str:
    """The index's key: program and month, UTC."""
    return f"{program}#{start_at.astimezone(ZoneInfo('UTC')):%Y-%m}"


def days_between(since: datetime, until: datetime) -> list[datetime]:
    """An instant of each day from `since` to before `until`."""
    days = max((until - since).days, 0) + 1
    between = [at for day in range(1, days + 1) if (at := since + timedelta(days=day)) < until]
    return [since, *between, until - timedelta(microseconds=1)]


def rhythm_of(visit: Appointment, others: tuple[Appointment, ...]) -> str:
    """A person's word, else weekly where another visit of theirs is near."""
    near = any(
        other.appointment_id != visit.appointment_id
        and other.status not in ("cancelled", "entered-in-error")
        and timedelta(hours=12) < abs(other.start_at - visit.start_at) <= NEAR
        for other in others
    )
    return visit.rhythm or ("weekly" if near else "monthly")


def same_day(visit: Appointment, others: tuple[Appointment, ...]) -> tuple[Appointment, ...]:
    """Everything of theirs that is on that day and still ahead, this one too, by beginning: they are told in one text."""
    found = {each.appointment_id: each for each in (*others, visit) if each.ahead and each.day == visit.day}
    return tuple(sorted(found.values(), key=lambda each: (each.start_at, each.appointment_id)))


def stands(told: AboutVisit, visit: Appointment | None) -> bool:
    """Whether a visit is still as it was told (C50)."""
    if visit is None:
        return False
    return not visit.ahead if told.off else visit.ahead and visit.start_at == told.start_at
