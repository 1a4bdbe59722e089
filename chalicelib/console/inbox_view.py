"""The inbox as rows to show: who, how long, why. No message content has a way in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core import exercise, tasks
from ..core.clinic import Clinic
from ..core.inbox_lists import Show, belongs, is_late
from ..core.incidents import UNACKNOWLEDGED
from ..core.records import UNMATCHED, Incident, Task, Thread
from ..core.staff import Staff
from ..flows.read_inbox import Inbox
from . import drill_view, words
from .inbox_tags import ANY, Tagged
from .times import Place
from .workspace_view import ToDo, view_task

MOST = 80  # rows at first: the page stays below 100 KB
SOON = timedelta(minutes=30)
UNNAMED = "Name not opened"
LISTS: dict[Show, tuple[str, str]] = {  # the link, and what an empty list says
    Show.ALL: ("All", "Nobody waits. Everything has been answered."),
    Show.MINE: ("Mine", "Nothing here is yours. Take a thread to be the one who answers it."),
    Show.NOBODY: ("Nobody's", "Everybody who waits has somebody."),
    Show.OVERDUE: ("Overdue", "Nothing is late."),
    Show.FOR_YOU: ("For you", "No colleague has called for you."),
    Show.CLOSED: ("Closed", "Nothing was closed lately."),
}


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
    drill: bool = False


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """`tone`: calm, soon (half an hour is left of the promise) or late. `owner`: you, a colleague, or "" for the duty queue."""

    thread_id: str
    name: str
    known: bool
    since: datetime | None
    last_at: datetime | None
    unanswered: int
    note: str
    tone: str
    urgent: bool
    owner: str
    due: datetime | None
    closed: str
    tags: tuple[str, ...] = ()
    program: str = ""  # where the list holds several


@dataclass(frozen=True, slots=True)
class Filter:
    """One list and how many are in it."""

    show: Show
    label: str
    n: int


@dataclass(frozen=True, slots=True)
class InboxView:
    program: str
    program_name: str
    mark: str
    incidents: tuple[IncidentRow, ...]
    waiting: tuple[ThreadRow, ...]  # of the chosen list
    recent: tuple[ThreadRow, ...]
    called: tuple[ThreadRow, ...]  # to which colleagues called
    shown: int  # how many of the waiting are on the page
    total: int  # how many wait in the program, whatever the list
    show: Show
    filters: tuple[Filter, ...]
    empty: str
    todo: tuple[ToDo, ...] = ()
    silent: bool = False  # nobody can be named at the moment
    tagged: Tagged = ANY

    @property
    def query(self) -> str:
        """Of this list's address, beside its program."""
        asked = (("show", self.show), ("tag", self.tagged.key))
        return "".join(f"&{name}={value}" for name, value in asked if value not in ("", "all"))

    @property
    def late(self) -> int:
        return next((each.n for each in self.filters if each.show is Show.OVERDUE), 0)

    @property
    def said(self) -> str:
        """For a screen reader and the page's title: counts, never names."""
        urgent = sum(not row.held for row in self.incidents)
        parts = [f"{urgent} urgent"] if urgent else []
        return ", ".join([*parts, f"{self.total} waiting", *([f"{self.late} overdue"] if self.late else [])])


def view_inbox(
    inbox: Inbox, clinic: Clinic, who: Staff, now: datetime, everybody: bool = False, show: Show = Show.ALL,
    tagged: Tagged = ANY,
) -> InboxView:
    """Everything the page shows of an inbox; `everybody` who waits, not only the first. Urgent items are in every list, whatever
    their tags."""
    urgent, me = [*inbox.incidents, *inbox.elsewhere], who.staff_id

    def row(thread: Thread) -> ThreadRow:
        several = inbox.program == "" and thread.program
        return _thread(thread, inbox, me, now, words.program_name(clinic, thread.program) if several else "")

    quiet = inbox.closed if show is Show.CLOSED else inbox.recent

    def here(thread: Thread) -> bool:
        return belongs(thread, show, me, now, inbox.mentions) and tagged.holds(inbox.tags(thread.patient_id))

    waiting = tuple(row(each) for each in inbox.waiting if here(each))
    return InboxView(
        program=inbox.program,
        program_name=words.program_name(clinic, inbox.program),
        mark=inbox.mark,
        incidents=tuple(_incident(each, inbox, clinic, me) for each in urgent),
        waiting=waiting,
        recent=tuple(row(each) for each in quiet if here(each)),
        called=tuple(row(each) for each in inbox.called),
        shown=len(waiting) if everybody else MOST,
        total=len(inbox.waiting),
        show=show,
        filters=_filters(inbox, me, now),
        empty=f"Nobody here has the tag {tagged.chosen.label}." if tagged.chosen else LISTS[show][1],
        tagged=tagged,
        silent=inbox.silent,
        todo=tuple(_todo(each, inbox, who, Place(clinic.zone, now)) for each in inbox.tasks),
    )


