"""A drill: a supervisor has a synthetic crisis go the whole road, at any hour, and real people are called and say they have it.

Every page of it says first that nobody is in danger. It escalates as a crisis does, ends when somebody takes it, and by itself
when nobody does. It is counted with the drills and nowhere else (PG-6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..core import exercise, incidents
from ..core.escalation import PAGING
from ..core.exercise import DRILL, DRILLS
from ..core.phones import Errand
from ..core.records import Change, Contact, Due, Incident, Step, Thread, Update
from ..core.roles import Action
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from ..texts.exercise import body, over
from . import errand_rows, trail
from .authority import demand
from .outbox import gone
from .page import call_out
from .synthetic import introduce

ATTEMPTS = 4
STARTED, NOT_TAKEN = "drill_started", "drill_not_taken"


@dataclass(frozen=True, slots=True)
class Running:
    """Another drill of this program is not over yet."""


def start(world: World, who: Staff, program: str, tier: int) -> Running | None:
    """Ask for one; it begins within seconds. Raises `NotFound` for a role or program that may not, ValueError, `StoreError`."""
    demand(world, who, Action.DRILL)
    if program not in world.clinic.programs or not who.may_see(program):
        raise NotFound(program)
    if tier not in PAGING:
        raise ValueError("tier")
    number, now = exercise.drill_number(program), world.clock()
    contact = introduce(world, number, exercise.drill_thread(program), program)
    if contact.incidents:
        return Running()
    asked = Errand(world.ids(now), DRILL, who.staff_id, now, code=str(tier), contact_id=contact.contact_id)
    trace = trail.entry(world, who, f"program#{program}", "start_drill", "drill", now, f"tier {tier}")
    world.store.commit(*errand_rows.rows(asked), trace)
    return None


def begin(world: World, errand: Errand) -> Iterable[Change]:
    """The synthetic patient writes to the carriers' door. Raises `StoreError`, `CarrierError`: it is tried again."""
    contact = world.store.get(Contact, errand.contact_id)
    if contact is None or not contact.patients:
        return ()
    incident_id, program = exercise.marked(DRILL, errand.errand_id), contact.patients[0].program
    row = world.synthetic.write(incident_id, exercise.drill_number(program), body(DRILL, int(errand.code)))
    if row:
        world.synthetic.delivered(row)
    known = world.store.get(Incident, incident_id)
    if known is None:  # the text is parked, and nobody will read who began it
        return ()
    return [Update(Incident, (incident_id,), append={"steps": (Step(errand.at, errand.to, STARTED),)})]


def close(world: World, due: Due) -> None:
    """Nobody took it: it ends all the same, and whoever it called is told so. Raises `StoreError`."""
    for _ in range(ATTEMPTS):
        incident, now = world.store.get(Incident, due.target), world.clock()
        if incident is None or incident.state == "resolved":
            return world.store.commit(gone(due))
        contact = world.store.get(Contact, incident.contact_id)
        people = _called(incident)
        told = errand_rows.calls(world, people, over(incident.code), now, kind="stand_down", incident_id=incident.incident_id)
        try:
            world.store.commit(*_ended(incident, contact, now), gone(due), *told)
        except (Rejected, Conflict):
            continue
        call_out(world, people, over(incident.code))
        return
    raise Conflict(due.target)


def _called(incident: Incident) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step.detail for step in incident.steps if step.what in incidents.CALLED and step.detail))


def _ended(incident: Incident, contact: Contact | None, now: datetime) -> list[Change]:
    fields = {"state": "resolved", "open_in": None, "escalate_at": None, "disposition": NOT_TAKEN}
    changes: list[Change] = [
        Update(
            Incident, (incident.incident_id,), set=fields, add={"version": 1},
            append={"steps": (Step(now, "clock", "dismissed", NOT_TAKEN),)},
            expect={"version": incident.version, "state": incident.state},
        ),
        Update(Thread, (incident.thread_id,), set={"incident_id": None, "tier": None}),
    ]
    if contact is not None:
        refs = tuple(ref for ref in contact.incidents if ref.incident_id != incident.incident_id)
        change = {"incidents": refs, "version": contact.version + 1}
        changes.append(Update(Contact, (contact.contact_id,), set=change, expect={"version": contact.version}))
    return changes


def read_drills(world: World, who: Staff, month: str) -> list[Incident]:
    """A month's drills of this person's programs, newest first. Raises `NotFound` for a role that may not, `StoreError`."""
    demand(world, who, Action.DRILL)
    found = [each for each in world.store.incidents_of(DRILLS, month) if who.may_see(each.program)]
    return sorted(found, key=lambda each: each.detected_at, reverse=True)
