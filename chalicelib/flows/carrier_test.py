"""Once a week a text goes through the real carrier to a phone of the clinic's own, if its file names one, and an hour later the
carrier's log must say that it arrived (PG-6); another comes in (`way_in`). What the dead man tries ends at our own door; this is
the rest of the road.

Of the text out nothing is kept: which hour sends and which looks is the clinic's clock. Where a carrier has no log, a text that
was taken passes.
"""

from __future__ import annotations

from datetime import datetime

from ..core.messages import Direction, OutboundSms, Status
from ..errors import CarrierError, CarrierRefused, NoMessageLog
from ..ports import World
from ..texts.exercise import weekly
from . import held_back, way_in
from .way_in import SINCE

ON, SENDS_AT, LOOKS_AT = 0, 10, 11  # Monday, by the clinic's clock: an hour in which somebody can mend it
PASSED, FAILED = "carrier_test_passed", "carrier_test_failed"


def run(world: World, asked: datetime) -> None:
    """What this hour has to do. `asked`: on the clinic's clock. Raises nothing that it can count instead, and `StoreError`."""
    clinic, hour = world.clinic, asked.hour
    if clinic.carrier not in world.carriers or asked.weekday() != ON or hour not in (SENDS_AT, LOOKS_AT):
        return
    if clinic.test_number:
        _way_out(world, clinic.test_number, hour)
    if clinic.test_sender:
        way_in.send(world) if hour == SENDS_AT else way_in.look(world)


def _way_out(world: World, number: str, hour: int) -> None:
    try:
        if hour == SENDS_AT:
            text = OutboundSms(world.clinic.number, number, weekly(), "", world.clock() + SINCE)
            world.carriers[world.clinic.carrier].send(text)
            world.journal.count("carrier_test_sent")
        else:
            world.journal.count(PASSED if _arrived(world, number) else FAILED)
    except CarrierError as failure:
        if isinstance(failure, CarrierRefused):
            held_back.note(world, failure)
        world.journal.count(FAILED)
        world.journal.event(FAILED, reason=failure.reason, code=failure.code)


def _arrived(world: World, number: str) -> bool:
    try:
        lines = list(world.carriers[world.clinic.carrier].log_since(world.clock() - SINCE))
    except NoMessageLog:
        return True
    return any(
        line.direction == Direction.OUT and line.recipient == number and line.status == Status.DELIVERED for line in lines
    )
