"""The carriers' own logs, read for as long as there is time: what people wrote, what of it is kept here and what is missing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice

from ..core.messages import FAILED, CarrierRecord, Direction
from ..errors import CarrierError, NoMessageLog
from ..ports import World
from . import another_desk, own_text

BATCH = 100
Begin = Callable[[list[CarrierRecord]], None]


@dataclass(slots=True)
class Log:
    """What one carrier handed us of a span, the latest first: kept and missing, and what of ours did not arrive. `whole`: it was
    read to its end; `stopped`: there was no more time for it."""

    carrier: str
    since: datetime
    until: datetime | None
    missing: list[CarrierRecord] = field(default_factory=list)
    failed: list[CarrierRecord] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    whole: bool = False
    stopped: bool = False
    _last: deque[datetime] = field(default_factory=partial(deque[datetime], maxlen=BATCH))

    @property
    def stopped_at(self) -> datetime | None:
        """All that is later was read; None: not even the latest. Of the last lines the latest: one without a date stands as the
        oldest of all."""
        return max(self._last, default=self.until)

    def lines(self, world: World, ends: datetime) -> Iterator[CarrierRecord]:
        """What people wrote. A little after `until` may be in a carrier's answer."""
        for line in world.carriers[self.carrier].log_since(self.since, self.until):
            if world.clock() >= ends:
                self.stopped = True
                return
            self._last.append(line.at)
            if line.direction == Direction.OUT and line.status in FAILED:
                self.failed.append(line)
            if line.direction == Direction.IN and (self.until is None or line.at <= self.until):
                yield line


def read_logs(
    world: World, since: Mapping[str, datetime], until: datetime | None, known: set[str], begin: Begin, ends: datetime
) -> list[Log]:
    """Each log has its share of the time that is left. `known`: ids that are not looked up again. `begin`: what pages does not
    wait until all of a long log is read (N2). Raises `StoreError` when what is kept cannot be told."""
    logs = [Log(name, at, until) for name, at in since.items()]
    for behind, log in zip(range(len(logs), 0, -1), logs, strict=True):
        now = world.clock()
        _read(world, log, known, begin, now + (ends - now) / behind)
    return logs


def _read(world: World, log: Log, known: set[str], begin: Begin, ends: datetime) -> None:
    """What it told before it failed counts."""
    try:
        for batch in _batches(line for line in log.lines(world, ends) if line.carrier_id not in known):
            log.kept |= set(world.store.kept(log.carrier, [line.carrier_id for line in batch]))
            new = [line for line in batch if line.carrier_id not in log.kept and not own_text.stands_in_log(world, line)]
            new = another_desk.without(world, new)
            log.missing += new
            if len(batch) == BATCH:  # there may be more
                begin(new)
        log.whole = not log.stopped
    except NoMessageLog:
        world.journal.event("no_message_log", carrier=log.carrier)
    except CarrierError as failure:
        world.journal.event("log_not_read", carrier=log.carrier, reason=failure.reason)
        world.journal.count("log_not_read")


def _batches(lines: Iterable[CarrierRecord]) -> Iterator[list[CarrierRecord]]:
    each = iter(lines)
    while batch := list(islice(each, BATCH)):
        yield batch
