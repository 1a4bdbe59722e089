"""Take a text back before it leaves: one conditional change, which either the writer or `deliver` wins, never both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..core.messages import Direction, Status
from ..core.records import ABSENT, Change, Contact, Delete, Due, Message, Owed, Thread, Update
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected, WakeFailed
from ..ports import World
from . import trail
from .answer_owed import owed_clock
from .deliver import due_key
from .read_thread import admit, open_all

SECONDS = 10  # in which a text can be taken back
ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class TakenBack:
    """It will never leave. `text`: its words, to go on writing; None when they did not open."""

    text: str | None
    again: bool = False


@dataclass(frozen=True, slots=True)
class HasLeft:
    """Too late: it left, or is leaving at this moment."""

    status: str


def grace(thread: Thread, contact: Contact | None, now: datetime) -> datetime | None:
    """Until when a text of a person waits; None while an incident of this patient is open: there seconds matter."""
    open_ones = [ref for ref in (contact.incidents if contact else ()) if ref.thread_id == thread.thread_id]
    return None if thread.incident_id or open_ones else now + timedelta(seconds=SECONDS)


def wake(world: World, row: str) -> None:
    """Have `deliver` woken when the time is over. When the queue does not take it, the tick delivers."""
    try:
        world.later.wake(row, SECONDS + 1)  # a clock that is a little behind must not find it too early
    except WakeFailed:
        world.journal.count("wake_failed")


def undo(world: World, who: Staff, thread_id: str, message_id: str) -> TakenBack | HasLeft:
    """Take back a text that has not left; what it settled is owed again. Raises `NotFound`, `StoreError`."""
    for _ in range(ATTEMPTS):
        thread, _ = admit(world, who, thread_id, "take_back", "care")
        row = world.store.get(Message, thread_id, message_id)
        if row is None or row.direction != Direction.OUT or row.author in ("", "auto"):
            raise NotFound(message_id)
        if row.status == Status.WITHDRAWN:
            world.store.commit(trail.entry(world, who, thread_id, "take_back", "care", world.clock()))
            return TakenBack(_words(world, who, row), again=True)
        if row.status != Status.QUEUED:
            return HasLeft(row.status)
        try:
            world.store.commit(*_withdraw(world, who, thread, row))
        except (Conflict, Rejected):  # it is leaving at this moment, or somebody wrote: look again
            continue
        return TakenBack(_words(world, who, row))
    raise Conflict(thread_id)


def _withdraw(world: World, who: Staff, thread: Thread, row: Message) -> list[Change]:
    now = world.clock()
    taken = Update(
        Message,
        (row.thread_id, row.message_id),
        set={"status": Status.WITHDRAWN, "status_at": now, "status_reason": "withdrawn"},
        expect={"status": Status.QUEUED, "not_before": row.not_before or ABSENT, "attempts": row.attempts},
    )
    trace = trail.entry(world, who, row.thread_id, "take_back", "care", now)
    return [taken, Delete(Due, due_key(row)), trace, *_owed_again(thread, row)]


def _owed_again(thread: Thread, row: Message) -> list[Change]:
    """The thread waits again as it did before the answer, unless somebody has answered or settled it since."""
    owed = row.owed
    if owed is None or (thread.waiting_since is None and thread.last_at != row.at):
        return []
    seen = {"last_at": thread.last_at or ABSENT, "waiting_since": thread.waiting_since or ABSENT}
    changes: list[Change] = [Update(Thread, (thread.thread_id,), set=_before(thread, owed), expect=seen)]
    if owed.reply_by is not None:
        changes.append(owed_clock(thread.thread_id, owed.reply_by))
    return changes


def _before(thread: Thread, owed: Owed) -> dict[str, object]:
    return {
        "waiting_since": min(owed.since, thread.waiting_since or owed.since),
        "unanswered": owed.count + thread.unanswered,
        "note": thread.note or owed.note,
        "reply_by": owed.reply_by or thread.reply_by,
        "told": 0,  # its clock begins again with the first step: told twice is better than not told
    }


def _words(world: World, who: Staff, row: Message) -> str | None:
    return open_all(world, who, [row])[0].body
