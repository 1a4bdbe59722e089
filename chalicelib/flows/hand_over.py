"""Leave and come back: threads, what is unread and scheduled in them, and incident roles go over in one step.

One step for the person; small transactions below, each of which leaves things whole. A process that dies between two
is found by a due row and goes on where it stopped.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ..core import incidents
from ..core.absence import Absence
from ..core.records import ABSENT, Change, Contact, Due, Incident, Put, Step, Thread, Update
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import drafts, lend_keys, notes, trail
from .outbox import SHARD, gone

SOON = timedelta(minutes=1)
ATTEMPTS = 4


class NotPossible(ValueError):
    """To oneself, or while another absence of the same person is not over. The message is a word for the page."""


def leave(world: World, who: Staff, staff_id: str, cover: str, until: datetime | None = None) -> Absence:
    """Begin an absence and hand everything over. Raises `NotPossible`, `StoreError`."""
    if staff_id == cover:
        raise NotPossible("oneself")
    known = world.store.get(Absence, staff_id)
    if known is not None and known.state != "back":
        raise NotPossible("already_away")
    now = world.clock()
    absence = Absence(staff_id, cover, "leaving", now, who.staff_id, (known.version if known else 0) + 1, until)
    world.store.commit(_written(absence, known), Put(_due(absence, now + SOON)), _trace(world, who, absence, "leave"))
    return _go_over(world, absence)


def for_good(world: World, who: Staff, staff_id: str, to: str) -> Absence:
    """As `leave`, for somebody who does not come back: also where they are away already, under another cover."""
    known = world.store.get(Absence, staff_id)
    if known is None or known.state == "back":
        return leave(world, who, staff_id, to)
    now = world.clock()
    absence = replace(known, cover=to, state="leaving", by=who.staff_id, version=known.version + 1)
    world.store.commit(_written(absence, known), Put(_due(absence, now + SOON)), _trace(world, who, absence, "leave"))
    return _go_over(world, absence)


def come_back(world: World, who: Staff, staff_id: str) -> Absence:
    """What went over and is still with the cover comes back. Raises `NotFound`, `StoreError`."""
    known = world.store.get(Absence, staff_id)
    if known is None or known.state == "back":
        raise NotFound(staff_id)
    now = world.clock()
    absence = replace(known, state="returning", version=known.version + 1)
    world.store.commit(_written(absence, known), Put(_due(absence, now + SOON)), _trace(world, who, absence, "come_back"))
    return _go_back(world, absence)


def go_on(world: World, due: Due) -> None:
    """A hand-over that stopped half-way goes on."""
    absence = world.store.get(Absence, due.target)
    if absence is not None and absence.state == "leaving":
        _go_over(world, absence)
    elif absence is not None and absence.state == "returning":
        _go_back(world, absence)
    world.store.commit(gone(due))


def _go_over(world: World, absence: Absence) -> Absence:
    for thread in world.store.owned(absence.staff_id):
        absence = _pass(world, absence, thread.thread_id)
    for thread_id in absence.threads:  # again for all of them: a process may have died between a thread and its draft
        drafts.pass_on(world, thread_id, absence.staff_id, absence.cover)
    _pass_calls(world, absence)
    for program in (*world.clinic.programs, "unmatched"):
        for incident in world.store.open_incidents(program):
            if incident.holder == absence.staff_id:
                absence = _pass_incident(world, absence, incident.incident_id, absence.staff_id, absence.cover)
    return _state(world, absence, "away")


def _go_back(world: World, absence: Absence) -> Absence:
    for thread_id in absence.threads:
        _owner(world, thread_id, absence.cover, absence.staff_id, absence)
    for incident_id in absence.incidents:
        absence = _pass_incident(world, absence, incident_id, absence.cover, absence.staff_id)
    return _state(world, absence, "back")


def _pass(world: World, absence: Absence, thread_id: str) -> Absence:
    """The thread and the note that it went, together."""
    grown = replace(absence, threads=(*absence.threads, thread_id), version=absence.version + 1)
    turn = _turn(world, absence, absence.cover)
    change = Update(Thread, (thread_id,), set={"owner": absence.cover}, append=turn, expect={"owner": absence.staff_id})
    try:
        world.store.commit(change, _written(grown, absence))
    except Rejected:  # it is somebody else's by now
        return absence
    return grown


def _owner(world: World, thread_id: str, was: str, to: str, absence: Absence) -> None:
    turn = _turn(world, absence, to)
    try:
        world.store.commit(Update(Thread, (thread_id,), set={"owner": to}, append=turn, expect={"owner": was}))
    except Rejected:
        thread = world.store.get(Thread, thread_id)
        if thread is None or thread.owner != to:  # handed on meanwhile: it stays where it is
            return world.journal.event("not_returned", thread_id=thread_id)
    drafts.pass_on(world, thread_id, was, to)


def _turn(world: World, absence: Absence, to: str) -> dict[str, tuple[Step, ...]]:
    """The line that the thread shows: whose it is now, because somebody is away or back."""
    return {"turns": (Step(world.clock(), absence.by, "away" if to == absence.cover else "back", to),)}


def _pass_calls(world: World, absence: Absence) -> None:
    """What colleagues called them to in these threads calls the cover."""
    for _ in range(ATTEMPTS):
        try:
            return notes.pass_on(world, absence.staff_id, absence.cover, absence.threads)
        except (Rejected, Conflict):
            continue


def _pass_incident(world: World, absence: Absence, incident_id: str, was: str, to: str) -> Absence:
    """Whoever holds it is paged by later texts: the door's memory of it moves in the same transaction."""
    for _ in range(ATTEMPTS):
        incident = world.store.get(Incident, incident_id)
        if incident is None or incident.holder != was or incident.state == "resolved":
            return absence
        contact = world.store.get(Contact, incident.contact_id)
        listed = incident_id in absence.incidents
        grown = absence if listed else replace(absence, incidents=(*absence.incidents, incident_id), version=absence.version + 1)
        changes = [_held(incident, to, world.clock()), *_remembered(contact, incident_id, to)]
        changes += [] if listed else [_written(grown, absence)]
        changes += lend_keys.handed(world, to, incident)
        try:
            world.store.commit(*changes)
        except (Rejected, Conflict):
            continue
        return grown
    raise Conflict(incident_id)


