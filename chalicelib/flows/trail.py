"""The audit entry that goes with every look at and every change of a patient's content (N6)."""

from __future__ import annotations

from datetime import datetime

from ..core.audit import JOB, AuditEntry, hour_of
from ..core.changes import Put
from ..core.staff import Staff
from ..ports import World

INSIDE = "service"  # where a job comes from, and a person whom nobody asked from where


def entry(
    world: World, who: Staff, subject_id: str, action: str, purpose: str, now: datetime, result: str = "done"
) -> Put:
    """The change that records it; the caller commits it alone or with its own. `subject_id`: an opaque id. Under a key that was
    lent, or a page, that is the reason, whatever the work was."""
    purpose = who.let_in.get(subject_id, purpose)
    return _put(world, subject_id, now, who.staff_id, who.role, who.where or INSIDE, action, purpose, result)


def job(world: World, flow: str, subject_id: str, action: str, purpose: str, now: datetime, result: str = "done") -> Put:
    """The same for what no person asked for at this moment. `flow`: with or without "job:" before it."""
    return _put(world, subject_id, now, JOB + flow.removeprefix(JOB), "job", INSIDE, action, purpose, result)


def refuse(world: World, who: Staff, subject_id: str, action: str, purpose: str) -> None:
    """Keep that somebody was turned away. Raises `StoreError`."""
    world.store.commit(entry(world, who, subject_id, action, purpose, world.clock(), "refused"))


def _put(
    world: World, subject_id: str, now: datetime, who: str, role: str, where: str, action: str, purpose: str, result: str
) -> Put:
    return Put(AuditEntry(subject_id, world.ids(now), now, who, action, purpose, result, role, where, hour_of(now)))
