"""Each minute: take what is due, and no more. One bad row never stops the others, nor loops fast."""

from __future__ import annotations

from collections.abc import Callable

from ..core.records import Due
from ..errors import PorchlightError
from ..ports import World
from . import escalate, overdue, reconcile_row
from .outbox import SHARD

LIMIT = 100

HANDLERS: dict[str, Callable[[World, Due], None]] = {
    "escalate": escalate.escalate,
    "repage": escalate.repage,
    "answer_check": overdue.answer_check,
    "deliver": overdue.deliver_overdue,
    "reconcile": reconcile_row.reconcile_row,
}
FIRST = ("escalate", "repage", "answer_check")  # pages before texts


def tick(world: World) -> int:
    """How many due rows were handled. A row that fails stays due and is tried at the next tick."""
    due = world.store.due(SHARD, world.clock(), LIMIT)
    handled = 0
    for row in sorted(due, key=lambda row: (row.kind not in FIRST, row.at)):
        handled += _handle(world, row)
    world.journal.count("due_handled", handled)
    return handled


def _handle(world: World, row: Due) -> int:
    try:
        HANDLERS[row.kind](world, row)
    except (PorchlightError, LookupError, ValueError) as failure:
        world.journal.event("due_failed", due_id=row.due_id, error=type(failure).__name__)
        world.journal.count("due_failed")
        return 0
    return 1
