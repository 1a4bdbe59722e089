"""Whom to page, and the page itself: in time, and whether the pager took it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from .. import texts
from ..core import exercise
from ..core.escalation import Call, Policy
from ..ports import World

PAGE = 3.5  # seconds for the pager
A_MACHINE = Call((exercise.MACHINE,), timedelta(minutes=5))  # a dead man's text wakes nobody, however long it waits


def send_page(world: World, to: str, text: str) -> bool:
    """Whether the pager took it, in time. Its failure is counted and found again by the tick."""
    try:
        world.patience.within(PAGE, lambda: world.pager.page(to, text))
    except Exception:  # noqa: BLE001  whatever SNS answered, the text must still be kept and answered
        world.journal.count("page_failed")
        return False
    world.journal.count("page_sent")
    return True


def call_out(world: World, people: Iterable[str], text: str) -> tuple[str, ...]:
    """Page each of them; one that is not taken never stops the others (C20). Who was called."""
    return tuple(person for person in people if send_page(world, person, text))


def urgent(code: str) -> str:
    """What the first page of an item says: no word of what was written, nor by whom (PG-5)."""
    return f"Porchlight: urgent item {code}. Open the console."


def with_reply(text: str, code: str) -> str:
    """The same on a phone that can answer us."""
    return f"{text} Or reply {code} to take it."


def policy_of(world: World, tier: int) -> Policy:
    """The clinic's own policy for a tier, else the house's."""
    house = texts.policies()
    return world.clinic.policies.get(tier) or house.get(tier) or house[max(house)]


def call_at(world: World, program: str, tier: int, step: int, now: datetime) -> Call:
    """Whom a page of this step goes to at this instant, and how long until the next."""
    if program == exercise.SELF_TEST:
        return A_MACHINE
    return policy_of(world, tier).call(world.clinic.on_call(program, now), step)
