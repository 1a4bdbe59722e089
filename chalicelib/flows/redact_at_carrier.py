"""Take the words of texts out of the carrier's own log, hours after they were written: once we have them, the log was compared
(N1), and nobody can need the log to tell whether one of ours was sent (N4). Each is asked for again and seen to be empty.

The log itself is the list: what could not be emptied is still there and is tried again each hour. Off until the clinic's file
says after how many hours (docs/decisions/redaction.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from ..core.messages import CarrierRecord, Direction, Reason, Status
from ..core.records import ABSENT, Compared, Due, Message, Put, Redacted, Standing, Update
from ..errors import CarrierError, NoMessageLog, Rejected, StoreError
from ..ports import World
from . import another_desk, own_text, trail
from .find_row import find_row
from .outbox import SHARD, gone, keep_due, split_row
from .read_many import read_many
from .reconcile import LONGEST
from .reconcile_row import SLACK

KIND = "redact"  # Due.kind
READER = "job:redact"
HOUR, DAY, SOON = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
WORK = timedelta(seconds=10)  # of a tick's minute, behind whatever else is due
SOME = 50  # between two lines of the trail
MOST_STANDING = 100  # so many are known by name; with more of them something is wrong, and no further day is begun
AGAIN = timedelta(minutes=50)
MOST_DUE = 5000
ASKED_LATER = timedelta(hours=2)  # how far ahead a due row can stand that still asks what became of a text
ASKS = ("deliver", "reconcile", "answer_check")  # the kinds of due rows that do
STOPS = (Reason.CARRIER_DOWN, Reason.THROTTLED, Reason.UNAUTHORISED)  # of the carrier, not of one text


def ask(world: World) -> None:
    """For the next tick, once an hour. What cannot be asked now is asked in an hour."""
    if not world.clinic.redact_hours:
        return
    hour = world.clock().replace(minute=0, second=0, microsecond=0)
    try:
        world.store.commit(keep_due(Due(SHARD, hour, f"{KIND}#{hour:%Y%m%d%H}", KIND, hour.isoformat())))
    except StoreError as failure:
        world.journal.event("redact_not_asked", error=type(failure).__name__)


def redact(world: World, due: Due) -> None:
    """Some seconds of it. What is left then is gone on with in a minute, until the next hour asks anew. Raises `StoreError`."""
    began, left = world.clock(), False
    if world.clinic.redact_hours:
        each = [_in_one_log(world, name, began) for name in world.carriers]
        left = any(each)
    goes_on = left and began + SOON < datetime.fromisoformat(due.target) + HOUR
    world.store.commit(gone(due), *([Put(replace(due, at=began + SOON))] if goes_on else []))


def _in_one_log(world: World, name: str, began: datetime) -> bool:
    """Whether something is left to do at once."""
    compared = world.store.get(Compared, name)
    if compared is None:
        return False
    until = min(began - timedelta(hours=world.clinic.redact_hours), compared.at)
    row = world.store.get(Redacted, name) or Redacted(name, began - LONGEST)
    work = _Work(world, began, row, _asked_about(world, began))
    try:
        work.once_more()
        while work.row.through < until and len(work.row.standing) <= MOST_STANDING:
            work.a_day(min(work.row.through + DAY, until))
        work.keep(looked_at=world.clock())
    except NoMessageLog:
        return False
    except _TimeIsOver:
        return True
    except CarrierError as failure:
        world.journal.event("not_redacted", carrier=name, reason=failure.reason)
        world.journal.count("not_redacted")
    world.journal.count("words_left_at_carrier", len(work.row.late(began, world.clinic.redact_hours)))
    return False


class _TimeIsOver(Exception):
    """Or another tick is at it: the rest waits for the next minute."""


@dataclass(slots=True)
class _Work:
    """One carrier's log in one go; `row` as it stands in the store. `asked`: since when the log may still be asked for words."""

    world: World
    began: datetime
    row: Redacted
    asked: datetime | None

    def once_more(self) -> None:
        for some in _batches(each for each in self.row.standing if each.tried_at + AGAIN <= self.began):
            self._empty(some)

    def a_day(self, until: datetime) -> None:
        """What the log has of at most a day, the oldest first. Nothing is passed over but what is written down by name."""
        since, known = self.row.through, {each.carrier_id for each in self.row.standing}
        lines = [each for each in self.world.carriers[self.row.carrier].log_since(since, until) if since <= each.at < until]
        theirs = [each for each in lines if (each.body or each.media) and not self._nobodys(each)]
        found = sorted(self._ours(theirs), key=lambda each: each.at)
        for some in _batches(_standing(each, self.began) for each in found if each.carrier_id not in known):
            self._empty(some)
        self.keep(through=until)

    def _nobodys(self, line: CarrierRecord) -> bool:
        """It has no words of a person's, and may be missing here: reconciliation does not bring it in."""
        return line.direction == Direction.IN and own_text.stands_in_log(self.world, line)

    def _ours(self, lines: Sequence[CarrierRecord]) -> list[CarrierRecord]:
        """What came to another desk's number is missing here for good, and not ours to empty."""
        left, came = ([each for each in lines if each.direction == way] for way in (Direction.OUT, Direction.IN))
        return left + another_desk.without(self.world, came)

    def _empty(self, some: Sequence[Standing]) -> None:
        """First it is written down that it is asked for, then how each was seen."""
        if self.world.clock() - self.began > WORK:
            raise _TimeIsOver
        ready, waits = self._ready(some)
        if ready:
            about = f"log_{self.row.carrier}"
            self.world.store.commit(
                trail.job(self.world, READER, about, "redact_texts", "operations", self.world.clock(), str(len(ready)))
            )
        tried = [*waits, *(self._one(each) for each in ready)]
        ids = {each.carrier_id for each in some}
        still = [*(each for each in self.row.standing if each.carrier_id not in ids), *(each for each in tried if each.why)]
        gone_now = sum(not each.why for each in tried)
        self.world.journal.count("redacted", gone_now)
        self.keep(standing=tuple(still), seen=self.row.seen + gone_now)

    def _ready(self, some: Sequence[Standing]) -> tuple[list[Standing], list[Standing]]:
        """What may be emptied; and what may not: what we do not have (N1), and what the log may still be asked about (N4)."""
        kept = self.world.store.kept(self.row.carrier, [each.carrier_id for each in some if each.inbound])
        ready, waits = list[Standing](), list[Standing]()
        for each in some:
            if each.inbound and each.carrier_id not in kept:
                waits.append(replace(each, why="not_kept", tried_at=self.began))
            elif not each.inbound and self.asked is not None and each.written_at >= self.asked - SLACK:
                waits.append(replace(each, why="not_settled", tried_at=self.began))
            else:
                ready.append(replace(each, tried_at=self.began))
        return ready, waits

    def _one(self, text: Standing) -> Standing:
        """Raises `CarrierError` where it is about the carrier and no single text."""
        try:
            seen = self.world.carriers[self.row.carrier].redact(text.carrier_id)
        except CarrierError as failure:
            if failure.reason in STOPS:
                raise
            return replace(text, why=failure.code or failure.reason)
        return replace(text, why="" if seen else "not_seen_empty")

    def keep(self, **fields: object) -> None:
        there = self.row
        self.row = replace(there, version=there.version + 1, **fields)  # type: ignore[arg-type]
        now = {name: getattr(self.row, name) for name in ("through", "seen", "standing", "looked_at", "version")}
        try:
            expect = {"version": there.version or ABSENT}
            self.world.store.commit(Update(Redacted, (there.carrier,), set=now, expect=expect, create=True))
        except Rejected:
            raise _TimeIsOver from None


