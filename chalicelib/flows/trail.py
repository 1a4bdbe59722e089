"""The audit entry that goes with every look at and every change of a patient's content (N6)."""

from __future__ import annotations

from datetime import datetime

from ..core.records import AuditEntry, Put
from ..core.staff import Staff
from ..ports import World


def entry(
    world: World, who: Staff, subject_id: str, action: str, purpose: str, now: datetime, result: str = "done"
) -> Put:
    """The change that records it; the caller commits it alone or with its own. `subject_id`: an opaque id."""
    return Put(AuditEntry(subject_id, world.ids(now), now, who.staff_id, action, purpose, result))


def refuse(world: World, who: Staff, subject_id: str, action: str, purpose: str) -> None:
    """Keep that somebody was turned away. Raises `StoreError`."""
    world.store.commit(entry(world, who, subject_id, action, purpose, world.clock(), "refused"))
