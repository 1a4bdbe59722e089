"""Compare with the carrier's own message log, hourly and at once when asked: what never reached us comes in now (N1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ..core.bells import Bell, heard
from ..core.messages import CarrierRecord
from ..core.records import Compared, Update
from ..ports import World
from . import undelivered
from .bring_in import AT_ONCE, Bringing
from .read_logs import read_logs
from .receive_sms import NotKept

LOOK_BACK = timedelta(hours=26)  # before the last comparison that was complete: a log can show a text late
LONGEST = timedelta(days=14)  # as long as the parking queue remembers
AGAIN_AFTER, LOOKS = 120, 8  # seconds; Lambda itself ends a chain at some sixteen
READ_AGAIN = timedelta(seconds=20)  # or four times what reading takes; then anew: a crisis of meanwhile goes before others (N2)
ENOUGH = timedelta(seconds=200)  # of one comparison: Lambda ends it at three hundred, in the middle of a text
READING = ENOUGH / 2  # of all logs: a look that only reads brings nobody in, and the next would read the same


def reconcile(world: World) -> int:
    """At once, when asked: the last day. How many texts were brought in. Raises `StoreError` when what is kept cannot be
    told; NotKept, at the end, when one could not be kept: the others were."""
    return _compare(world, _last_day(world)).or_raise()


def look_now(world: World, words: Iterable[str]) -> int:
    """Somebody rang: at once, and again two minutes later, until nothing comes any more. A log can show a text late, and the
    fallback address rings once a second at most: what fell back between two rings stands in the log by then. What one
    function has no time for, the next goes on with at once. `words`: what the bells said. Raises as `reconcile`, and
    `ParkFailed`."""
    bell, now = heard(words), world.clock()
    since = _bounded(min(bell.since or now, now - LOOK_BACK), now)
    done = _compare(world, dict.fromkeys(world.carriers, since), bell.until)
    if not done.to_the_end and bell.look < LOOKS:
        if bell.look == 0 and done.until:  # the next looks no more at what comes meanwhile
            world.parking.wake_reconciliation(Bell(1).word, AGAIN_AFTER)
        return _handed_on(world, Bell(bell.look + 1, bell.since, done.until), done)
    brought = done.or_raise()
    if done.to_the_end and (bell.look == 0 or (brought and bell.look < LOOKS)):
        world.parking.wake_reconciliation(Bell(bell.look + 1).word, AGAIN_AFTER)
    return brought


def reconcile_hourly(world: World) -> int:
    """As `reconcile`, but from before the last comparison that was complete, however long ago that was. What it has no time
    for, a look by the bell goes on with at once. Raises as `look_now`."""
    now = world.clock()
    since = {name: _since(world, name, now) for name in world.carriers}
    done = _compare(world, since)
    if not done.to_the_end:
        return _handed_on(world, Bell(1, min(since.values()), done.until), done)
    brought = done.or_raise()
    for name in sorted(done.whole):
        world.store.commit(Update(Compared, (name,), set={"at": now}, create=True))
    return brought


def _handed_on(world: World, bell: Bell, done: _Done) -> int:
    """The next look asks again for what could not be kept, and raises when that is all there is: who raised here would be
    woken again, and ring for one more chain of looks each time."""
    world.parking.wake_reconciliation(bell.word, 1)
    return done.brought


def _last_day(world: World) -> dict[str, datetime]:
    return dict.fromkeys(world.carriers, world.clock() - LOOK_BACK)


def _since(world: World, name: str, now: datetime) -> datetime:
    """However long nothing could be kept, the next comparison begins before that (N1)."""
    last = world.store.get(Compared, name)
    return _bounded((last.at if last else now) - LOOK_BACK, now)


def _bounded(since: datetime, now: datetime) -> datetime:
    return max(since, now - LONGEST)


@dataclass(frozen=True, slots=True)
class _Done:
    """`whole`: carriers whose log was read to its end; `to_the_end`: everything missing was come to. `until`: all that is
    later was; None: begin with the latest."""

    brought: int
    tried: int
    whole: frozenset[str]
    to_the_end: bool
    until: datetime | None

    def or_raise(self) -> int:
        if self.brought < self.tried:
            raise NotKept("reconcile")
        return self.brought


def _compare(world: World, since: Mapping[str, datetime], until: datetime | None = None) -> _Done:
    """What is missing since then, brought in; the logs are read again for as long as that takes."""
    bringing, known, missing, whole = Bringing(world), set[str](), dict[str, CarrierRecord](), set[str]()
    failed = dict[str, CarrierRecord]()
    ends = world.clock() + ENOUGH
    while True:
        began = world.clock()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            begin = partial(bringing.begin, until=ends, pool=pool)
            logs = read_logs(world, since, until, known, begin, min(ends, began + READING))
            took = world.clock() - began
        bringing.settle()
        for log in logs:
            known |= log.kept
            missing |= {line.carrier_id: line for line in log.missing}
            failed |= {line.carrier_id: line for line in log.failed}
            whole |= {log.carrier} if log.whole else set()
        known |= missing.keys()
        left = [line for each, line in missing.items() if each not in bringing.tried]
        brought_all = bringing.bring(left, min(ends, world.clock() + max(READ_AGAIN, 4 * took)))
        stopped = [log.stopped_at for log in logs if log.stopped]
        if brought_all or stopped or world.clock() >= ends:
            break
    if brought_all and not stopped:  # else who wrote may still stand in what the next look reads (N2)
        undelivered.learn(world, failed.values(), ends)
    world.journal.count("reconciled", bringing.brought)
    goes_on = _latest(stopped) if brought_all else None
    return _Done(bringing.brought, len(bringing.tried), frozenset(whole), brought_all and not stopped, goes_on)


def _latest(stopped: Sequence[datetime | None]) -> datetime | None:
    """From where the next look reads on, so that no log is left out."""
    known = [at for at in stopped if at is not None]
    return max(known) if known and len(known) == len(stopped) else None
