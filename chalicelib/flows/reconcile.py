"""Compare with the carrier's own message log, hourly and at once when asked: what never reached us comes in now (N1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from ..core.messages import CarrierRecord, Direction, InboundSms
from ..errors import CarrierError, NoMessageLog
from ..ports import World
from .receive_sms import receive

LOOK_BACK = timedelta(hours=26)
BATCH = 100


def reconcile(world: World, look_back: timedelta = LOOK_BACK) -> int:
    """How many texts were brought in. Raises `StoreError` when what is kept cannot be told, NotKept as `receive`."""
    brought = 0
    for name, carrier in world.carriers.items():
        try:
            brought += _one_carrier(world, name, carrier.log_since(world.clock() - look_back))
        except NoMessageLog:
            world.journal.event("no_message_log", carrier=name)
        except CarrierError as failure:
            world.journal.event("log_not_read", carrier=name, reason=failure.reason)
            world.journal.count("log_not_read")
    world.journal.count("reconciled", brought)
    return brought


def _one_carrier(world: World, name: str, log: Iterable[CarrierRecord]) -> int:
    brought = 0
    inbound = (line for line in log if line.direction == Direction.IN)
    for batch in _batches(inbound):
        kept = world.store.kept(name, [line.carrier_id for line in batch])
        for line in sorted(batch, key=lambda line: line.at):
            if line.carrier_id not in kept:
                receive(world, _as_text(line), inline=False)
                brought += 1
    return brought


def _as_text(line: CarrierRecord) -> InboundSms:
    return InboundSms(
        carrier=line.carrier,
        carrier_id=line.carrier_id,
        sender=line.sender,
        our_number=line.recipient,
        body=line.body,
        received_at=line.at,
        sent_at=line.at,
        media=line.media,
    )


def _batches(lines: Iterator[CarrierRecord]) -> Iterator[list[CarrierRecord]]:
    while batch := list(islice(lines, BATCH)):
        yield batch
