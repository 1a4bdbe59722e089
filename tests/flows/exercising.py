"""A world whose synthetic phone reaches the door, with the table's stream behind it, as on AWS."""

from __future__ import annotations

from typing import Any

from chalicelib.core.messages import DeliveryEvent, InboundSms, Status
from chalicelib.flows import receive_sms, record_delivery
from chalicelib.lexicon import load_screen
from chalicelib.ports import World
from tests.fakes.world import a_world

from .phones import stream


def an_exercise_world(**parts: Any) -> World:
    """The real first look, and a phone that is answered by the door as Twilio is."""
    world = a_world(**{"screen": load_screen(), **parts})
    phone: Any = world.synthetic
    phone.door = lambda carrier_id, sender, body: at_the_door(world, carrier_id, sender, body)
    phone.arrives = lambda row: record_delivery.record(
        world, DeliveryEvent("twilio", f"exercise-{row}", Status.DELIVERED, world.clock(), row)
    )
    return world


def at_the_door(world: World, carrier_id: str, sender: str, body: str) -> str:
    sms = InboundSms("twilio", carrier_id, sender, world.clinic.number, body, world.clock())
    return receive_sms.receive(world, sms, inline=True).row


__all__ = ["an_exercise_world", "at_the_door", "stream"]
