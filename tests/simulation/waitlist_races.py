"""Open times in which two hands meet, at every call of each: two who accept, an accept and the end of its hold, an accept and a desk."""

from __future__ import annotations

from chalicelib.flows import tick
from chalicelib.flows.book_appointment import book
from chalicelib.flows.waitlist_desk import take, withdraw
from tests.appointments import a_wish
from tests.cast import CAROL
from tests.waitlist import NUMBERS, a_slot

from .races import Race, sends
from .town import Town
from .turns import Turns
from .waitlist_stories import OFFERED, in_order, offered


def _slot(town: Town) -> str:
    return a_slot(town.began + OFFERED).slot_id


def _last_minute(town: Town) -> None:
    offered(town)
    town.clock.advance(minutes=55)


def _tick(town: Town) -> None:
    tick.tick(town.world)


def _withdrawn(town: Town) -> None:
    town.do(lambda: withdraw(town.world, CAROL, "adult", _slot(town)))


def _taken_by_phone(town: Town) -> None:
    town.do(lambda: take(town.world, CAROL, "adult", _slot(town), "bea", offered=True))


def _booked_by_hand(town: Town) -> None:
    town.do(lambda: book(town.world, CAROL, "bea", "v9", a_wish(town.began + OFFERED)))


def _held(town: Town, turns: Turns) -> list[str]:
    del turns
    return in_order(town)


YES, TOO = sends("1"), sends("1", NUMBERS["bea"])
RACES: tuple[Race, ...] = (
    Race("two who take one time", YES, TOO, offered, _held),
    Race("a yes and the end of its hold", YES, _tick, _last_minute, _held),
    Race("a yes and a time withdrawn", YES, _withdrawn, offered, _held),
    Race("a yes by text and one by phone", YES, _taken_by_phone, offered, _held),
    Race("a yes and a booking by hand", YES, _booked_by_hand, offered, _held),
)
