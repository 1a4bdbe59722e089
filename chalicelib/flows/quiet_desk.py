"""The list of who has gone quiet, and what a person does about one of them: a call, the texts, or nothing for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ..core import tasks
from ..core.quiet import LEAVE_DAYS, LEFT_FOR, Quiet, shown
from ..core.records import Change, Task, Tasks, Thread, Update
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import desk_tasks, trail
from .roster import open_roster
from .waitlist_desk import admit_program

CALL = "quiet_call"  # the kind of task
CHUNK = 100
ATTEMPTS = 4
PURPOSE = "care"


@dataclass(frozen=True, slots=True)
class Silent:
    """One line. `name`: as the roster has it. `left`: somebody leaves them alone for now."""

    entry: Quiet
    name: str
    left: bool


def read_quiet(world: World, who: Staff, program: str) -> tuple[Silent, ...]:
    """Who has been silent longest first; who wrote this morning is not on it any more. One query, one opening, and their
    threads a hundred a read. Raises `NotFound`, `StoreError`, `VaultError`."""
    admit_program(world, who, program, "read_quiet")
    names, now = open_roster(world, who, program, "gone_quiet"), world.clock()
    entries = [each for each in world.store.quiet(program) if each.patient_id in names]
    threads: dict[str, Thread] = {}
    for at in range(0, len(entries), CHUNK):
        some = [each.patient_id for each in entries[at : at + CHUNK]]
        found = world.store.get_many([(Thread, (each,)) for each in some])
        threads |= {each.thread_id: each for each in found if isinstance(each, Thread)}
    there = [each for each in entries if shown(each, threads.get(each.patient_id))]
    lines = [
        Silent(each, names[each.patient_id].name, each.left_until is not None and now < each.left_until) for each in there
    ]
    return tuple(sorted(lines, key=lambda line: (line.left, line.entry.since)))


def leave(world: World, who: Staff, program: str, patient_id: str, days: int, why: str) -> None:
    """Nobody asks about them for so many days. Raises `KeyError` for another number of days or another reason, `NotFound`."""
    LEFT_FOR[why]
    if days not in LEAVE_DAYS:
        raise KeyError(days)
    entry, now = _entry(world, who, program, patient_id, "leave_alone"), world.clock()
    fields = {"left_until": now + timedelta(days=days), "left_why": why, "left_by": who.staff_id}
    _commit(world, who, entry, "leave_alone", Update(Quiet, _key(entry), set=fields, expect={"found_at": entry.found_at}))


def ask_call(world: World, who: Staff, program: str, patient_id: str) -> bool:
    """A task to call them, once while it is open; whether it is on the list. Raises `NotFound`, `Conflict`, `StoreError`."""
    for _ in range(ATTEMPTS):
        entry, now = _entry(world, who, program, patient_id, "ask_quiet_call"), world.clock()
        known = world.store.get(Tasks, program)
        if known and any((each.kind, each.patient_id) == (CALL, patient_id) for each in known.items):
            return True
        if known and len(known.items) >= tasks.MOST:
            return False
        task = Task(
            world.ids(now), CALL, patient_id, who.staff_id, now, tasks.next_day(world.clinic, program, now), patient_id=patient_id
        )
        mark = Update(Quiet, _key(entry), set={"begun_at": now}, expect={"found_at": entry.found_at})
        try:
            _commit(world, who, entry, "ask_quiet_call", desk_tasks.add(program, task), mark)
        except (Rejected, Conflict):
            continue
        return True
    raise Conflict(patient_id)


def _entry(world: World, who: Staff, program: str, patient_id: str, action: str) -> Quiet:
    admit_program(world, who, program, action)
    entry = world.store.get(Quiet, program, patient_id)
    if entry is None:
        raise NotFound("quiet")  # what an address sent stays out of an error's words (N5)
    return entry


def _key(entry: Quiet) -> tuple[str, str]:
    return entry.program, entry.patient_id


def _commit(world: World, who: Staff, entry: Quiet, action: str, *changes: Change) -> None:
    world.store.commit(*changes, trail.entry(world, who, entry.patient_id, action, PURPOSE, world.clock()))
