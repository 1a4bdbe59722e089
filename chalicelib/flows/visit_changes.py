"""The clinic's own schedule asks what became of its visits since it asked last: what patients answered, what staff changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ..core.records import Charted, VisitChange
from ..core.staff import Staff
from ..errors import OpenFailed
from ..ports import World
from . import charting, take_visit, trail

PAGE = 100  # DynamoDB: keys in one read
SETTLED = timedelta(seconds=60)  # no function writes later than this after its instant: nothing comes in behind a cursor


@dataclass(frozen=True, slots=True)
class Told:
    """One change, by the schedule's own id of the visit."""

    visit_id: str
    change: VisitChange


@dataclass(frozen=True, slots=True)
class Page:
    """`after`: where the next page begins. `more`: there is one already."""

    told: tuple[Told, ...]
    after: str
    more: bool


def since(world: World, who: Staff, program: str, after: str, most: int = PAGE) -> Page:
    """Oldest first, one minute old at least. Raises `NotFound`, `StoreError`, `SecretUnavailable`."""
    take_visit.admit(world, who, program)
    now = world.clock()
    found = world.store.visit_changes(program, after, world.ids(now - SETTLED), min(max(most, 1), PAGE))
    if not found:
        return Page((), after, False)
    world.store.commit(trail.entry(world, who, f"program#{program}", "read_visit_changes", "scheduling", now))
    hashes = list(dict.fromkeys(each.charted for each in found))
    rows = dict(zip(hashes, world.store.get_many([(Charted, (each,)) for each in hashes]), strict=True))
    names = {hashed: _name(world, who, program, row) for hashed, row in rows.items() if isinstance(row, Charted)}
    told = tuple(Told(name, each) for each in found if (name := names.get(each.charted, "")))
    return Page(told, found[-1].change_id, len(found) == min(max(most, 1), PAGE))


def _name(world: World, who: Staff, program: str, row: Charted) -> str:
    """"" for one that cannot be opened: the others are told all the same."""
    try:
        return charting.open_id(world, program, row, who.staff_id) if row.sealed_id else ""
    except OpenFailed:
        world.journal.event("open_failed", row=row.appointment_id)
        return ""
