"""Compare with the carrier's own message log, hourly and at once when asked: what never reached us comes in now (N1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from ..core.messages import CarrierRecord, Direction, InboundSms
from ..errors import CarrierError, NoMessageLog
from ..ports import World
from .receive_sms import NotKept, receive

LOOK_BACK = timedelta(hours=26)
BATCH = 100


def reconcile(world: World, look_back: timedelta = LOOK_BACK) -> int:
    """How many texts were brought in. Raises `StoreError` when what is kept cannot be told; NotKept, at the end, when one
    could not be kept: the others were."""
    since = world.clock() - look_back
    missing = [line for name in world.carriers for line in _missing(world, name, since)]
    brought = sum(_bring_in(world, line) for line in sorted(missing, key=lambda line: line.at))
    world.journal.count("reconciled", brought)
    if brought < len(missing):
        raise NotKept("reconcile")
    return brought


def _missing(world: World, name: str, since: datetime) -> list[CarrierRecord]:
    """What one carrier handed us and we do not have; what it told before it failed counts."""
    missing: list[CarrierRecord] = []
    try:
        inbound = (line for line in world.carriers[name].log_since(since) if line.direction == Direction.IN)
        for batch in _batches(inbound):
            kept = world.store.kept(name, [line.carrier_id for line in batch])
            missing += [line for line in batch if line.carrier_id not in kept]
    except NoMessageLog:
        world.journal.event("no_message_log", carrier=name)
    except CarrierError as failure:
        world.journal.event("log_not_read", carrier=name, reason=failure.reason)
        world.journal.count("log_not_read")
    return missing


def _bring_in(world: World, line: CarrierRecord) -> bool:
    """One that cannot be kept, for whatever reason, must not stand before a crisis behind it (C12)."""
    try:
        receive(world, _as_text(line), inline=False)
    except Exception as failure:  # noqa: BLE001  NotKept or anything else: it is asked for again
        world.journal.event("reconcile_not_kept", carrier=line.carrier, error=type(failure).__name__)
        world.journal.count("reconcile_not_kept")
        return False
    return True


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


def _batches(lines: Iterable[CarrierRecord]) -> Iterator[list[CarrierRecord]]:
    each = iter(lines)
    while batch := list(islice(each, BATCH)):
        yield batch
