"""Give an urgent item to another clinician: everything goes in one step, and it is not theirs to rest on until they take it.

The page leaves first: an item never lies with somebody who cannot be told. The two paths do not wait for each other (PG-5):
where the pager does not take it, a phone of theirs is called all the same, and the pager is asked again; without either,
nothing changes. Who gets it must acknowledge; until then the steps of escalation run as for a new one, so a transfer to
somebody who sleeps ends with everyone, never with nobody. A patient who was reached already is handed on without that clock:
nothing pages for it any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ..core import incidents
from ..core.incidents import IllegalMove
from ..core.not_safe import warned
from ..core.phones import StaffPhone
from ..core.records import Change, Contact, Incident, Step, Tasks, Thread, Update
from ..core.staff import Staff
from ..errors import Conflict, Rejected
from ..ports import World
from . import errand_rows, outbox, trail
from .crisis_rows import escalation_due
from .escalate import TRY_AGAIN, handed_due
from .handle_incident import read_to_act
from .page import call_at, send_page, with_reply

ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class NotTold:
    """No path reaches them: nothing was changed. Call them, or try again."""


def transfer(world: World, who: Staff, incident_id: str, to: str) -> Incident | NotTold:
    """`to`: a staff id that the caller found to be one of the program's or the rota's.

    Raises `IllegalMove` before anybody took it or for whoever has it, `NotFound`, `Conflict`.
    """
    incident = read_to_act(world, who, incident_id)
    _check(incident, to)
    told = send_page(world, to, warned(page_text(incident.code), incident.categories))
    if not told and not _has_a_phone(world, to):
        return NotTold()
    for attempt in range(ATTEMPTS):
        incident = read_to_act(world, who, incident_id)
        if attempt and incident.holder == to:  # the answer was lost, not the change
            return incident
        _check(incident, to)
        try:
            world.store.commit(*_changes(world, who, incident, to, told))
        except (Rejected, Conflict):
            continue
        return read_to_act(world, who, incident_id)
    raise Conflict(incident_id)


def _has_a_phone(world: World, to: str) -> bool:
    phone = world.store.get(StaffPhone, to)
    return phone is not None and phone.reachable


def page_text(code: str) -> str:
    return f"Porchlight: urgent item {code} is handed to you. Open the console."


def _check(incident: Incident, to: str) -> None:
    incidents.move(incident.state, "transferred")
    if incident.holder == to:
        raise IllegalMove("transferred to its holder")


def _changes(world: World, who: Staff, incident: Incident, to: str, told: bool) -> list[Change]:
    """The incident, what the door remembers, the thread with its owner, and what is left to do."""
    now, state = world.clock(), incidents.move(incident.state, "transferred")
    found = world.store.get_many(
        [(Contact, (incident.contact_id,)), (Thread, (incident.thread_id,)), (Tasks, (incident.program,))]
    )
    contact, thread, tasks = found
    fields: dict[str, object] = {"holder": to, "state": state}
    rows: list[Change] = []
    if state == "paged":
        at = now + call_at(world, incident.program, incident.tier, 0, now).wait
        fields |= {"escalate_at": at, "step": 0, "step_at": now}
        rows.append(outbox.keep_due(escalation_due(incident.incident_id, at)))
    steps = (Step(now, who.staff_id, "transferred", to), Step(now, "pager", "paged" if told else "page_failed", to))
    rows += [] if told else [outbox.keep_due(handed_due(incident.incident_id, now + TRY_AGAIN))]
    rows.append(
        Update(
            Incident, (incident.incident_id,), set=fields, add={"version": 1}, append={"steps": steps},
            expect={"version": incident.version, "state": incident.state},
        )
    )
    text = with_reply(warned(page_text(incident.code), incident.categories), incident.code)
    rows += errand_rows.calls(world, (to,), text, now, incident_id=incident.incident_id)
    if isinstance(contact, Contact):
        rows += _remembered(contact, incident, to)
    if isinstance(thread, Thread):
        rows += _thread(thread, incident, who, to, now)
    if isinstance(tasks, Tasks):
        rows += _tasks(tasks, incident, to)
    return [*rows, trail.entry(world, who, incident.thread_id, "incident_transferred", "crisis", now)]


def _remembered(contact: Contact, incident: Incident, to: str) -> list[Change]:
    """Later texts page whoever has it now."""
    refs = tuple(replace(ref, holder=to) if ref.incident_id == incident.incident_id else ref for ref in contact.incidents)
    fields = {"incidents": refs, "version": contact.version + 1}
    return [] if refs == contact.incidents else [
        Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version})
    ]


def _thread(thread: Thread, incident: Incident, who: Staff, to: str, now: datetime) -> list[Change]:
    """The thread goes along where it was the giver's or nobody's; a third person keeps theirs."""
    if thread.owner not in ("", who.staff_id, incident.holder):
        return []
    turn = Step(now, who.staff_id, "assigned", to)
    expect = {"owner": thread.owner or None}
    return [Update(Thread, (thread.thread_id,), set={"owner": to}, append={"turns": (turn,)}, expect=expect)]


def _tasks(tasks: Tasks, incident: Incident, to: str) -> list[Change]:
    """What the giver had to do about it is the taker's."""
    mine = [each for each in tasks.items if each.incident_id == incident.incident_id and each.owner not in ("", to)]
    if not mine:
        return []
    items = tuple(replace(each, owner=to) if each in mine else each for each in tasks.items)
    change = Update(Tasks, (tasks.program,), set={"items": items}, add={"version": 1}, expect={"version": tasks.version})
    return [change]
