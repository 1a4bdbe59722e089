"""A carrier's no that is about us and not about one phone: a limit, an account, a registration (PG-6, T9)."""

from __future__ import annotations

from ..core.messages import FAILED, DeliveryEvent, Reason
from ..errors import CarrierRefused
from ..ports import World


def note(world: World, refusal: CarrierRefused) -> None:
    """Count it for the alarm; any other refusal is none of its business."""
    if refusal.reason in (Reason.SPEND_LIMIT, Reason.THROTTLED, Reason.UNAUTHORISED):
        world.journal.count("carrier_held_back")


def heard(world: World, event: DeliveryEvent) -> None:
    """The same, said of a text that the carrier had taken: a lapsed registration takes each of them and delivers none."""
    if event.ours and event.status in FAILED:
        world.journal.count("carrier_held_back")
