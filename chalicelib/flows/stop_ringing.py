"""Somebody took an item: telephones that still ring for it fall silent, whosever they are (C22).

Only what rings: a call that was answered goes on, since its voice says the truth and its key may be in the middle of taking the
item. A hang-up that fails is not tried again: the phone stops by itself in half a minute, and whoever answers hears "taken".
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from ..core.calls import RINGS, PhoneCall
from ..core.phones import Errand
from ..core.records import Change, Incident
from ..errors import CarrierError
from ..ports import World
from . import errand_rows

STILL = timedelta(seconds=4 * RINGS)  # since it was placed: a carrier may hold it in its queue for a while


def stop(world: World, errand: Errand) -> Iterable[Change]:
    """Every call for it that was placed a moment ago. Raises `StoreError`."""
    incident = world.store.get(Incident, errand.incident_id)
    for call_id in incident.calls if incident is not None and errand_rows.taken_since(errand, incident) else ():
        hang_up(world, call_id)
    return ()


def hang_up(world: World, call_id: str) -> None:
    call = world.store.get(PhoneCall, call_id)
    if call is None or call.ended or call.machine or not call.carrier_id or world.clock() - call.at > STILL:
        return
    try:
        world.caller.hang_up(call.carrier_id)
    except CarrierError as failure:
        world.journal.event("call_not_hung_up", reason=failure.reason, code=failure.code)
    else:
        world.journal.count("call_hung_up")
