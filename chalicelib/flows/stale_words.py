"""Once a week the service looks how old its own words are, and tells who answers for them before they go stale (RES-2)."""

from __future__ import annotations

from datetime import timedelta

from ..core import tasks
from ..core.records import Task, Tasks
from ..errors import Conflict, Rejected
from ..ports import World
from ..texts.verified import Review, review
from . import desk_tasks

KIND = "stale_words"
AHEAD = timedelta(days=7)  # told a week before ninety days are over, and a hundred and eighty
ON, AT = 0, 9  # Mondays, the clinic's nine o'clock
BY = "service"


def look(world: World) -> Review:
    """What will be older than 90 or 180 days within a week."""
    return review(world.clock().date() + AHEAD)  # UTC, as the days in the files are


def tell(world: World) -> None:
    """One open line in each program's list, for its clinical lead and supervisors. Raises `StoreError`."""
    found = look(world)
    world.journal.count("stale_words", len(found.warn) + len(found.fail))
    if not (found.warn or found.fail):
        return
    for program in world.clinic.programs:
        _tell(world, program, "180" if found.fail else "90")


def _tell(world: World, program: str, days: str) -> None:
    known = world.store.get(Tasks, program)
    items = known.items if known else ()
    if any(each.kind == KIND for each in items):
        return
    if len(items) >= tasks.MOST:
        return world.journal.event("tasks_full", step=KIND)
    now = world.clock()
    try:
        world.store.commit(desk_tasks.add(program, Task(world.ids(now), KIND, "", BY, now, now, about=days)))
    except (Rejected, Conflict):  # said again next Monday
        world.journal.count("stale_words_not_told")
