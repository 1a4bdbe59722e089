"""Telephones that ring in a world of fakes: what a carrier would ask and tell, and a person with a number for calls."""

from __future__ import annotations

from typing import Any

from chalicelib.core.calls import CallEvent, OutboundCall, PhoneCall, Script
from chalicelib.core.phones import Way
from chalicelib.core.staff import Staff
from chalicelib.flows import call_ended, on_the_phone
from chalicelib.flows.phone_code import code_for_phone, pin_for_calls
from chalicelib.flows.staff_phones import give, my_phone, verify
from chalicelib.ports import World

from .phones import stream


def rung(world: World) -> list[OutboundCall]:
    return world.caller.placed  # type: ignore[attr-defined,no-any-return]


def a_number_for_calls(world: World, who: Staff, number: str) -> None:
    assert give(world, who, Way.CALL, number) is None
    stream(world)
    method = my_phone(world, who).method(Way.CALL)
    assert method is not None
    assert verify(world, who, Way.CALL, code_for_phone(world, who.staff_id, method)) is None
    rung(world).clear()


def pin_of(world: World, who: Staff) -> str:
    method = my_phone(world, who).method(Way.CALL)
    assert method is not None
    return pin_for_calls(world, who.staff_id, method)


def a_wrong_pin(world: World, who: Staff) -> str:
    return "0000" if pin_of(world, who) != "0000" else "1111"


def asks(world: World, row: str = "", **told: Any) -> Script:
    """What the newest call, or this one, says next."""
    return on_the_phone.goes_on(world, CallEvent("twilio", "CA1", row or rung(world)[-1].row, world.clock(), **told))


def presses(world: World, keys: str, moment: str = "menu", row: str = "") -> Script:
    return asks(world, row, moment=moment, keys=keys)


def ends(world: World, ended: str, row: str = "", **told: Any) -> None:
    call_ended.told(world, CallEvent("twilio", "CA1", row or rung(world)[-1].row, world.clock(), ended=ended, **told))


def call_of(world: World, row: str) -> PhoneCall:
    found = world.store.get(PhoneCall, row)
    assert found is not None
    return found
