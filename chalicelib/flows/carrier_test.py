"""Once a week a text goes through the real carrier to a phone of the clinic's own, if its file names one, and an hour later the
carrier's log must say that it arrived (PG-6). What the dead man tries ends at our own door; this is the rest of the road.

Nothing is kept: which hour sends and which looks is the clinic's clock. Where a carrier has no log, a text that was taken passes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.messages import Direction, OutboundSms, Status
from ..errors import CarrierError, CarrierRefused, NoMessageLog
from ..ports import World
from ..texts.exercise import weekly
from . import held_back

ON, SENDS_AT, LOOKS_AT = 0, 10, 11  # Monday, by the clinic's clock: an hour in which somebody can mend it
SINCE = timedelta(hours=2)
PASSED, FAILED = "carrier_test_passed", "carrier_test_failed"


def run(world: World, asked: datetime) -> None:
    """What this hour has to do. `asked`: on the clinic's clock. Raises nothing that it can count instead."""
    number, carrier = world.clinic.test_number, world.carriers.get(world.clinic.carrier)
    if not number or carrier is None or asked.weekday() != ON:
        return
    try:
        if asked.hour == SENDS_AT:
            carrier.send(OutboundSms(world.clinic.number, number, weekly(), "", world.clock() + SINCE))
            world.journal.count("carrier_test_sent")
        elif asked.hour == LOOKS_AT:
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
