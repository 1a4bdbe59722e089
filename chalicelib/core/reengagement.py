"""Who missed a visit or has gone quiet, and the texts that leave a door open: planned, and why they stop. Pure.

Everything is asked again when a text leaves: `why_stop` is part of N3 (`core.permission`), and the page shows the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from .appointments import Appointment, Touch
from .safe_hours import next_safe
from .windows import instant

if TYPE_CHECKING:
    from .people import Patient
    from .records import Thread
    from .return_sequences import ReturnSequence

CAREFUL = timedelta(days=90)  # issue 5, part 4: after an incident, a positive item 9, a discharge
UNDO = timedelta(minutes=10)  # a click on the wrong row can be taken back before anything leaves
OLD = timedelta(days=14)  # a visit that was missed longer ago than this is history: a first import of years must not text anybody
HELPS_FOR = timedelta(days=2)  # after the visit, for the line that says we missed them
LOOKS_BACK = timedelta(days=14)  # after the last text: then what came of it is written down
ELEVEN = time(11, 0)  # of their day, for what comes days later
NEVER, MISSED, QUIET = "", "missed", "quiet"

# Why a sequence has ended, in words that staff read.
WHY: dict[str, str] = {
    "replied": "They wrote",
    "waiting": "They wrote and wait for an answer: a person writes",
    "booked": "A visit is booked",
    "undone": "The visit was not missed after all",
    "by_staff": "A colleague stopped it",
    "replaced": "Another visit was missed: its own texts begin",
    "call_first": "A clinician calls first",
    "incident": "An urgent item within 90 days: a clinician calls first",
    "item9": "An answer about self-harm within 90 days: a clinician calls first",
    "discharge": "A discharge within 90 days: a clinician calls first",
    "on_hold": "They are on hold, in hospital, in custody or discharged",
    "deceased": "They died: nothing leaves",
    "merged": "This record is part of another one now",
    "moved": "They are in another program now",
    "opted_out": "They sent STOP",
    "declined": "They want no texts of this kind",
    "no_consent": "They have not agreed to texts",
    "no_consent_kind": "They have not agreed to texts after they stopped coming",
    "guardian": "The phone is somebody else's, without a yes for these texts",
    "no_number": "There is no number",
    "number_changed": "The number has changed",
    "no_patient": "The record is gone",
    "sequence_changed": "The sequence has changed since",
    "done": "All of it has left",
}
# These end a sequence; what else N3 refuses leaves one text out.
ENDS = frozenset(WHY) - {"done"}


@dataclass(frozen=True, slots=True)
class Reengagement:
    """One sequence for one person. `why`: missed, quiet. `state`: on, stopped, done. Ids, instants and words of ours alone."""

    key: ClassVar[tuple[str, ...]] = ("patient_id", "reengagement_id")
    patient_id: str
    reengagement_id: str
    program: str
    sequence: str
    why: str
    started_at: datetime
    started_by: str
    visit_id: str = ""  # the visit that was missed; of who has gone quiet, the last one, "" for none
    touches: tuple[Touch, ...] = ()
    state: str = "on"
    stopped_why: str = ""
    stopped_at: datetime | None = None
    stopped_by: str = ""
    version: int = 1

    @property
    def ref(self) -> str:
        """What due rows call it: opaque."""
        return f"{self.patient_id}.{self.reengagement_id}"

    @property
    def next(self) -> Touch | None:
        return next((each for each in self.touches if each.state == "planned"), None) if self.state == "on" else None


@dataclass(frozen=True, slots=True)
class Back:
    """What such a text depends on besides the patient and the number, as it stands now."""

    row: Reengagement | None
    thread: Thread | None
    visits: Sequence[Appointment]


@dataclass(frozen=True, slots=True)
class Fact:
    """Why somebody is called before any text: incident, item9, discharge."""

    word: str
    at: datetime


def fact(patient: Patient, thread: Thread | None, now: datetime) -> Fact | None:
    """The newest of the last 90 days; an urgent item that is open is of this moment."""
    if thread is not None and thread.incident_id:
        return Fact("incident", now)
    known = {
        "incident": thread.crisis_at if thread else None, "item9": patient.item9_at, "discharge": patient.discharged_at,
    }  # fmt: skip
    recent = [Fact(word, at) for word, at in known.items() if at is not None and now - at <= CAREFUL]
    return max(recent, key=lambda each: each.at, default=None)


def owes_a_call(patient: Patient, thread: Thread | None, now: datetime) -> str:
    """The word of a fact since which no clinician has closed a call, or "call_first" while one is to be made, or ""."""
    if patient.call_first:
        return "call_first"
    found = fact(patient, thread, now)
    called = found is not None and patient.called_at is not None and patient.called_at > found.at
    return "" if found is None or called else found.word


def why_stop(back: Back, patient: Patient, touch: str, now: datetime) -> str:
    """A word of `ENDS`, or "" while it goes on. `touch`: the one that would leave; the line of the day a visit was missed also
    goes to who has another visit ahead. What N3 asks of every text (STOP, consent, hold, number) is asked there."""
    row, thread = back.row, back.thread
    if row is None or row.state != "on":
        return (row.stopped_why if row else "") or "by_staff"
    if patient.program != row.program:
        return "moved"
    if word := owes_a_call(patient, thread, now):
        return word
    if thread is not None and thread.heard_at is not None and thread.heard_at > row.started_at:
        return "replied"
    if thread is not None and thread.waiting_since is not None:
        return "waiting"
    missed = next((each for each in back.visits if each.appointment_id == row.visit_id), None)
    if row.why == MISSED and missed is not None and missed.status != "noshow":
        return "undone"
    return "booked" if _booked(row, back.visits, touch, now) else ""


def _booked(row: Reengagement, visits: Sequence[Appointment], touch: str, now: datetime) -> bool:
    line = row.why == MISSED and bool(row.touches) and row.touches[0].name == touch
    ahead = [each for each in visits if each.ahead and each.start_at > now]
    return any(not line or (each.created_at is not None and each.created_at > row.started_at) for each in ahead)


def planned(
    sequence: ReturnSequence, zone: ZoneInfo, hours: Mapping[str, str], now: datetime, missed_at: datetime | None = None
) -> tuple[Touch, ...]:
    """Every text with its instant: the first after the time to take a click back, the others at eleven of their day, each in a
    safe hour as far as it is known now. `missed_at`: when the visit was."""
    return tuple(_touch(step.name, step.wait_days, step.until_days, zone, hours, now, missed_at) for step in sequence.steps)


def _touch(
    name: str, wait: int, lasts: int, zone: ZoneInfo, hours: Mapping[str, str], now: datetime, missed_at: datetime | None
) -> Touch:
    at = instant(now.astimezone(zone).date() + timedelta(days=wait), ELEVEN, zone) if wait else now + UNDO
    until = missed_at + HELPS_FOR if missed_at is not None and not wait else at + timedelta(days=lasts)
    touch = Touch(name, now, at, until)
    if at >= until:
        return replace(touch, state="left_out", why="too_late")
    try:
        safe = next_safe(at, zone, hours)
    except ValueError:  # a window that cannot be read: texts fail closed
        return replace(touch, state="left_out", why="unreadable_hours")
    if safe is None:
        return replace(touch, state="left_out", why="no_safe_hours")
    return replace(touch, at=safe) if safe < until else replace(touch, state="left_out", why="safe_hours")


def with_touch(row: Reengagement, touch: Touch) -> Reengagement:
    return replace(row, touches=tuple(touch if each.name == touch.name else each for each in row.touches))


def ended(row: Reengagement, why: str, by: str, now: datetime) -> Reengagement:
    """Stopped, or done when everything has left. What was planned stays in the list: the page says it did not leave."""
    state = "done" if why == "done" else "stopped"
    return replace(row, state=state, stopped_why=why, stopped_at=now, stopped_by=by)


def next_at(row: Reengagement) -> datetime | None:
    """When somebody must look at it again: the next text, or what came of the last one."""
    if row.state != "on":
        return None
    if row.next is not None:
        return row.next.at
    return max((each.at for each in row.touches), default=row.started_at) + LOOKS_BACK
