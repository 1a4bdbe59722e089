"""What a clinician does with an incident: acknowledge, reach the patient or not, and end it with a disposition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from .. import texts
from ..core import exercise, incidents
from ..core.incidents import IllegalMove
from ..core.records import Change, Contact, Incident, IncidentRef, Step, Thread, Update
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected, StoreError
from ..ports import World
from . import acknowledged, desk_tasks, trail

ATTEMPTS = 4
DRILL_TAKEN = "drill_taken"  # a disposition of its own: nobody chooses it


def acknowledge(world: World, who: Staff, incident_id: str) -> Incident:
    """Take it: the pages stop, later texts page this person, the others stand down. It lapses unless contact is logged.
    A drill is over then.

    Raises `IllegalMove`, `NotFound`, `Conflict`.
    """
    held: dict[str, object] = {"holder": who.staff_id, "escalate_at": None}
    if exercise.of(incident_id):
        held |= {"open_in": None, "disposition": DRILL_TAKEN}
    try:
        taken = _move(world, who, incident_id, "acknowledged", held, more=partial(acknowledged.clocks, world))
    except IllegalMove:
        taken = read_to_act(world, who, incident_id)
        if (taken.disposition, taken.holder) == (DRILL_TAKEN, who.staff_id):  # by them: pressed twice, or the answer was lost
            return taken
        raise
    _stand_down(world, taken, who)
    return taken


def _stand_down(world: World, taken: Incident, who: Staff) -> None:
    """At once; what does not go through now is the tick's."""
    step = next((step for step in reversed(taken.steps) if step.what == "acknowledged"), None)
    if step is None or step.who != who.staff_id:
        return
    try:
        acknowledged.stand_down(world, acknowledged.stand_down_due(taken, step.at))
    except StoreError as failure:
        world.journal.event("stand_down_later", incident_id=taken.incident_id, error=type(failure).__name__)


def contacted(world: World, who: Staff, incident_id: str) -> Incident:
    """The patient was reached. Raises as `acknowledge`."""
    return _move(world, who, incident_id, "contacted", {})


def unable(world: World, who: Staff, incident_id: str, how: str = "", beside: tuple[Change, ...] = ()) -> Incident:
    """Tried, not reached. `how`: a word of `texts.attempts`, or "". `beside`: what to commit with it. Raises as `acknowledge`,
    and `KeyError`."""
    if how and how not in texts.attempts():
        raise KeyError(how)

    def clocks(incident: Incident, who: str, now: datetime) -> list[Change]:
        return [*acknowledged.clocks(world, incident, who, now), *beside]

    return _move(world, who, incident_id, "unable", {}, more=clocks, detail=how)


def resolve(world: World, who: Staff, incident_id: str, disposition: str, seen: int | None = None) -> Incident:
    """End it. Raises `KeyError` for an unknown disposition, `IllegalMove` before contact unless it needs none.

    `seen`: the incident's version that this person looked at. Raises `Conflict` when a text came since, so that nobody
    closes over words they have not read.
    """
    chosen = texts.dispositions()[disposition]
    incident = read_to_act(world, who, incident_id)
    early = incident.state == "acknowledged" and chosen.without_contact
    fields: dict[str, object] = {"disposition": disposition, "open_in": None, "escalate_at": None}
    what, after = "dismissed" if early else "resolved", partial(_afterwards, world, chosen)
    return _move(world, who, incident_id, what, fields, seen or incident.version, after, disposition)


def _afterwards(world: World, chosen: texts.Disposition, incident: Incident, who: str, now: datetime) -> list[Change]:
    """What the policy asks once it is over: a second look, and somebody the next day."""
    wanted = [kind for kind, owed in (("sign_off", chosen.sign_off), ("follow_up", chosen.follow_up)) if owed]
    return desk_tasks.of_incident(world, incident, who, wanted, now)


def read_to_act(world: World, who: Staff, incident_id: str) -> Incident:
    """The incident, when this person may act on it: of their program, or paged to them. Raises `NotFound`, `StoreError`."""
    incident = world.store.get(Incident, incident_id)
    if incident is None:
        raise NotFound(incident_id)
    if not (who.may_see(incident.program) or was_paged(world, incident, who)):
        trail.refuse(world, who, incident.thread_id, "incident_act", "crisis")
        raise NotFound(incident_id)
    return incident


def was_paged(world: World, incident: Incident, who: Staff) -> bool:
    return incidents.called(incident, who.staff_id, world.clinic.on_rota(who.staff_id))


def _move(
    world: World, who: Staff, incident_id: str, what: str, fields: dict[str, object], only: int | None = None,
    more: Callable[[Incident, str, datetime], list[Change]] | None = None, detail: str = "",
) -> Incident:
    """`only`: this version of the incident and no newer one. `more`: what to commit with it, by incident, person, instant.
    `detail`: what its line in the history says besides."""
    for _ in range(ATTEMPTS):
        incident = read_to_act(world, who, incident_id)
        if only is not None and incident.version != only:
            raise Conflict(incident_id)
        contact = world.store.get(Contact, incident.contact_id)
        now = world.clock()
        try:
            state = incidents.after(incident, what)
            changes = _changes(world, who, incident, contact, Step(now, who.staff_id, what, detail), state, fields)
            world.store.commit(*changes, *(more(incident, who.staff_id, now) if more else []))
        except (Rejected, Conflict):
            continue
        return read_to_act(world, who, incident_id)
    raise Conflict(incident_id)


def _changes(
    world: World, who: Staff, incident: Incident, contact: Contact | None, step: Step, state: str, fields: dict[str, object]
) -> list[Change]:
    changes: list[Change] = [
        Update(
            Incident, (incident.incident_id,), set={**fields, "state": state}, add={"version": 1},
            append={"steps": (step,)}, expect={"version": incident.version, "state": incident.state},
        ),
        trail.entry(world, who, incident.thread_id, f"incident_{step.what}", "crisis", step.at),
    ]
    if contact is not None:
        changes += _remember(contact, incident, state, fields)
    if state == "resolved":
        ended = {} if incident.exercise else {"crisis_at": step.at}  # what follows a crisis counts from its end
        changes.append(Update(Thread, (incident.thread_id,), set={"incident_id": None, "tier": None, **ended}))
    return changes


def _remember(contact: Contact, incident: Incident, state: str, fields: dict[str, object]) -> list[Change]:
    """What the door knows of it: a new holder, or that it is over."""
    refs = contact.incidents
    if state == "resolved":
        kept = tuple(ref for ref in refs if ref.incident_id != incident.incident_id)
    else:
        kept = tuple(_held(ref, fields) if ref.incident_id == incident.incident_id else ref for ref in refs)
    if kept == refs:
        return []
    change: dict[str, object] = {"incidents": kept, "version": contact.version + 1}
    if state == "resolved" and not incident.exercise:  # one that began by hand, or before this was remembered
        change["incident_at"] = max(contact.incident_at or incident.detected_at, incident.detected_at)
    return [Update(Contact, (contact.contact_id,), set=change, expect={"version": contact.version})]


def _held(ref: IncidentRef, fields: dict[str, object]) -> IncidentRef:
    return replace(ref, holder=str(fields["holder"])) if "holder" in fields else ref


__all__ = ["IllegalMove", "acknowledge", "contacted", "read_to_act", "resolve", "unable", "was_paged"]
