"""A thread as a page shows it: days, who wrote, what became of each text, and why the screen fired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from .. import texts
from ..core.appointments import CONFIRMATIONS
from ..core.messages import Direction, Kind, Status
from ..core.page_codes import CODE
from ..core.page_links import LIVES, PAGE
from ..core.permission import Leave, Refuse, Verdict, Wait
from ..core.records import Incident, Message, Patient, Step, Thread
from ..flows.read_page import NEVER_LEFT
from ..flows.read_thread import Opened, OpenThread
from ..flows.say_read import offered
from ..flows.should_have_paged import is_new, may_be_missed
from . import call_words, words
from .rule_reasons import rule_reasons
from .times import Place
from .words import Delivery


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `side`: them, us, auto or note. `fired`: why the first look raised its hand, one sentence a rule."""

    message_id: str
    side: str
    writer: str
    what: str
    body: str | None
    at: datetime
    clock: str
    their_clock: str
    delivery: Delivery | None
    tier: int | None
    tier_name: str
    categories: str
    fired: tuple[tuple[str, str], ...]
    reaction: bool
    media: int
    incident_id: str
    code: str = ""
    written: str = ""  # of a text that came late
    left: bool = False  # a text of ours that a phone has: it may be said of it that it reached somebody else
    missed: str = ""  # "yes": somebody said that it should have paged; "page" or "mark": what saying so now would do
    guess: str = ""  # what it may say of a visit
    page: str = ""  # it stands on a page of theirs, or came from one, in words
    page_open: bool = False  # its link can be closed


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an incident's history."""

    at: datetime
    clock: str
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Panel:
    """An incident beside the thread, with what can be done with it now."""

    incident: Incident
    tier_name: str
    state: str
    next: str
    holder: str
    categories: str
    events: tuple[Event, ...]
    moves: tuple[str, ...]
    endings: tuple[tuple[str, str], ...]
    ended: str


def view_lines(opened: OpenThread, me: str, place: Place, theirs: ZoneInfo | None, name: str) -> list[tuple[str, list[Line]]]:
    """Lines by day, oldest first; the patient's own clock where their zone is another."""
    codes = {incident.incident_id: incident.code for incident in opened.behind.incidents}
    thread = opened.behind.thread
    lines = [view_line(each, me, place, theirs, name, codes, thread) for each in opened.messages]
    return [(day, list(group)) for day, group in groupby(lines, key=lambda line: place.day(line.at))]


def view_line(
    opened: Opened, me: str, place: Place, theirs: ZoneInfo | None, name: str, codes: Mapping[str, str], thread: Thread
) -> Line:
    row = opened.row
    inbound = row.direction == Direction.IN
    note = row.direction == Direction.NOTE
    auto = not inbound and row.author in ("", "auto")
    flagged = inbound and row.tier is not None and row.tier <= 2
    return Line(
        message_id=row.message_id,
        side="them" if inbound else "note" if note else "auto" if auto else "us",
        writer=name if inbound else words.person(row.author, me),
        what="" if inbound else words.KINDS.get(Kind(row.kind), "") if auto or row.kind in (Kind.WELCOME, Kind.NOTE) else "",
        body=opened.body,
        at=row.at,
        clock=place.clock(row.at),
        their_clock=Place(theirs, place.now).clock(row.at) if theirs else "",
        delivery=None if inbound or note else words.delivery(row, place.now, place.zone),
        tier=row.tier if flagged else None,
        tier_name=words.TIERS[row.tier] if flagged and row.tier is not None else "",
        categories=", ".join(words.category(each) for each in row.categories) if flagged else "",
        fired=tuple((rule, rule_reasons().get(rule, "")) for rule in row.rules) if flagged else (),
        reaction=row.kind == Kind.REACTION,
        media=row.media,
        incident_id=row.incident_id if inbound else "", code=codes.get(row.incident_id, ""),
        written=place.stamp(row.written_at) if row.written_at else "",
        missed=_missed(row, thread, place), left=_has_it(row),
        page=_page(row, place), page_open=_page_open(row, place),
        guess=CONFIRMATIONS[row.guess].lower() if row.guess not in ("", "unsure") and row.guess in CONFIRMATIONS else "",
    )  # fmt: skip


def _page(row: Message, place: Place) -> str:
    """What the thread says of a page: read, or not yet."""
    if row.direction == Direction.IN:
        return "Written on their page" if row.carrier == PAGE else ""
    if row.page in ("", CODE):
        return ""
    return f"On their page, opened {place.stamp(row.page_read_at)}" if row.page_read_at else "On their page, not opened yet"


