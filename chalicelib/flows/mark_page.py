"""Was the page right? A person says true, false or unsure, and the screen is measured by it (PG-7)."""

from __future__ import annotations

from ..core.records import Incident, Step, Update
from ..core.staff import Staff
from ..ports import World
from . import trail
from .handle_incident import read_to_act

MARKS = ("true", "false", "unsure")


def mark_page(world: World, who: Staff, incident_id: str, mark: str) -> Incident:
    """The newest mark counts; each stands in the history. At any time, also once it is over.

    It changes nothing of the incident's road: a mark never closes anything, and closing never waits for one.
    Raises `KeyError` for another word, `NotFound`, `StoreError`.
    """
    if mark not in MARKS:
        raise KeyError(mark)
    incident, now = read_to_act(world, who, incident_id), world.clock()
    if incident.mark == mark:
        return incident
    change = Update(
        Incident, (incident_id,), set={"mark": mark}, append={"steps": (Step(now, who.staff_id, "marked", mark),)}
    )
    world.store.commit(change, trail.entry(world, who, incident.thread_id, f"mark_page_{mark}", "quality", now))
    return read_to_act(world, who, incident_id)
