"""Nothing is nobody's: take a thread, hand it to a colleague, give it back to the duty queue, close it with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..core.records import ABSENT, Change, Step, Thread, Update
from ..core.staff import Staff
from ..errors import Conflict, Rejected
from ..ports import World
from . import drafts, trail
from .read_thread import admit
from .write_reply import ANSWERED

WHY_CLOSED: dict[str, str] = {  # asked only when an answer is owed
    "answered_by_phone": "Answered by phone",
    "answered_in_person": "Answered in person",
    "no_answer_needed": "Needs no answer",
    "handled_elsewhere": "Handled in another thread",
}


MOST_TURNS, KEPT_TURNS = 200, 100  # lines of a summary, which every inbox reads and every text writes: the trail has them all


class OwesAnAnswer(ValueError):
    """A thread that owes an answer is closed only with a reason."""


def give_to(world: World, who: Staff, thread_id: str, owner: str, was: str) -> bool:
    """Make `owner` its owner ("" for the duty queue). `was`: the owner that the form showed; False when it changed since.

    Raises `NotFound`, `StoreError`.
    """
    thread, _ = admit(world, who, thread_id, "assign", "care")
    now, to = world.clock(), owner or "duty"
    change = Update(
        Thread,
        (thread_id,),
        set={**_place(thread), "owner": owner or None},
        expect={"owner": was or ABSENT},
        create=True,
    )
    change = _with_turn(change, thread, Step(now, who.staff_id, "assigned", to))
    try:
        world.store.commit(change, trail.entry(world, who, thread_id, "assign", "care", now, to))
    except Rejected:
        return False
    if was and owner:
        drafts.pass_on(world, thread_id, was, owner)
    return True


def close(world: World, who: Staff, thread_id: str, seen: datetime | None, why: str = "") -> bool:
    """Put it away until somebody writes. False when somebody wrote since `seen`: a new text reopens, and wins.

    Raises `OwesAnAnswer` without a reason, `KeyError` for an unknown one, `NotFound`, `StoreError`.
    """
    thread, _ = admit(world, who, thread_id, "close", "care")
    if thread.waiting_since is not None and not why:
        raise OwesAnAnswer(thread_id)
    if why:
        WHY_CLOSED[why]
    now = world.clock()
    fields = {**_place(thread), **ANSWERED, "closed_at": now, "closed_why": why or None}
    change = Update(Thread, (thread_id,), set=fields, expect={"last_at": seen or ABSENT}, create=True)
    change = _with_turn(change, thread, Step(now, who.staff_id, "closed", why))
    return _done(world, change, trail.entry(world, who, thread_id, "close", "care", now, why or "done"))


def reopen(world: World, who: Staff, thread_id: str) -> None:
    """Take it out again. Raises `NotFound`, `StoreError`."""
    thread, _ = admit(world, who, thread_id, "reopen", "care")
    now = world.clock()
    fields = {**_place(thread), "closed_at": None, "closed_why": None}
    change = _with_turn(Update(Thread, (thread_id,), set=fields, create=True), thread, Step(now, who.staff_id, "reopened"))
    world.store.commit(change, trail.entry(world, who, thread_id, "reopen", "care", now))


def _place(thread: Thread) -> dict[str, object]:
    """What a summary needs when the patient has no thread yet."""
    return {"program": thread.program, "contact_id": thread.contact_id, "patient_id": thread.patient_id or None}


def _with_turn(change: Update, thread: Thread, turn: Step) -> Update:
    """And the line that the thread shows of it; the oldest go where there are many."""
    if len(thread.turns) < MOST_TURNS:
        return replace(change, append={"turns": (turn,)})
    return replace(change, set={**change.set, "turns": (*thread.turns[-KEPT_TURNS:], turn)})


def _done(world: World, *changes: Change) -> bool:
    try:
        world.store.commit(*changes)
    except (Rejected, Conflict):
        return False
    return True