def _page_open(row: Message, place: Place) -> bool:
    return bool(row.link) and row.status not in NEVER_LEFT and place.now - row.at < LIVES.get(row.page, timedelta())


def _has_it(row: Message) -> bool:
    return row.direction == Direction.OUT and row.status == Status.DELIVERED and bool(row.patient_id)


def _missed(row: Message, thread: Thread, place: Place) -> str:
    if not may_be_missed(row):
        return "yes" if row.missed_by else ""
    return "page" if not thread.incident_id and is_new(row, thread, place.now) else "mark"


def view_panel(incident: Incident, me: str, place: Place) -> Panel:
    """`moves` in the order a person meets them: acknowledge, contacted, unable, resolve."""
    known = texts.dispositions()
    ended = known.get(incident.disposition)
    moves = _moves(incident, me)
    endings = [d for d in known.values() if incident.state != "acknowledged" or d.without_contact]
    return Panel(
        incident=incident,
        tier_name=words.TIERS.get(incident.tier, ""),
        state=words.STATES.get(incident.state, incident.state),
        next=words.NEXT.get(incident.state, ""),
        holder=words.person(incident.holder, me) if incident.holder else "",
        categories=", ".join(words.category(each) for each in incident.categories),
        events=tuple(_event(step, me, place) for step in incident.steps),
        moves=moves,
        endings=tuple((d.disposition_id, d.label) for d in endings) if "resolve" in moves else (),
        ended=ended.label if ended else "",
    )


def _moves(incident: Incident, me: str) -> tuple[str, ...]:
    if incident.state == "resolved":
        return ()
    if incident.state in ("detected", "paged"):
        return ("acknowledge",)
    mine = incident.holder == me
    first = () if mine else ("acknowledge",)
    reach = ("contacted", "unable") if incident.state != "contacted" else ()
    return (*first, *reach, "resolve")


def read_this_of(incident: Incident, patient: Patient | None, me: str) -> list[tuple[str, str, str]]:
    """What can be said with one tap about an item of theirs: id, title, and the words as they will arrive."""
    name = words.person(me)
    return [(each.read_id, each.title, each.body.replace("{name}", name)) for each in offered(incident, patient, me)]


def happened(step: Step, me: str = "") -> str:
    """A line of an urgent item's history, without who did it."""
    what = words.STEPS.get(step.what) or call_words.STEPS.get(step.what, step.what)
    if step.what in call_words.ABOUT_A_PERSON and step.detail:
        what = f"{what} {'you' if step.detail == me else words.person(step.detail)}"
    if step.what in ("resolved", "dismissed"):
        ending = texts.dispositions().get(step.detail)
        what = f"{what}: {ending.label}" if ending else what
    if step.what == "unable" and step.detail in texts.attempts():
        what = f"{what}: {texts.attempts()[step.detail].lower()}"
    if step.what == "calls_through" and step.detail in texts.reasons_to_call():
        what = f"{what} though it is not safe: {texts.reasons_to_call()[step.detail].lower()}"
    if step.what == "called_through":
        what = f"{what}: {call_words.CALL_ENDED.get(step.detail, step.detail)}"
    if step.what == "marked":
        what = f"{what} {words.MARKS.get(step.detail, step.detail)}"
    return what


def _event(step: Step, me: str, place: Place) -> Event:
    who = "" if step.who in ("screen", "pager", "patient", "carrier") else words.person(step.who, me)
    return Event(step.at, place.stamp(step.at), who, happened(step, me))


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether a text written now may leave. `open`: the composer sends."""

    open: bool
    says: str
    advice: str = ""


def view_permission(verdict: Verdict, kind: Kind, place: Place, theirs: ZoneInfo | None) -> Permission:
    if isinstance(verdict, Refuse):
        says, advice = words.REFUSALS.get(verdict.why, ("A text cannot leave now.", "Call instead."))
        return Permission(False, says, advice)
    if isinstance(verdict, Wait):
        at = place.stamp(verdict.until)
        own = f" ({Place(theirs, place.now).stamp(verdict.until)} for them)" if theirs else ""
        return Permission(True, f"Outside their safe hours: it will leave {at}{own}.", "In an emergency, call.")
    assert isinstance(verdict, Leave)
    return Permission(True, "" if kind is Kind.REPLY else "They have not written lately: this begins a conversation.")


def their_zone(thread: OpenThread, clinic_zone: ZoneInfo) -> ZoneInfo | None:
    """The patient's zone when it is not the clinic's."""
    patient = thread.behind.patient
    if patient is None or not patient.zone or patient.zone == clinic_zone.key:
        return None
    return ZoneInfo(patient.zone)
