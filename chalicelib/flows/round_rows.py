"""The rows of a round: itself, its due row, and the task of whoever tells them in the end."""

from __future__ import annotations

from datetime import datetime

from ..core import tasks
from ..core.messages import Status
from ..core.records import Change, Due, Link, Message, Round, Task, Tasks, Update
from ..ports import World
from . import desk_tasks
from .outbox import SHARD, delivery_due, gone

DUE = "round"
TASK = "tell_them"


def due_at(row: Round, at: datetime) -> Due:
    target = f"{row.patient_id}.{row.round_id}"
    return Due(SHARD, at, f"{DUE}#{target}", DUE, target)


def moved(row: Round, **fields: object) -> Update:
    return Update(
        Round, (row.patient_id, row.round_id), set={**fields, "version": row.version + 1}, expect={"version": row.version}
    )


def was_opened(world: World, message: Message | None) -> bool:
    """Whether somebody opened the page that this turn leads to. Raises `StoreError`."""
    link = world.store.get(Link, message.link) if message and message.link else None
    return link is not None and link.opened_at is not None


def kept_here(message: Message | None, why: str = "another_way") -> list[Change]:
    """What still waits to leave stays here: a person tells them now. One that leaves at this moment is found by the next look."""
    if message is None or message.status != Status.QUEUED:
        return []
    row = {"status": Status.WITHDRAWN, "status_reason": why}
    key = (message.thread_id, message.message_id)
    return [Update(Message, key, set=row, expect={"status": Status.QUEUED}), gone(delivery_due(message))]


def for_a_person(world: World, row: Round, now: datetime) -> list[Change]:
    """The task that names this round, once. A full list does not stop it: nothing else would tell them. Raises `StoreError`."""
    known = world.store.get(Tasks, row.program)
    if known is not None and any((each.kind, each.about) == (TASK, row.round_id) for each in known.items):
        return []
    first = min((each.start_at for each in row.about), default=row.until)
    due = min(first, tasks.next_day(world.clinic, row.program, now))
    task = Task(world.ids(now), TASK, row.patient_id, "auto", now, due, patient_id=row.patient_id, about=row.round_id)
    return [desk_tasks.add(row.program, task)]