def _filters(inbox: Inbox, me: str, now: datetime) -> tuple[Filter, ...]:
    """How many wait in each; of what is closed, how many we know of."""

    def count(show: Show) -> int:
        if show is Show.FOR_YOU:
            return len(inbox.mentions)
        rows = inbox.closed if show is Show.CLOSED else inbox.waiting
        return sum(belongs(each, show, me, now, inbox.mentions) for each in rows)

    shown = (show for show in LISTS if show is not Show.FOR_YOU or inbox.mentions)
    return tuple(Filter(show, LISTS[show][0], count(show)) for show in shown)


def _incident(incident: Incident, inbox: Inbox, clinic: Clinic, me: str) -> IncidentRow:
    unheld = incident.state in UNACKNOWLEDGED
    return IncidentRow(
        incident_id=incident.incident_id,
        thread_id=incident.thread_id,
        code=incident.code,
        name=_whose(incident, inbox),
        tier=incident.tier,
        state=words.STATES.get(incident.state, incident.state),
        held=not unheld,
        holder=words.person(incident.holder, me) if incident.holder else "",
        since=incident.detected_at,
        next=drill_view.NEXT if incident.exercise else words.NEXT.get(incident.state, ""),
        escalates_at=incident.escalate_at if unheld else None,
        reply_undelivered=incident.reply_undelivered,
        program="" if incident.program == inbox.program else words.program_name(clinic, incident.program),
        drill=bool(incident.exercise),
    )


def _whose(incident: Incident, inbox: Inbox) -> str:
    if incident.exercise:
        return drill_view.DRILL
    unnamed = UNNAMED if inbox.silent else "Patient"
    return inbox.name(incident.patient_id) or ("Unknown number" if incident.program == UNMATCHED else unnamed)


ONE_PLACE = {"plan_full": "/plan", "page_review": "/crisis-board#page-load", "stale_words": "/words#age"}

ON_THEIR_PAGE = {"quiet_call": "", "reach_review": "/reach", "proxy_end": "/consent"}


def _todo(task: Task, inbox: Inbox, who: Staff, place: Place) -> ToDo:
    """With the patient's name, and where it is done."""
    at = ONE_PLACE.get(task.kind, f"/threads/{task.thread_id}")
    if task.kind == "caring_text":
        at = f"/threads/{task.thread_id}?begin=caring#composer"
    if task.kind == "sign_off":
        at = f"/incidents/{task.incident_id}"
    if task.kind == "urgent_visit" and task.patient_id:
        at = f"/patients/{task.patient_id}/urgent"
    if task.kind == "offer_call":
        at = f"/waitlist?program={inbox.program}"
    if task.kind == tasks.CALL_FIRST:
        visit_id = task.about.partition(".")[2]
        at = f"/visits/{task.patient_id}/{visit_id}" if visit_id else f"/patients/{task.patient_id}"
    if task.kind in ON_THEIR_PAGE:
        at = f"/patients/{task.patient_id}{ON_THEIR_PAGE[task.kind]}"
    if task.kind == "tell_them":
        at = f"/patients/{task.patient_id}/tell/{task.about}"
    if task.kind == "drop_report":
        at = f"/visits?program={inbox.program}"
    return replace(view_task(task, who, place), name=inbox.name(task.patient_id), at=at)


def _thread(thread: Thread, inbox: Inbox, me: str, now: datetime, program: str) -> ThreadRow:
    name = drill_view.DRILL if exercise.of(thread.thread_id) else inbox.name(thread.patient_id)
    due = thread.reply_by if thread.waiting_since else None
    tone = "late" if is_late(thread, now) else "soon" if due and due - now <= SOON else "calm"
    return ThreadRow(
        thread_id=thread.thread_id,
        name=name or (UNNAMED if inbox.silent and thread.patient_id else f"Unknown number · {thread.contact_id[:4].upper()}"),
        known=bool(name),
        since=thread.waiting_since,
        last_at=thread.last_at,
        unanswered=thread.unanswered,
        note=words.NOTES.get(thread.note, thread.note.replace("_", " ")),
        tone=tone,
        urgent=bool(thread.incident_id),
        owner=("you" if thread.owner == me else words.person(thread.owner)) if thread.owner else "",
        due=due,
        closed=words.CLOSED.get(thread.closed_why, "Closed") if thread.closed_at else "",
        tags=inbox.tags(thread.patient_id),
        program=program,
    )
