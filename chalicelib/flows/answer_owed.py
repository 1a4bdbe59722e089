"""A text waits longer than its program promised: tell its owner, then the program's duty, then the supervisor. No content."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ..core.clinic import EVERYONE
from ..core.records import Change, Due, Thread, Update
from ..core.reply_by import reply_by
from ..errors import Conflict, Rejected
from ..ports import World
from .outbox import SHARD, gone, keep_due
from .tell import QUIET, stands_in, tell_late, told_before

NEXT = 60  # open minutes until the next person is told
STEPS = 3  # owner, duty, supervisor


def owed_due(thread_id: str, promised: datetime, told: int = 0, at: datetime | None = None) -> Due:
    """The clock of one waiting. `promised` names which: an answer and a new text begin another."""
    return Due(SHARD, at or promised, f"owed#{thread_id}#{told}", "owed", thread_id, f"{told}#{promised.isoformat()}")


def owed_clock(thread_id: str, promised: datetime) -> Update:
    """The same row however many texts come before the same deadline: at night all of them have the same one."""
    return keep_due(owed_due(thread_id, promised))


def announce(world: World, due: Due) -> None:
    """Tell the next person, once each; nothing when it was answered, or when another clock of this thread runs."""
    thread = world.store.get(Thread, due.target)
    if thread is None or thread.waiting_since is None or due.about != _clock(thread):
        return world.store.commit(gone(due))
    now = world.clock()
    step = whom_to_tell(world, thread, now)
    before = told_before(world, step.person, due.at) if step.person else None
    if before is not None and before < due.at:
        return _later(world, due, before + QUIET)
    if step.person and before is None and not tell_late(world, step.person, step.last):
        return  # still due
    _told(world, thread, due, now, step.done)


def _clock(thread: Thread) -> str:
    return f"{thread.told}#{thread.reply_by.isoformat()}" if thread.reply_by else ""


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom to tell now ("" when nobody is left), how many steps are done then, and whether nobody is told after them."""

    person: str
    done: int
    last: bool = False


def whom_to_tell(world: World, thread: Thread, now: datetime) -> Telling:
    """Owner, duty, supervisor, or who covers for them. A step without a new person is passed at once (C19)."""
    program = world.clinic.programs.get(thread.program)
    wanted = (thread.owner, program.duty if program else "", _supervisor(world, thread.program, now))
    people = tuple(stands_in(world, each) if each not in ("", EVERYONE) else each for each in wanted)
    new = [at for at in range(thread.told, STEPS) if people[at] and people[at] not in people[:at]]
    return Telling(people[new[0]], new[0] + 1, len(new) == 1) if new else Telling("", STEPS)


def _supervisor(world: World, program: str, now: datetime) -> str:
    people = [person for person in world.clinic.on_call(program, now).steps if person]
    return people[-1] if people else EVERYONE


def _told(world: World, thread: Thread, due: Due, now: datetime, told: int) -> None:
    change = Update(Thread, (thread.thread_id,), set={"told": told}, expect={"waiting_since": thread.waiting_since})
    changes: list[Change] = [change, gone(due)]
    if told < STEPS and thread.reply_by is not None:
        at = reply_by(world.clinic, thread.program, now, NEXT)
        changes.append(keep_due(owed_due(thread.thread_id, thread.reply_by, told, at)))
    try:
        world.store.commit(*changes)
    except (Rejected, Conflict):  # answered, or written to, at this moment: the row stays due and looks again
        world.journal.event("owed_raced", thread_id=thread.thread_id)


def _later(world: World, due: Due, at: datetime) -> None:
    """They were told a moment before this one was late: one notice then speaks for all that are."""
    world.store.commit(gone(due), keep_due(replace(due, at=at)))
