"""A thread as a page, with its composer: the same after every form that it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalice.app import Response

from .. import texts
from ..core import exercise, segments
from ..core.consent import SCOPES
from ..core.consent_ledger import LEDGERS
from ..core.permission import ABOVE_LEVEL
from ..core.records import Incident, Message, Thread
from ..core.word_lint import Finding
from ..errors import KeyRefused, KeyUnavailable, PassOver
from ..flows import read_asked
from ..flows.another_way import page_goes_by
from ..flows.call_through import offered
from ..flows.handle_incident import was_paged
from ..flows.own_thread import WHY_CLOSED
from ..flows.read_appointments import next_of
from ..flows.read_thread import Behind, OpenThread, read_thread
from ..flows.send_later import zone_of
from ..flows.sit_down import Seat, sit_down
from ..texts import shared, web_form
from ..texts.forms import forms
from . import times, words
from .appointments_view import state_of, when_says
from .desk import Visit, failed
from .drill_view import DRILL
from .thread_view import read_this_of, their_zone, view_lines, view_panel, view_permission
from .turns_view import with_marks


@dataclass(frozen=True, slots=True)
class Composer:
    """The form under a thread. `preview` is shown after somebody asked for it; `at`: a time in the patient's zone.

    `above`: the level that its words need, where the patient allows less and a person must say why.
    """

    text: str = ""
    form_id: str = ""
    seen: str = ""
    error: str = ""
    newer: tuple[str, ...] = ()
    preview: segments.Segments | None = None
    at: str = ""
    at_error: str = ""
    snippets: tuple[str, ...] = ()
    above: int = 0
    above_what: str = ""  # the words that need it, where no template does
    advice: tuple[Finding, ...] = ()  # what the check of words says, the gravest first
    advised: tuple[str, ...] = ()  # what it said with this form before, as rules
    hold: bool = False  # it was about to leave: it goes as it stands when sent again
    note: str = ""
    note_error: str = ""
    page: bool = False  # their words were meant for a page of the patient's
    says: str = ""  # what just happened, above the text


@dataclass(frozen=True, slots=True)
class Planned:
    """A text for a later time. `stale`: they wrote since it was planned."""

    message_id: str
    writer: str
    when: str
    theirs: str
    body: str
    stale: bool


def show_thread(
    visit: Visit, thread_id: str, composer: Composer, status: int = 200, before: str = "", done: str = ""
) -> Response:
    """The page, or without a key the way to its urgent item, which needs none. Raises `NotFound`, `StoreError`."""
    try:
        return _shown(visit, thread_id, composer, status, before, done)
    except PassOver:
        raise
    except (KeyRefused, KeyUnavailable) as closed:  # who asks was let in before anything was opened
        return failed(visit, closed, _item_behind(visit, thread_id, closed))


def _item_behind(visit: Visit, thread_id: str, closed: Exception) -> str:
    """The thread's open item, where its page opens for this person all the same: AWS was silent, or they were called."""
    thread = visit.world.store.get(Thread, thread_id)
    incident = visit.world.store.get(Incident, thread.incident_id) if thread and thread.incident_id else None
    opens = incident and (isinstance(closed, KeyUnavailable) or was_paged(visit.world, incident, visit.who))
    return incident.incident_id if incident and opens else ""


def _shown(visit: Visit, thread_id: str, composer: Composer, status: int, before: str, done: str) -> Response:
    opened = read_thread(visit.world, visit.who, thread_id, before)
    behind, me, world = opened.behind, visit.who.staff_id, visit.world
    seat = sit_down(world, visit.who, behind, wants_draft=not composer.text and not before)
    place = times.Place(world.clinic.zone, world.clock())
    theirs = their_zone(opened, world.clinic.zone)
    name = DRILL if exercise.of(thread_id) else behind.profile.name if behind.profile else "Unknown number"
    lines = view_lines(opened, me, place, theirs, name)
    days = with_marks(lines, behind.thread, me, place, bool(opened.older), not before, behind.visits)
    return visit.show(
        "thread.html",
        status,
        opened=opened,
        behind=behind,
        name=name,
        days=days,
        permission=view_permission(behind.verdict, behind.kind, place, theirs),
        by_mail=page_goes_by(world, behind.patient, behind.contact, world.clock()),
        theirs=theirs,
        program=behind.thread.program,
        before=before,
        newest=opened.messages[-1].row.message_id if opened.messages else "",
        why_closed=WHY_CLOSED,
        done=done,
        **next_visit(behind, place),
        **_panels(visit, behind, place),
        **_asked(visit, behind),
        **_desk(seat),
        **_composer(visit, opened, composer, seat, [line for _, lines in days for line in lines]),
    )


