"""The inbox as rows to show: who, how long, why. No message content has a way in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..core.clinic import Clinic
from ..core.incidents import UNACKNOWLEDGED
from ..core.records import UNMATCHED, Incident, Thread
from ..flows.read_inbox import Inbox
from . import words

MOST = 150  # rows at first: the page stays below 100 KB
LONG, VERY_LONG = timedelta(hours=4), timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """`left`: minutes until the next step is paged, None when nobody is going to be."""

    incident_id: str
    thread_id: str
    code: str
    name: str
    tier: int
    state: str
    held: bool
    holder: str
    since: datetime
    next: str
    escalates_at: datetime | None
    reply_undelivered: bool
    program: str


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """`tone`: calm, long (four hours) or very-long (a day)."""

    thread_id: str
    name: str
    known: bool
    since: datetime | None
    last_at: datetime | None
    unanswered: int
    note: str
    tone: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class InboxView:
    program: str
    program_name: str
    mark: str
    incidents: tuple[IncidentRow, ...]
    waiting: tuple[ThreadRow, ...]
    recent: tuple[ThreadRow, ...]
    shown: int  # how many of the waiting are on the page

    @property
    def said(self) -> str:
        """For a screen reader and the page's title: counts, never names."""
        urgent = sum(not row.held for row in self.incidents)
        parts = [f"{urgent} urgent"] if urgent else []
        return ", ".join([*parts, f"{len(self.waiting)} waiting"])


def view_inbox(inbox: Inbox, clinic: Clinic, me: str, now: datetime, everybody: bool = False) -> InboxView:
    """Everything the page shows of an inbox; `everybody` who waits, not only the first hundred and fifty."""
    urgent = [*inbox.incidents, *inbox.elsewhere]
    return InboxView(
        program=inbox.program,
        program_name=words.program_name(clinic, inbox.program),
        mark=inbox.mark,
        incidents=tuple(_incident(each, inbox, clinic, me) for each in urgent),
        waiting=tuple(_thread(each, inbox, now) for each in inbox.waiting),
        recent=tuple(_thread(each, inbox, now) for each in inbox.recent),
        shown=len(inbox.waiting) if everybody else MOST,
    )


def _incident(incident: Incident, inbox: Inbox, clinic: Clinic, me: str) -> IncidentRow:
    unheld = incident.state in UNACKNOWLEDGED
    return IncidentRow(
        incident_id=incident.incident_id,
        thread_id=incident.thread_id,
        code=incident.code,
        name=inbox.name(incident.patient_id) or ("Unknown number" if incident.program == UNMATCHED else "Patient"),
        tier=incident.tier,
        state=words.STATES.get(incident.state, incident.state),
        held=not unheld,
        holder=words.person(incident.holder, me) if incident.holder else "",
        since=incident.detected_at,
        next=words.NEXT.get(incident.state, ""),
        escalates_at=incident.escalate_at if unheld else None,
        reply_undelivered=incident.reply_undelivered,
        program="" if incident.program == inbox.program else words.program_name(clinic, incident.program),
    )


def _thread(thread: Thread, inbox: Inbox, now: datetime) -> ThreadRow:
    name = inbox.name(thread.patient_id)
    waits = now - thread.waiting_since if thread.waiting_since else timedelta()
    tone = "very-long" if waits >= VERY_LONG else "long" if waits >= LONG else "calm"
    return ThreadRow(
        thread_id=thread.thread_id,
        name=name or f"Unknown number · {thread.contact_id[:4].upper()}",
        known=bool(name),
        since=thread.waiting_since,
        last_at=thread.last_at,
        unanswered=thread.unanswered,
        note=words.NOTES.get(thread.note, thread.note.replace("_", " ")),
        tone=tone,
        urgent=bool(thread.incident_id),
    )
