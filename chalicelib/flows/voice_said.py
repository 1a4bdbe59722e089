"""What became of an automated call: its row moves forward, and a key does for the visit what the same digit in a text would, or
asks for a person. No text answers it: they are on the telephone."""

from __future__ import annotations

from dataclasses import replace

from ..core import tasks
from ..core.messages import Status, behind
from ..core.records import Appointment, Change, Due, Message, Task, Tasks, Update
from ..errors import Conflict, Rejected
from ..ports import World
from . import desk_tasks, schedule_feed
from .book_appointment import row_of
from .find_row import find_row
from .outbox import gone
from .visit_wish import with_step

HEARD = frozenset({"1", "2", "3", "heard"})
MEANS: dict[str, str] = {"1": "confirmed", "2": "wants_move"}
TASK, BY = "asked_by_call", "patient"


def note(world: World, due: Due) -> None:
    """Raises `StoreError`. Somebody who changes the visit meanwhile is read again by the next tick."""
    message = find_row(world, due.target)
    if message is None:
        return world.store.commit(gone(due))
    changes = _visits(world, message, due.about) if due.about in MEANS else []
    changes += _task(world, message, due.about) if due.about in ("2", "3") else []
    try:
        world.store.commit(*_moved(world, message, due.about), *changes, gone(due))
    except (Rejected, Conflict):
        world.journal.count("voice_said_contended")


def _moved(world: World, message: Message, about: str) -> list[Change]:
    """The first final word stands. A line on a voicemail tells nobody of a visit: whether it reached them is not known."""
    left = Status.HANDED_TO_CARRIER if about == "voicemail" else Status.FAILED_OTHER
    status = Status.DELIVERED if about in HEARD else left
    if message.status not in behind(status):
        return []
    fields = {"status": status, "status_at": world.clock(), "status_reason": "" if about in HEARD else about}
    key = (message.thread_id, message.message_id)
    return [Update(Message, key, set=fields, expect={"status": message.status})]


def _visits(world: World, message: Message, key: str) -> list[Change]:
    now, changes = world.clock(), list[Change]()
    for each in message.visits:
        visit = world.store.get(Appointment, message.patient_id, each.appointment_id)
        if visit is None or not visit.ahead or visit.start_at != each.start_at or visit.confirmation == MEANS[key]:
            continue
        done = with_step(replace(visit, confirmation=MEANS[key]), BY, f"said_{MEANS[key]}", now, "call")
        changes += [row_of(visit, done), *schedule_feed.told(world, visit, done, BY, now)]
    return changes


def _task(world: World, message: Message, key: str) -> list[Change]:
    """Somebody calls them; once for each call of ours."""
    known, about = world.store.get(Tasks, message.program), f"{key}.{message.message_id}"
    if known is not None and any((each.kind, each.about) == (TASK, about) for each in known.items):
        return []
    now = world.clock()
    task = Task(world.ids(now), TASK, message.patient_id, BY, now, tasks.next_day(world.clinic, message.program, now))
    return [desk_tasks.add(message.program, replace(task, patient_id=message.patient_id, about=about))]