def next_visit(behind: Behind, place: times.Place) -> dict[str, Any]:
    """The visit that comes next, for the pages about one patient."""
    found = next_of(behind.visits, place.now)
    said, tone = state_of(found) if found else ("", "")
    when = when_says(found, place) if found else ""
    return {"next_visit": found, "next_visit_when": when, "next_visit_said": said, "next_visit_tone": tone}


def _panels(visit: Visit, behind: Behind, place: times.Place) -> dict[str, Any]:
    """`calls`: of each open item, whether a call through the clinic can be pressed, and the id of this press."""
    me, world = visit.who.staff_id, visit.world
    panels = [view_panel(incident, me, place) for incident in behind.incidents]
    return {
        "panels": [panel for panel in panels if panel.incident.state != "resolved"],
        "closed": [panel for panel in panels if panel.incident.state == "resolved"],
        "calls": {
            each.incident_id: (offered(each, behind.patient, behind.phone, world.clinic.voice), world.ids(world.clock()))
            for each in behind.incidents
        },
        "why_call": texts.reasons_to_call(),
        "reads": {incident.incident_id: read_this_of(incident, behind.patient, me) for incident in behind.incidents},
    }


def _asked(visit: Visit, behind: Behind) -> dict[str, Any]:
    """What was asked for on our web page, on the thread of a number that is nobody's and said yes to it."""
    contact, world = behind.contact, visit.world
    forms: tuple[read_asked.Form, ...] = ()
    if behind.patient is None and contact is not None and contact.joined_at is not None:
        forms = read_asked.forms_of(world, visit.who, contact, world.store.consents_of(contact.contact_id))
    return {"forms": forms, "scopes": SCOPES, "ledgers": LEDGERS, "shown_words": web_form.versions() if forms else {}}


def _desk(seat: Seat) -> dict[str, Any]:
    """Who else is there, and what this person had begun to write."""
    here = ", ".join(words.person(each) for each in seat.others)
    saw = [(words.person(each.staff_id), each.at) for each in seat.seen_by]
    return {"seat": seat, "saw": saw, "here": here, "there": ", ".join(seat.others), "reasons": ABOVE_LEVEL}


def _composer(visit: Visit, opened: OpenThread, composer: Composer, seat: Seat, lines: Sequence[Any]) -> dict[str, Any]:
    behind, world, me = opened.behind, visit.world, visit.who.staff_id
    place = times.Place(world.clinic.zone, world.clock())
    return {
        "composer": composer,
        "page_forms": tuple(forms().values()),
        "page_shared": shared.current(world.clock().astimezone(world.clinic.zone).date()),
        "written": composer.text or seat.draft,
        "newer": [line for line in lines if line.message_id in composer.newer],
        "planned": [_planned(row, opened, me, place) for row in behind.planned],
        "zone": zone_of(world, behind.patient).key,
        "form_id": composer.form_id or world.ids(world.clock()),
        "note_id": world.ids(world.clock()),
        "read_id": world.ids(world.clock()),
        "seen": composer.seen or times.iso(behind.thread.last_at),
    }


def _planned(row: Message, opened: OpenThread, me: str, place: times.Place) -> Planned:
    at, own = row.not_before or row.at, their_zone(opened, place.zone)
    bodies = {each.row.message_id: each.body for each in opened.messages}
    return Planned(
        message_id=row.message_id,
        writer=words.person(row.author, me),
        when=place.stamp(at),
        theirs=times.Place(own, place.now).stamp(at) if own else "",
        body=bodies.get(row.message_id) or "",
        stale=row.in_reply_to != opened.behind.thread.last_inbound_id,
    )


def instant(text: str) -> datetime | None:
    """A field that our own page filled; None for anything else."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
