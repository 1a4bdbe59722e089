"""The rows that ask for an errand: itself, and a due row in case the stream drops it; and what every errand asks anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime, timedelta

from ..core import incidents
from ..core.phones import Errand, Method, StaffPhone
from ..core.records import Change, Due, Incident, Step, Update
from ..ports import World
from .outbox import SHARD, keep_due

AT_ONCE = 40  # people whose errands commit together: two rows each, of the hundred that a transaction holds
LOST = timedelta(seconds=20)  # when the tick looks whether the stream forgot it


def rows(errand: Errand) -> list[Change]:
    """The changes that ask for it, for the caller's own transaction; twice the same is once."""
    held = {each.name: getattr(errand, each.name) for each in fields(errand) if each.name not in Errand.key}
    asked = {name: value for name, value in held.items() if value not in ("", None)}
    return [Update(Errand, (errand.errand_id,), set=asked, create=True), keep_due(due_of(errand))]


def due_of(errand: Errand) -> Due:
    return Due(SHARD, errand.not_before or errand.at + LOST, f"errand#{errand.errand_id}", "errand", errand.errand_id)


def calls(
    world: World, to: Iterable[str], text: str, now: datetime, kind: str = "page", incident_id: str = ""
) -> list[Change]:
    """The second path of a page: the same words to each of these people, directly through the carrier (PG-5)."""
    return [
        change
        for person in dict.fromkeys(to)
        for change in rows(Errand(world.ids(now), kind, person, now, text=text, incident_id=incident_id))
    ]


def overtaken(errand: Errand, incident: Incident | None) -> bool:
    """Whether a call is no longer to be made: somebody took the item since, or it is over."""
    if not errand.incident_id:
        return False
    if incident is None:
        return True
    if incident.exercise and incident.state == "resolved":  # taking a drill ends it
        return errand.kind != "stand_down"
    if incident.state == "resolved":
        return True
    if errand.kind == "stand_down":
        return incident.state in incidents.UNACKNOWLEDGED
    return taken_since(errand, incident)


def taken_since(errand: Errand, incident: Incident) -> bool:
    return any(step.what == "acknowledged" and step.at >= errand.at for step in incident.steps)


def marked(phone: StaffPhone, method: Method, trouble: str) -> Change:
    """That nothing leaves for this number."""
    return with_method(phone, replace(method, trouble=trouble))


def with_method(phone: StaffPhone, method: Method) -> Change:
    """A phone that is there, with this way as it is now."""
    methods = phone.with_method(method)
    return Update(StaffPhone, (phone.staff_id,), set={"methods": methods}, add={"version": 1}, expect={"version": phone.version})


def noted(incident: Incident, step: Step) -> list[Change]:
    """A line of what phones did, while the item's history still lists such (`incidents.listed`). No decision turns on it: the
    version stays."""
    steps = incidents.listed(incident, step)
    return [Update(Incident, (incident.incident_id,), append={"steps": steps})] if steps else []
