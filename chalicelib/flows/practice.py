"""How far a person is with the practice tasks. What they type there is kept nowhere; only the number of steps is."""

from __future__ import annotations

from ..core.incidents import UNACKNOWLEDGED
from ..core.practice import STEPS, Practice, after
from ..core.records import ABSENT, Setting, Update
from ..core.staff import Staff
from ..errors import Conflict, Rejected, StoreError
from ..ports import World

PRACTICE = "practice"  # Setting.kind; setting_id is the person
ATTEMPTS = 3


def read_practice(world: World, who: Staff) -> Practice:
    """Raises `StoreError`."""
    return _practice(world.store.get(Setting, PRACTICE, who.staff_id))


def is_new(world: World, who: Staff) -> bool:
    """Whether somebody who works with patients has never been asked. Nothing here may keep anybody from the inbox."""
    try:
        return bool(who.programs) and not read_practice(world, who).begun
    except StoreError:
        return False


def do_step(world: World, who: Staff, step: str) -> Practice:
    """The step, if it is the next one, once. Raises `StoreError`, `Conflict`."""
    for _ in range(ATTEMPTS):
        kept = world.store.get(Setting, PRACTICE, who.staff_id)
        before = _practice(kept)
        now = after(before, step)
        if now == before or _keep(world, who, kept, now):
            return now
    raise Conflict(who.staff_id)


def put_off(world: World, who: Staff) -> None:
    """Not now: it is not offered again, and stands at the foot of every page. Raises `StoreError`."""
    kept = world.store.get(Setting, PRACTICE, who.staff_id)
    _keep(world, who, kept, Practice(_practice(kept).done, True))


def begin_again(world: World, who: Staff) -> None:
    """From the first step. Raises `StoreError`."""
    _keep(world, who, world.store.get(Setting, PRACTICE, who.staff_id), Practice(0, True))


def somebody_waits_urgently(world: World, who: Staff) -> bool:
    """Whether a real urgent item that nobody has taken waits in one of their programs: practice must not hide it (N2)."""
    found = (incident for program in who.programs for incident in world.store.open_incidents(program))
    return any(incident.state in UNACKNOWLEDGED for incident in found)


def _practice(kept: Setting | None) -> Practice:
    done = kept.value.get("done", "") if kept else ""
    return Practice(min(int(done), len(STEPS)) if done.isdecimal() else 0, kept is not None)


def _keep(world: World, who: Staff, kept: Setting | None, practice: Practice) -> bool:
    """False when another window was there at this moment."""
    fields = {
        "value": {"done": str(practice.done)},
        "version": (kept.version if kept else 0) + 1,
        "changed_at": world.clock(),
        "changed_by": who.staff_id,
    }
    expect = {"version": kept.version if kept else ABSENT}
    try:
        world.store.commit(Update(Setting, (PRACTICE, who.staff_id), set=fields, expect=expect, create=True))
    except (Conflict, Rejected):
        return False
    return True
