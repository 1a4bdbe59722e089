"""A supervisor or the clinical lead looks at how a crisis ended, and signs. Nobody signs their own."""

from __future__ import annotations

from .. import texts
from ..core.incidents import IllegalMove
from ..core.records import Incident, Step, Tasks, Update
from ..core.roles import Action
from ..core.staff import Staff
from ..errors import Conflict, Rejected
from ..ports import World
from . import desk_tasks, trail
from .authority import demand
from .handle_incident import read_to_act

ATTEMPTS = 4


def owes_signature(incident: Incident) -> bool:
    """Whether the policy asks for a second look that nobody had."""
    ended = texts.dispositions().get(incident.disposition)
    return incident.state == "resolved" and ended is not None and ended.sign_off and not incident.signed_by


def closed_by(incident: Incident) -> str:
    return next((step.who for step in reversed(incident.steps) if step.what in ("resolved", "dismissed")), "")


def sign_off(world: World, who: Staff, incident_id: str) -> Incident:
    """Raises `NotFound` for a role that may not, `IllegalMove` for one's own or where none is owed, `Conflict`."""
    demand(world, who, Action.SIGN_OFF)
    for _ in range(ATTEMPTS):
        incident = read_to_act(world, who, incident_id)
        if incident.signed_by == who.staff_id:
            return incident
        if not owes_signature(incident) or closed_by(incident) == who.staff_id:
            raise IllegalMove(f"signed from {incident.state}")
        try:
            _sign(world, who, incident)
        except (Rejected, Conflict):
            continue
        return read_to_act(world, who, incident_id)
    raise Conflict(incident_id)


def _sign(world: World, who: Staff, incident: Incident) -> None:
    now, known = world.clock(), world.store.get(Tasks, incident.program)
    asked = [each.task_id for each in known.items if _asks_for(each.kind, each.incident_id, incident)] if known else []
    change = Update(
        Incident, (incident.incident_id,), set={"signed_by": who.staff_id}, add={"version": 1},
        append={"steps": (Step(now, who.staff_id, "signed"),)}, expect={"version": incident.version},
    )
    rows = [desk_tasks.without(known, *asked)] if known and asked else []
    world.store.commit(change, *rows, trail.entry(world, who, incident.thread_id, "incident_signed", "crisis", now))


def _asks_for(kind: str, incident_id: str, incident: Incident) -> bool:
    return kind == "sign_off" and incident_id == incident.incident_id
