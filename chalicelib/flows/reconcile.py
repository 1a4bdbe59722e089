"""Compare with the carrier's own message log, hourly and at once when asked: what never reached us comes in now (N1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from ..core.messages import CarrierRecord, Direction
from ..core.records import Compared, Update
from ..errors import CarrierError, NoMessageLog
from ..ports import World
from .bring_in import AT_ONCE, Bringing
from .receive_sms import NotKept

LOOK_BACK = timedelta(hours=26)  # before the last comparison that was complete: a log can show a text late
LONGEST = timedelta(days=14)  # as long as the parking queue remembers
BATCH = 100
AGAIN, AGAIN_AFTER, LOOKS = "again ", 120, 8  # a word with its number; seconds; Lambda itself ends a chain at some sixteen
READ_AGAIN = timedelta(seconds=20)  # or four times what reading takes; then anew: a crisis of meanwhile goes before others (N2)
ENOUGH = timedelta(seconds=200)  # of one comparison: Lambda ends it at three hundred, in the middle of a text


def reconcile(world: World) -> int:
    """At once, when asked: the last day. How many texts were brought in. Raises `StoreError` when what is kept cannot be
    told; NotKept, at the end, when one could not be kept: the others were."""
    return _compare(world, _last_day(world)).or_raise()


def look_now(world: World, words: Iterable[str]) -> int:
    """Somebody rang: at once, and again two minutes later, until nothing comes any more. A log can show a text late, and the
    fallback address rings once a second at most: what fell back between two rings stands in the log by then. What one
    function has no time for, the next goes on with at once. `words`: what the bells said; `again 3` is a look after a look.
    Raises as `reconcile`, and `ParkFailed`."""
    look = min((_look(word) for word in words), default=0)
    done = _compare(world, _last_day(world))
    if not done.to_the_end and look < LOOKS:
        world.parking.wake_reconciliation(f"{AGAIN}{look + 1}", 1)
    brought = done.or_raise()
    if done.to_the_end and (look == 0 or (brought and look < LOOKS)):
        world.parking.wake_reconciliation(f"{AGAIN}{look + 1}", AGAIN_AFTER)
    return brought


def _look(word: str) -> int:
    """Which look after a bell this is; 0 for the bell itself."""
    number = word.removeprefix(AGAIN)
    return int(number) if number != word and number.isdecimal() else 0


def reconcile_hourly(world: World) -> int:
    """As `reconcile`, but from before the last comparison that was complete, however long ago that was."""
    now = world.clock()
    done = _compare(world, {name: _since(world, name, now) for name in world.carriers})
    brought = done.or_raise()
    for name in sorted(done.whole) if done.to_the_end else ():
        world.store.commit(Update(Compared, (name,), set={"at": now}, create=True))
    return brought


def _last_day(world: World) -> dict[str, datetime]:
    return dict.fromkeys(world.carriers, world.clock() - LOOK_BACK)


def _since(world: World, name: str, now: datetime) -> datetime:
    """However long nothing could be kept, the next comparison begins before that (N1)."""
    last = world.store.get(Compared, name)
    return max((last.at if last else now) - LOOK_BACK, now - LONGEST)


@dataclass(frozen=True, slots=True)
class _Done:
    """`whole`: carriers whose log was read to its end; `to_the_end`: everything missing was come to."""

    brought: int
    tried: int
    whole: frozenset[str]
    to_the_end: bool

    def or_raise(self) -> int:
        if self.brought < self.tried:
            raise NotKept("reconcile")
        return self.brought


def _compare(world: World, since: Mapping[str, datetime]) -> _Done:
    """What is missing since then, brought in; the logs are read again for as long as that takes."""
    bringing, known, missing, whole = Bringing(world), set[str](), dict[str, CarrierRecord](), set[str]()
    ends = world.clock() + ENOUGH
    while True:
        began = world.clock()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            begin = partial(bringing.begin, until=ends, pool=pool)
            logs = [_read(world, name, at, known, begin) for name, at in since.items()]
        bringing.settle()
        for log in logs:
            known |= log.kept
            missing |= {line.carrier_id: line for line in log.missing}
            whole |= {log.carrier} if log.whole else set()
        known |= missing.keys()
        now = world.clock()
        left = [line for each, line in missing.items() if each not in bringing.tried]
        to_the_end = bringing.bring(left, min(ends, now + max(READ_AGAIN, 4 * (now - began))))
        if to_the_end or world.clock() >= ends:
            break
    world.journal.count("reconciled", bringing.brought)
    return _Done(bringing.brought, len(bringing.tried), frozenset(whole), to_the_end)


@dataclass(frozen=True, slots=True)
class _Log:
    """What one carrier handed us, kept and missing. `whole`: its log was read to the end."""

    carrier: str
    missing: list[CarrierRecord]
    kept: set[str]
    whole: bool = False


def _read(world: World, name: str, since: datetime, known: set[str], begin: Callable[[list[CarrierRecord]], None]) -> _Log:
    """What it told before it failed counts. `known`: ids that are not looked up again. `begin`: what pages does not wait until
    all of a long log is read (N2)."""
    missing, kept = list[CarrierRecord](), set[str]()
    try:
        lines = world.carriers[name].log_since(since)
        for batch in _batches(line for line in lines if line.direction == Direction.IN and line.carrier_id not in known):
            kept |= set(world.store.kept(name, [line.carrier_id for line in batch]))
            new = [line for line in batch if line.carrier_id not in kept]
            missing += new
            if len(batch) == BATCH:  # there may be more
                begin(new)
        return _Log(name, missing, kept, whole=True)
    except NoMessageLog:
        world.journal.event("no_message_log", carrier=name)
    except CarrierError as failure:
        world.journal.event("log_not_read", carrier=name, reason=failure.reason)
        world.journal.count("log_not_read")
    return _Log(name, missing, kept)


def _batches(lines: Iterable[CarrierRecord]) -> Iterator[list[CarrierRecord]]:
    each = iter(lines)
    while batch := list(islice(each, BATCH)):
        yield batch