def _held(incident: Incident, to: str, now: datetime) -> Update:
    return Update(
        Incident,
        (incident.incident_id,),
        set={"holder": to},
        add={"version": 1},
        append={"steps": (Step(now, "hand_over", "held", to),)},
        expect={"version": incident.version, "state": incidents.OPEN},
        any_of=("state",),
    )


def _remembered(contact: Contact | None, incident_id: str, to: str) -> list[Change]:
    if contact is None:
        return []
    refs = tuple(replace(ref, holder=to) if ref.incident_id == incident_id else ref for ref in contact.incidents)
    fields = {"incidents": refs, "version": contact.version + 1}
    return [Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version})]


def _state(world: World, absence: Absence, state: str) -> Absence:
    after = replace(absence, state=state, version=absence.version + 1)
    world.store.commit(_written(after, absence))
    return after


def _written(after: Absence, before: Absence | None) -> Update:
    fields = {name: getattr(after, name) for name in Absence.__slots__ if name != "staff_id"}
    expect = {"version": before.version if before else ABSENT}
    return Update(Absence, (after.staff_id,), set=fields, expect=expect, create=True)


def _due(absence: Absence, at: datetime) -> Due:
    return Due(SHARD, at, f"hand_over#{absence.staff_id}#{absence.version}", "hand_over", absence.staff_id)


def _trace(world: World, who: Staff, absence: Absence, action: str) -> Put:
    return trail.entry(world, who, f"staff#{absence.staff_id}", action, "absence", world.clock(), absence.cover)
