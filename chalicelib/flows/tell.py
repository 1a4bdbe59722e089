"""Tell a person that a text waits too long, in the ways they chose, and whoever covers for them when they are away."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.absence import Absence
from ..core.records import ABSENT, Due, Put, Setting, Told, Update
from ..core.staff import Staff
from ..core.telling import Way, addresses, read_ways, written
from ..errors import Rejected, StoreError
from ..ports import World
from . import trail
from .outbox import SHARD, gone
from .page import send_page

TELL = "tell"  # Setting.kind; setting_id is the person
TRY = "tell_try"  # Due.kind
QUIET = timedelta(minutes=15)  # between two notices to one person
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
    _send(world, addresses(due.target, ways_of(world, due.target), last=False), A_TEST)
    world.store.commit(gone(due))


def tell_late(world: World, staff_id: str, last: bool) -> bool:
    """Whether at least one way took it, or none was wanted. `last`: nobody is told after them. Raises `StoreError`."""
    to = addresses(staff_id, ways_of(world, staff_id), last)
    if not to:
        return True
    took = _send(world, to, WAITS)
    if took:
        _note_told(world, staff_id)
    return took


def tell_at_once(world: World, staff_id: str, text: str) -> bool:
    """What cannot wait, to somebody or to whoever covers for them, by one way at least. Raises `StoreError`."""
    person = stands_in(world, staff_id)
    return _send(world, addresses(person, ways_of(world, person), last=True), text)


def _send(world: World, to: tuple[str, ...], text: str) -> bool:
    """Every way, not only until one works."""
    return any([send_page(world, each, text) for each in to])  # noqa: C419


def told_before(world: World, staff_id: str, since: datetime) -> datetime | None:
    """When their last notice went out, if it was so lately that it speaks for what is late since then, or must be waited out.

    A night's texts are late in one minute, and one notice says so of all of them. Raises `StoreError`.
    """
    told = world.store.get(Told, staff_id)
    return told.at if told is not None and since < told.at + QUIET else None


def _note_told(world: World, staff_id: str) -> None:
    """A notice went out. Not written down, they are told once more: better than not."""
    now = world.clock()
    change = Update(Told, (staff_id,), set={"at": now, "expires_at": now + QUIET * 4}, create=True)
    try:
        world.store.commit(change)
    except StoreError as failure:
        world.journal.event("told_not_kept", error=type(failure).__name__)


def stands_in(world: World, staff_id: str) -> str:
    """Who is to be told in place of somebody who is away. Raises `StoreError`."""
    seen = [staff_id]
    for _ in range(COVERS):
        absence = world.store.get(Absence, seen[-1])
        if absence is None or absence.state not in ("leaving", "away") or absence.cover in seen:
            break
        seen.append(absence.cover)
    return seen[-1]
