"""Tell a person that a text waits too long, in the ways they chose, and whoever covers for them when they are away."""

from __future__ import annotations

from ..core.absence import Absence
from ..core.records import ABSENT, Delete, Due, Put, Setting, Update
from ..core.staff import Staff
from ..core.telling import Way, addresses, read_ways, written
from ..errors import Rejected
from ..ports import World
from . import trail
from .outbox import SHARD
from .page import send_page

TELL = "tell"  # Setting.kind; setting_id is the person
TRY = "tell_try"  # Due.kind
COVERS = 3  # who covers may be away too
WAITS = "Porchlight: a text waits longer than promised. Open the console."
A_TEST = "Porchlight: a test, because you asked for one. Nothing waits."


def ways_of(world: World, staff_id: str) -> tuple[Way, ...]:
    """Raises `StoreError`."""
    kept = world.store.get(Setting, TELL, staff_id)
    return read_ways(kept.value.get("ways", "") if kept else "")


def choose_ways(world: World, who: Staff, ways: tuple[Way, ...]) -> bool:
    """One's own choice, at once. False when another window changed it at this moment. Raises `StoreError`."""
    kept, now = world.store.get(Setting, TELL, who.staff_id), world.clock()
    fields = {
        "value": {"ways": written(ways)},
        "version": (kept.version if kept else 0) + 1,
        "changed_at": now,
        "changed_by": who.staff_id,
    }
    expect = {"version": kept.version if kept else ABSENT}
    trace = trail.entry(world, who, f"staff#{who.staff_id}", "choose_ways", "telling", now, written(ways))
    try:
        world.store.commit(Update(Setting, (TELL, who.staff_id), set=fields, expect=expect, create=True), trace)
    except Rejected:
        return False
    return True


def ask_for_test(world: World, who: Staff) -> None:
    """Sent by the tick, the way the real ones go: so it is the whole road that is tried. Raises `StoreError`."""
    now = world.clock()
    world.store.commit(Put(Due(SHARD, now, f"{TRY}#{who.staff_id}#{world.ids(now)}", TRY, who.staff_id)))


def send_test(world: World, due: Due) -> None:
    """Once: a test that did not go out is seen by not arriving."""
    tell(world, due.target, A_TEST, last=False)
    world.store.commit(Delete(Due, (due.shard, due.at, due.due_id)))


def tell(world: World, staff_id: str, text: str, last: bool) -> bool:
    """Whether at least one way took it, or none was wanted. Raises `StoreError`."""
    to = addresses(staff_id, ways_of(world, staff_id), last)
    took = [send_page(world, each, text) for each in to]  # every way, not only until one works
    return not to or any(took)


def stands_in(world: World, staff_id: str) -> str:
    """Who is to be told in place of somebody who is away. Raises `StoreError`."""
    seen = [staff_id]
    for _ in range(COVERS):
        absence = world.store.get(Absence, seen[-1])
        if absence is None or absence.state not in ("leaving", "away") or absence.cover in seen:
            break
        seen.append(absence.cover)
    return seen[-1]
