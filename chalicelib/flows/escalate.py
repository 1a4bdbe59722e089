"""Nobody acknowledged in time: page the next step. Publishing comes first; a doubled tick may page twice, never not at all."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core import incidents
from ..core.records import Delete, Due, Incident, Put, Step, Update
from ..errors import Conflict, Rejected
from ..ports import World
from .crisis_rows import escalation_due
from .receive_sms import send_page

TRY_AGAIN = timedelta(minutes=1)


def escalate(world: World, due: Due) -> None:
    """Page the next step of an unacknowledged incident and set its next clock; otherwise forget the row."""
    now = world.clock()
    incident = world.store.get(Incident, due.target)
    if incident is None or incident.state not in incidents.UNACKNOWLEDGED or _later(incident, now):
        return world.store.commit(_gone(due))
    step = incident.step + 1 if incident.state == "paged" else incident.step
    to = world.clinic.on_call(incident.program, now).at(step)
    left = send_page(world, to, f"Porchlight: urgent item {incident.code} waits. Open the console.")
    _advance(world, incident, due, step, to, left, now)


def _later(incident: Incident, now: datetime) -> bool:
    """Another clock of this incident runs further: this one has had its say."""
    return incident.escalate_at is not None and incident.escalate_at > now


def _advance(world: World, incident: Incident, due: Due, step: int, to: str, left: bool, now: datetime) -> None:
    at = now + (incidents.DELAY[incident.tier] if left else TRY_AGAIN)
    what = "paged" if left else "page_failed"
    fields = {"escalate_at": at, "holder": to, "state": incidents.move(incident.state, what)}
    if left:
        fields["step"] = step
    change = Update(
        Incident, (incident.incident_id,), set=fields, add={"version": 1},
        append={"steps": (Step(now, "pager", what, to),)},
        expect={"version": incident.version, "state": incidents.UNACKNOWLEDGED}, any_of=("state",),
    )
    try:
        world.store.commit(change, _gone(due), Put(escalation_due(incident.incident_id, at)))
    except (Rejected, Conflict):  # acknowledged or joined meanwhile: the next tick looks again
        world.journal.event("escalation_raced", incident_id=incident.incident_id)


def repage(world: World, due: Due) -> None:
    """A later text's page was not taken: page the holder again, whatever the state but resolved."""
    now = world.clock()
    incident = world.store.get(Incident, due.target)
    if incident is None or incident.state == "resolved":
        return world.store.commit(_gone(due))
    left = send_page(world, incident.holder, f"Porchlight: urgent item {incident.code}. Open the console.")
    if not left:
        return
    change = Update(
        Incident, (incident.incident_id,), add={"version": 1},
        append={"steps": (Step(now, "pager", "paged", incident.holder),)},
        expect={"state": incidents.OPEN}, any_of=("state",),
    )
    world.store.commit(change, _gone(due))


def _gone(due: Due) -> Delete:
    return Delete(Due, (due.shard, due.at, due.due_id))
