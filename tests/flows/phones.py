"""Colleagues' work phones, given and verified as a person would."""

from __future__ import annotations

import re
from typing import Any

from chalicelib.core.phones import WEEK, Errand, Method, StaffPhone, Way
from chalicelib.core.records import Put
from chalicelib.core.staff import Staff
from chalicelib.flows import errands
from chalicelib.flows.staff_phones import give, verify
from chalicelib.flows.tick import tick
from chalicelib.ports import World

ERIN_PHONE, CAROL_PHONE, DAN_PHONE = "+13035550121", "+13035550122", "+13035550123"


def stream(world: World) -> None:
    """What the table's stream wakes, until nothing is left that can be done now."""
    for _ in range(5):
        waiting = [each for each in world.store.rows(Errand) if each.status == "queued"]  # type: ignore[attr-defined]
        for each in waiting:
            errands.run(world, each.errand_id)


def minutes(world: World, count: int) -> None:
    """Each with its tick, and what that wakes."""
    for _ in range(count):
        world.clock.advance(minutes=1)  # type: ignore[attr-defined]
        tick(world)
        stream(world)


def sent(world: World, carrier: str = "twilio") -> list[Any]:
    return world.carriers[carrier].sent  # type: ignore[attr-defined,no-any-return]


def direct(world: World) -> list[tuple[str, str]]:
    """What went straight to colleagues' phones: number and words."""
    return [(each.recipient, each.body) for each in sent(world) if each.row == ""]


def code_in(world: World) -> str:
    found = re.search(r"\d{6}", direct(world)[-1][1])
    assert found is not None
    return found[0]


def a_work_phone(world: World, who: Staff, number: str) -> None:
    assert give(world, who, Way.TEXT, number) is None
    stream(world)
    assert verify(world, who, Way.TEXT, code_in(world)) is None
    sent(world).clear()


def working_phones(world: World, *people: str) -> World:
    """Each has a number that was verified and that nothing speaks against."""
    at = world.clock() - WEEK
    methods = {who: (Method(Way.TEXT, f"phone-of-{who}", at, verified_at=at, passed_at=world.clock()),) for who in people}
    world.store.commit(*(Put(StaffPhone(who, 1, found)) for who, found in methods.items()))
    return world
