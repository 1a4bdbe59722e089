"""The week's text in: whatever fails, it is in no thread and wakes nobody, and what did not come to our door is never called well."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.core.exercise import WAY_IN
from chalicelib.core.records import Incident, Message, Receipt, SelfTest, Thread
from chalicelib.flows import look_ahead, reconcile, tick
from tests.cast import an_sms

from .told import Story
from .town import Town

SECOND = "+13035550188"
TEN = datetime(2026, 3, 9, 16, tzinfo=UTC)  # of a Monday, in Denver
FALLBACK = "Porchlight: a text could not be read."


def _a_monday(town: Town) -> None:
    town.clock.now = TEN
    town.world = replace(town.world, clinic=replace(town.world.clinic, test_sender=SECOND))


def _hour(town: Town) -> None:
    """What this hour has to do; where a tick could not do it, the next does."""
    look_ahead.ask(town.world)
    town.again(lambda: tick.tick(town.world), tries=1)
    town.clock.advance(minutes=2)
    town.minute()


def _sent(town: Town, leads_here: bool) -> None:
    town.again(lambda: _hour(town), tries=1)
    for out in [sms for sms in town.sent if sms.sender == SECOND]:
        town.own_text(an_sms(out.body, out.sender, town.clock.now, our_number=out.recipient), leads_here)
    town.clock.advance(minutes=5)
    town.minute()


def _looked_for(town: Town) -> None:
    town.again(lambda: reconcile.reconcile_hourly(town.world), tries=1)
    town.clock.now = TEN.replace(hour=17)
    town.again(lambda: _hour(town), tries=1)


def comes(town: Town) -> None:
    _a_monday(town)
    _sent(town, leads_here=True)
    _looked_for(town)


def leads_elsewhere(town: Town) -> None:
    _a_monday(town)
    _sent(town, leads_here=False)
    _looked_for(town)


def _nobodys(town: Town) -> list[str]:
    wrong = [f"in a thread: {row.carrier_id}" for row in town.store.rows(Message)]
    wrong += [f"a thread of {row.contact_id}" for row in town.store.rows(Thread) if row.thread_id != "alice"]
    wrong += ["an item is open" for _ in town.store.rows(Incident)]
    wrong += [f"answered: {sms.body}" for sms in town.sent if sms.sender != SECOND]
    return wrong + [f"woken: {to}: {text}" for _, to, text in town.pages if text != FALLBACK]


def _called_well(town: Town) -> bool:
    row = town.store.get(SelfTest, WAY_IN)
    return row is not None and row.passed_at is not None


def _as_it_went(town: Town) -> list[str]:
    """Well only where a door took it; and where nothing fails, well."""
    well, taken = _called_well(town), bool(town.store.rows(Receipt))
    wrong = ["called well, and no door took it"] if well and not taken else []
    return [*_nobodys(town), *wrong, *(["not called well"] if town.plan.at is None and not well else [])]


def _never_well(town: Town) -> list[str]:
    """No comparison with the log may stand in for the door."""
    wrong = ["called well"] if _called_well(town) else []
    wrong += ["a receipt" for _ in town.store.rows(Receipt)]
    row = town.store.get(SelfTest, WAY_IN)
    named = town.plan.at is not None or (row is not None and row.wrong == ("not_at_door",))
    return [*_nobodys(town), *wrong, *([] if named else ["not named"])]


STORIES: tuple[Story, ...] = (
    Story("the week's text comes in", comes, after=_as_it_went),
    Story("the week's text leads elsewhere", leads_elsewhere, after=_never_well),
)
