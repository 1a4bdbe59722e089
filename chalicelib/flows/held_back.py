"""A carrier's no that is about us and not about one phone: somebody must raise a limit (PG-6, T9)."""

from __future__ import annotations

from ..core.messages import Reason
from ..errors import CarrierRefused
from ..ports import World


def note(world: World, refusal: CarrierRefused) -> None:
    """Count it for the alarm; any other refusal is none of its business."""
    if refusal.reason in (Reason.SPEND_LIMIT, Reason.THROTTLED):
        world.journal.count("carrier_held_back")
