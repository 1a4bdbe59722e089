"""Once an hour: whatever is lent in AWS and stands open in no row of ours is taken back. A process that died between the grant
and its row leaves such a one, and nothing else would ever end it."""

from __future__ import annotations

from datetime import timedelta

from ..core.records import Due, LentKey
from ..errors import StoreError
from ..ports import World
from . import lend_keys, trail
from .outbox import SHARD, gone, keep_due

KIND = "sweep_keys"  # Due.kind
LATE = timedelta(hours=1)  # a due row that takes back is not that late: it is gone
YOUNG = timedelta(minutes=30)  # its row may still be on the way


def ask(world: World) -> None:
    """For the next tick; asked for twice in one hour, it is one row. Nothing else of that hour waits for it."""
    hour = world.clock().replace(minute=0, second=0, microsecond=0)
    try:
        world.store.commit(keep_due(Due(SHARD, hour, f"{KIND}#{hour:%Y%m%d%H}", KIND, "house")))
    except StoreError as failure:
        world.journal.event("sweep_not_asked", error=type(failure).__name__)


def sweep(world: World, due: Due) -> None:
    """Raises `StoreError`, `KeyUnavailable`: the tick tries again."""
    now = world.clock()
    for staff_id, subject in sorted(world.lender.lent_before(now - YOUNG)):
        row = world.store.get(LentKey, staff_id, subject)
        if row is None or row.back_at is not None:
            _swept(world, staff_id, subject)
        elif row.until < now - LATE:
            world.store.commit(keep_due(lend_keys.due_for(row, row.until)))
    world.store.commit(gone(due))


def _swept(world: World, staff_id: str, subject: str) -> None:
    if not world.lender.take_back(staff_id, subject):
        return
    world.journal.count("key_without_row")
    world.store.commit(trail.job(world, "sweep_keys", subject, "key_swept", "compliance", world.clock(), staff_id))
    lend_keys.restored(world, staff_id, subject)  # lent anew while this looked
