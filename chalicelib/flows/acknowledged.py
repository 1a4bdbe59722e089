"""What follows an acknowledgement: the others are told to stand down, and it lapses unless contact is logged (PG-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..core import incidents
from ..core.clinic import EVERYONE
from ..core.not_safe import warned
from ..core.phones import Errand
from ..core.records import Change, Due, Incident, Step, Update
from ..errors import Conflict, Rejected
from ..ports import World
from ..texts.exercise import page as worded
from . import errand_rows, outbox
from .crisis_rows import escalation_due
from .escalate import TRY_AGAIN, directly_once, newest_calls, put_off, tell_the_door
from .outbox import gone
from .page import call_at, call_out, policy_of, send_page, with_reply

HELD = ("acknowledged", "unable")  # somebody has it and has not reached the patient


def clocks(world: World, incident: Incident, taker: str, now: datetime) -> list[Change]:
    """The due rows of an acknowledgement by `taker`."""
    rows: list[Change] = [outbox.keep_due(lapse_due(world, incident, now))]
    if world.clinic.voice:  # whatever rings by now, or is about to
        rows += errand_rows.rows(Errand(world.ids(now), "hang_up", EVERYONE, now, incident_id=incident.incident_id))
    if told := others(incident, taker):
        text = stand_down_text(incident, taker)
        rows.append(outbox.keep_due(stand_down_due(incident, now)))
        rows += errand_rows.calls(world, told, text, now, kind="stand_down", incident_id=incident.incident_id)
    return rows


def stand_down_text(incident: Incident, taker: str) -> str:
    return worded(incident.exercise, f"Porchlight: item {incident.code} is taken by {taker}. You can stand down.")


def lapse_due(world: World, incident: Incident, now: datetime) -> Due:
    at = now + policy_of(world, incident.tier).holds
    return Due(outbox.SHARD, at, f"lapse#{incident.incident_id}", "lapse", incident.incident_id)


def stand_down_due(incident: Incident, now: datetime) -> Due:
    return Due(outbox.SHARD, now, f"stand_down#{incident.incident_id}", "stand_down", incident.incident_id)


def others(incident: Incident, taker: str) -> tuple[str, ...]:
    """Who was called for it since somebody last took it, but for whoever takes it now; everyone stands for all, and for more than
    one transaction takes."""
    called = tuple(person for person in incidents.called_since(incident) if person != taker)
    return (EVERYONE,) if EVERYONE in called or len(called) > errand_rows.AT_ONCE else called


def stand_down(world: World, due: Due) -> None:
    """Tell the others who took it (C22). A tick repeats what did not leave; nobody is told of an item that is open again."""
    incident = world.store.get(Incident, due.target)
    if incident is None or incident.state in incidents.UNACKNOWLEDGED:
        return world.store.commit(gone(due))
    taken = [at for at, step in enumerate(incident.steps) if step.what == "acknowledged"]
    if not taken:
        return world.store.commit(gone(due))
    taker = incident.steps[taken[-1]].who
    told = others(replace(incident, steps=incident.steps[: taken[-1]]), taker)
    if told and not call_out(world, told, stand_down_text(incident, taker)):
        return  # nobody: the next tick tells them
    world.store.commit(gone(due))


def lapse(world: World, due: Due) -> None:
    """Nobody logged contact in time: an acknowledged item begins its steps anew, one that was tried reminds its holder."""
    now, incident = world.clock(), world.store.get(Incident, due.target)
    if incident is None or incident.state not in HELD or _held_until(world, incident) > now:
        return world.store.commit(gone(due))
    if incident.state == "unable":
        return _remind(world, incident, due, now)
    call = call_at(world, incident.program, incident.tier, 0, now)
    people = dict.fromkeys((*call.to, *([incident.holder] if EVERYONE not in call.to else [])))
    text = warned(f"Porchlight: urgent item {incident.code} is open again. Open the console.", incident.categories)
    called = call_out(world, people, text)
    at = now + (call.wait if called else TRY_AGAIN)
    steps = (Step(now, "clock", "lapsed", incident.holder), *(Step(now, "pager", "paged", person) for person in called))
    fields = {
        "state": incidents.move(incident.state, "lapsed"), "step": 0, "step_at": now, "escalate_at": at, "holder": call.to[0],
        "page_owed": not called,
    }
    directly = errand_rows.calls(world, people, with_reply(text, incident.code), now, incident_id=incident.incident_id)
    clock = outbox.keep_due(escalation_due(incident.incident_id, at))
    if _commit(world, incident, due, fields, steps, clock, *directly):
        tell_the_door(world, incident, call.to[0])


def lapses_at(world: World, incident: Incident) -> datetime | None:
    """When it is open again unless contact is logged; None where nothing lapses."""
    return _held_until(world, incident) if incident.state == "acknowledged" else None


def _held_until(world: World, incident: Incident) -> datetime:
    latest = max((step.at for step in incident.steps if step.what in HELD), default=incident.detected_at)
    return latest + policy_of(world, incident.tier).holds


def _remind(world: World, incident: Incident, due: Due, now: datetime) -> None:
    """On both paths; where the pager does not take it, their own phone rings all the same (PG-5)."""
    text = warned(f"Porchlight: item {incident.code}: not reached yet. Open the console.", incident.categories)
    directly = directly_once(world, due, (incident.holder,), text, incident.incident_id, now)
    if not send_page(world, incident.holder, text):
        return world.store.commit(gone(due), put_off(due, now), *directly)
    steps = (Step(now, "pager", "unable_reminded", incident.holder),)
    again = outbox.keep_due(lapse_due(world, incident, now))
    _commit(world, incident, due, {}, steps, again, *directly)


def _commit(
    world: World, incident: Incident, due: Due, fields: dict[str, object], steps: tuple[Step, ...], *more: Change
) -> bool:
    change = Update(
        Incident, (incident.incident_id,), set=fields | newest_calls(incident), add={"version": 1},
        append={"steps": incidents.listed(incident, *steps)}, expect={"version": incident.version},
    )
    try:
        world.store.commit(change, gone(due), *more)
    except (Rejected, Conflict):  # somebody moved it at this moment: the next tick looks again
        world.journal.event("lapse_raced", incident_id=incident.incident_id)
        return False
    return True
