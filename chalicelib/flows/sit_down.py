"""Beside reading a thread: be seen there, be asked no more, and find what one had begun to write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..core.records import Here, Presence, Thread
from ..core.staff import Staff
from ..ports import World
from .drafts import open_draft
from .notes import have_looked
from .presence import others, say_here, say_seen, seen_by
from .read_thread import Behind


@dataclass(frozen=True, slots=True)
class Seat:
    """`others`: who else has the thread open. `draft`: what this person wrote and has not sent, or ""."""

    others: tuple[str, ...] = ()
    draft: str = ""
    draft_at: datetime | None = None
    draft_by: str = ""
    seen_by: tuple[Here, ...] = ()  # of the patient's newest text: who else opened the thread since


@dataclass(frozen=True, slots=True)
class News:
    """What an open page does not show yet. `wrote`: a text or a note."""

    wrote: bool
    others: tuple[str, ...]


def sit_down(world: World, who: Staff, behind: Behind, wants_draft: bool) -> Seat:
    """After `read_thread`, whose audit entry stands for the draft too. Raises `StoreError` never: nothing waits for it."""
    say_seen(world, who, behind.thread.thread_id, behind.presence, behind.thread.last_at)
    have_looked(world, who, behind.thread.thread_id, behind.asked)
    there = others(behind.presence, who.staff_id, world.clock())
    saw = seen_by(behind.presence, who.staff_id, behind.last_in.at if behind.last_in else None)
    if behind.draft is None or not wants_draft:
        return Seat(there, seen_by=saw)
    return Seat(there, open_draft(world, who, behind.draft) or "", behind.draft.at, behind.draft.by, saw)


def look_up(
    world: World, who: Staff, thread_id: str, seen: datetime | None, noted: datetime | None, there: str
) -> News | None:
    """What an open page asks every few seconds: one read of two rows, and a mark renewed when it is due; None for nothing.

    `there`: who else the page shows, as `", ".join(others)`. No content, no trace.
    """
    thread, presence = world.store.get_many([(Thread, (thread_id,)), (Presence, (thread_id,))])
    if not isinstance(thread, Thread) or not who.may_see(thread.program):
        return None
    assert presence is None or isinstance(presence, Presence)
    say_here(world, who, thread_id, presence)
    now_there = others(presence, who.staff_id, world.clock())
    wrote = thread.last_at != seen or thread.noted_at != noted
    return News(wrote, now_there) if wrote or ", ".join(now_there) != there else None
