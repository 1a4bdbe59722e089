"""Compare with the carrier's own message log, hourly and at once when asked: what never reached us comes in now (N1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from ..core.messages import CarrierRecord, Direction, InboundSms
from ..core.records import Compared, Update
from ..errors import CarrierError, NoMessageLog
from ..ports import World
from .receive_sms import NotKept, first_look, receive

LOOK_BACK = timedelta(hours=26)  # before the last comparison that was complete: a log can show a text late
LONGEST = timedelta(days=14)  # as long as the parking queue remembers
BATCH = 100
WORDLESS_PAGES = 5  # of one look; a table restored to last week has hundreds
AGAIN, AGAIN_AFTER, LOOKS = "again ", 120, 8  # a word with its number; seconds; Lambda itself ends a chain at some sixteen


def reconcile(world: World) -> int:
    """At once, when asked: the last day. How many texts were brought in. Raises `StoreError` when what is kept cannot be
    told; NotKept, at the end, when one could not be kept: the others were."""
    since = world.clock() - LOOK_BACK
    return _bring_all(world, [_missing(world, name, since) for name in world.carriers])


def look_now(world: World, words: Iterable[str]) -> int:
    """Somebody rang: at once, and again two minutes later, until nothing comes any more. A log can show a text late, and the
    fallback address rings once a second at most: what fell back between two rings stands in the log by then. `words`: what the
    bells said; `again 3` is a look after a look. Raises as `reconcile`, and `ParkFailed`."""
    look = min((_look(word) for word in words), default=0)
    brought = reconcile(world)
    if look == 0 or (brought and look < LOOKS):
        world.parking.wake_reconciliation(f"{AGAIN}{look + 1}", AGAIN_AFTER)
    return brought


def _look(word: str) -> int:
    """Which look after a bell this is; 0 for the bell itself."""
    number = word.removeprefix(AGAIN)
    return int(number) if number != word and number.isdecimal() else 0


def reconcile_hourly(world: World) -> int:
    """As `reconcile`, but from before the last comparison that was complete, however long ago that was."""
    now = world.clock()
    logs = [_missing(world, name, _since(world, name, now)) for name in world.carriers]
    brought = _bring_all(world, logs)
    for log in logs:
        if log.whole:
            world.store.commit(Update(Compared, (log.carrier,), set={"at": now}, create=True))
    return brought


def _bring_all(world: World, logs: Iterable[_Log]) -> int:
    missing = sorted((line for log in logs for line in log.missing), key=lambda line: _turn(world, line))
    paging = {line.carrier_id for line in [line for line in missing if _wordless(line)][-WORDLESS_PAGES:]}
    brought = sum(_bring_in(world, _as_text(line, _wordless(line) and line.carrier_id not in paging)) for line in missing)
    world.journal.count("reconciled", brought)
    if brought < len(missing):
        raise NotKept("reconcile")
    return brought


def _turn(world: World, line: CarrierRecord) -> tuple[int, bool, datetime]:
    """The worst first, then as they were written: after an hour without a door a crisis must not wait behind a thousand
    thanks, nor behind a thousand texts that may have been one (N2). Reordered texts change nothing else (N1)."""
    return first_look(world, _as_text(line)).tier, _wordless(line), line.at


def _since(world: World, name: str, now: datetime) -> datetime:
    """However long nothing could be kept, the next comparison begins before that (N1)."""
    last = world.store.get(Compared, name)
    return max((last.at if last else now) - LOOK_BACK, now - LONGEST)


@dataclass(frozen=True, slots=True)
class _Log:
    """What one carrier handed us and we do not have. `whole`: its log was read to the end."""

    carrier: str
    missing: list[CarrierRecord]
    whole: bool = False


def _missing(world: World, name: str, since: datetime) -> _Log:
    """What it told before it failed counts."""
    missing: list[CarrierRecord] = []
    try:
        inbound = (line for line in world.carriers[name].log_since(since) if line.direction == Direction.IN)
        for batch in _batches(inbound):
            kept = world.store.kept(name, [line.carrier_id for line in batch])
            missing += [line for line in batch if line.carrier_id not in kept]
        return _Log(name, missing, whole=True)
    except NoMessageLog:
        world.journal.event("no_message_log", carrier=name)
    except CarrierError as failure:
        world.journal.event("log_not_read", carrier=name, reason=failure.reason)
        world.journal.count("log_not_read")
    return _Log(name, missing)


def _bring_in(world: World, line: InboundSms) -> bool:
    """One that cannot be kept, for whatever reason, must not stand before a crisis behind it (C12)."""
    try:
        receive(world, line, inline=False)
    except Exception as failure:  # noqa: BLE001  NotKept or anything else: it is asked for again
        world.journal.event("reconcile_not_kept", carrier=line.carrier, error=type(failure).__name__)
        world.journal.count("reconcile_not_kept")
        return False
    return True


def _wordless(line: CarrierRecord) -> bool:
    """Taken out of the log, by us or by whoever else may."""
    return not line.body and not line.media


def _as_text(line: CarrierRecord, of_many: bool = False) -> InboundSms:
    return InboundSms(
        carrier=line.carrier,
        carrier_id=line.carrier_id,
        sender=line.sender,
        our_number=line.recipient,
        body=line.body,
        received_at=line.at,
        sent_at=line.at,
        media=line.media,
        wordless=_wordless(line),
        of_many=of_many,
    )


def _batches(lines: Iterable[CarrierRecord]) -> Iterator[list[CarrierRecord]]:
    each = iter(lines)
    while batch := list(islice(each, BATCH)):
        yield batch