def _standing(line: CarrierRecord, now: datetime) -> Standing:
    return Standing(line.carrier_id, line.direction == Direction.IN, line.at, now)


def _asked_about(world: World, now: datetime) -> datetime | None:
    """Since when texts of ours stand of which nobody knows whether they left: the log is asked for their words
    (`reconcile_row`). None: there is no such text."""
    rows = world.store.due_between(SHARD, now - LONGEST, now + ASKED_LATER, MOST_DUE)
    if len(rows) >= MOST_DUE:  # more than can be told: each may be one
        return now - LONGEST
    found = _rows_of(world, sorted({row.target for row in rows if row.kind in ASKS}))
    return min((each.at for each in found if each.status in (Status.CLAIMED, Status.UNKNOWN)), default=None)


def _rows_of(world: World, targets: Sequence[str]) -> Iterator[Message]:
    """Many at once: on a campaign's morning thousands wait, and none of them is asked about."""
    for target, row in zip(targets, read_many(world, [(Message, split_row(each)) for each in targets]), strict=True):
        there = row if isinstance(row, Message) and row.status != Status.MOVED else find_row(world, target)
        if there is not None:
            yield there


def _batches(texts: Iterable[Standing]) -> Iterator[list[Standing]]:
    each = iter(texts)
    while some := list(islice(each, SOME)):
        yield some
