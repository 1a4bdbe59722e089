"""A call is over, or a machine was heard on it: written down, once. The escalation goes on by its own clock, and no other path
of the page is stopped by it.

A page's call that nobody took is placed a second time at once: many phones that are set to silence let through the second call
of one number within three minutes.
"""

from __future__ import annotations

from ..core import incidents
from ..core.calls import TO_PATIENTS, CallEvent, Ended, PhoneCall, Why
from ..core.phones import Errand
from ..core.records import Change, Incident, Step, Update
from ..errors import Conflict, Rejected
from ..ports import World
from . import errand_rows, told_by_phone
from .call_through import line
from .ring import AGAIN

ATTEMPTS = 4
# How a page's call ended that did nothing: the word in the item's history.
SAYS: dict[str, str] = {
    Ended.ANSWERED: "ring_no_key",
    Ended.NO_ANSWER: "ring_no_answer",
    Ended.BUSY: "ring_busy",
    Ended.FAILED: "ring_failed",
    Ended.CANCELED: "ring_canceled",
}


def told(world: World, event: CallEvent) -> None:
    """Raises `StoreError`: the carrier says it again."""
    for _ in range(ATTEMPTS):
        call = world.store.get(PhoneCall, event.row) if event.row else None
        if call is None:
            return world.journal.count("call_unknown")
        try:
            return _note(world, call, event)
        except (Rejected, Conflict):
            continue
    raise Conflict(event.row)


def _note(world: World, call: PhoneCall, event: CallEvent) -> None:
    if event.machine and not call.machine:
        world.store.commit(_change(call, {"machine": True}))
    elif event.ended and not call.ended:
        incident = world.store.get(Incident, call.incident_id) if call.incident_id else None
        lines = _lines(world, call, event.ended, incident)
        if call.why in TO_PATIENTS:
            lines = told_by_phone.ended(world, call, event.ended)
        world.store.commit(_change(call, {"ended": event.ended, "sealed_number": None}), *lines)


def _change(call: PhoneCall, fields: dict[str, object]) -> Update:
    return Update(PhoneCall, (call.call_id,), set=fields, add={"version": 1}, expect={"version": call.version})


def _lines(world: World, call: PhoneCall, ended: str, incident: Incident | None) -> list[Change]:
    if incident is None:
        return []
    now = world.clock()
    if call.why == Why.BRIDGE:
        what = "" if call.other_ended else "call_through_lost" if call.done == "dialled" else "not_called_through"
        return [line(incident, Step(now, call.staff, what, ended))] if what else []
    if call.why != Why.PAGE or call.done:
        return []
    what = "ring_machine" if call.machine and ended == Ended.ANSWERED else SAYS[ended]
    return [*errand_rows.noted(incident, Step(now, "carrier", what, call.staff)), *_again(call, ended, incident, world)]


def _again(call: PhoneCall, ended: str, incident: Incident, world: World) -> list[Change]:
    if call.number > 1 or ended == Ended.FAILED or incident.state not in incidents.UNACKNOWLEDGED:
        return []
    again = Errand(call.call_id + AGAIN, "ring", call.staff, world.clock(), incident_id=incident.incident_id)
    return errand_rows.rows(again)
