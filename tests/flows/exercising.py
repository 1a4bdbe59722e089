"""A world whose synthetic phone reaches the door, with the table's stream behind it, as on AWS."""

from __future__ import annotations

from typing import Any

from chalicelib.core.messages import DeliveryEvent, InboundSms, Status
from chalicelib.core.records import RecentText
from chalicelib.flows import receive_sms, record_delivery, second_look
from chalicelib.ports import World
from tests.fakes.world import a_world
from tests.first_look import the_screen

from .phones import stream


def an_exercise_world(**parts: Any) -> World:
    """The real first look, and a phone that is answered by the door as Twilio is."""
    world = a_world(**{"screen": the_screen(), **parts})
    phone: Any = world.synthetic
    phone.door = lambda carrier_id, sender, body: at_the_door(world, carrier_id, sender, body)
    phone.arrives = lambda row: record_delivery.record(
        world, DeliveryEvent("twilio", f"exercise-{row}", Status.DELIVERED, world.clock(), row)
    )
    return world


def at_the_door(world: World, carrier_id: str, sender: str, body: str) -> str:
    sms = InboundSms("twilio", carrier_id, sender, world.clinic.number, body, world.clock())
    answer = receive_sms.receive(world, sms, inline=True)
    looked_at_again(world)
    return answer.row


def looked_at_again(world: World) -> None:
    """The stream of recent copies wakes the second look."""
    for copy in list(world.store.rows(RecentText)):  # type: ignore[attr-defined]
        second_look.look(world, copy.thread_id, copy.message_id)


__all__ = ["an_exercise_world", "at_the_door", "looked_at_again", "stream"]
