"""One minute's share of the number, given away by one tick: held by a conditional write first, so that two ticks never give the
same second twice, and settled at the end. Rows that do not fit stay due, or move to a later minute where many wait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil

from ..core.records import ABSENT, Change, Due, PacedDay, Update
from ..core.throughput import (
    MOST_PARTS,
    TICK,
    Bucket,
    Lane,
    Throughput,
    bucket_of,
    carrier_day,
    kept_for_others,
    lane_of,
)
from ..errors import Conflict, Rejected, StoreError, WakeFailed
from ..ports import World
from .outbox import gone, keep_due

HELD = 2 * TICK  # an offer may reach into the next minute: its row also ends holds, which waits for nothing
MANY = 500  # rows that wait behind this minute: more would stand before a page in the tick's one look
AT_ONCE = 49  # moved in one transaction
LASTS = timedelta(seconds=45)  # then nobody writes more: Lambda ends a tick at 55, and a minute that is not settled is lost


@dataclass
class Minute:
    """`ports.Pace` for one tick. Nothing is read before somebody asks for room."""

    world: World
    now: datetime
    waiting: Mapping[Lane, int]
    bucket: Bucket | None = None  # None: not asked yet, or nothing to give
    was: PacedDay | None = None
    held: int = 0
    asked: bool = False
    texts: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    wakes: list[tuple[str, datetime]] = field(default_factory=list)

    @property
    def limits(self) -> Throughput:
        return self.world.clinic.throughput

    def room(self, lane: Lane) -> bool:
        """Whether one more text of this lane may be written now."""
        if self.world.clock() - self.now > LASTS:
            return False
        if not self.asked:
            self.asked = True
            self._hold()
        if self.bucket is None:
            return False
        others = kept_for_others(lane, self.waiting)
        reaches = self.now + (HELD if lane is Lane.OFFERS else TICK) - others * self.bucket.each
        return self.bucket.has(MOST_PARTS, reaches) and self.bucket.left >= MOST_PARTS + others

    def slot(self, kind: str, parts: int, row: str) -> datetime | None:
        """When this text leaves; None: at once. It is woken by `wake`."""
        lane = lane_of(kind)
        if lane is Lane.PERSON or self.bucket is None:
            return None
        at, self.bucket = self.bucket.take(parts)
        self.texts[lane.name] = self.texts.get(lane.name, 0) + 1
        self.parts[lane.name] = self.parts.get(lane.name, 0) + parts
        if at <= self.now:
            return None
        self.wakes.append((row, at))
        return at

    def wake(self) -> None:
        """After the rows are written: each is handed back when its turn comes. What the queue loses, a later tick finds."""
        for row, at in self.wakes:
            try:
                self.world.later.wake(row, ceil((at - self.now) / timedelta(seconds=1)))
            except WakeFailed:
                self.world.journal.count("paced_not_woken")
        self.wakes.clear()

    def forget(self) -> None:
        """What was asked for was not written."""
        self.wakes.clear()

    def _hold(self) -> None:
        """The minute is ours, or another tick's: then nothing of ours leaves in it."""
        day = carrier_day(self.now)
        try:
            self.was = self.world.store.get(PacedDay, day) or PacedDay(day)
            bucket = bucket_of(self.was, self.limits, self.now)
            self.held = min(max(bucket.left, 0), self.limits.in_time(HELD) + MOST_PARTS)
            if bucket.free_at >= self.now + TICK or self.held <= 0:
                return
            self._change({"free_at": self.now + HELD, "taken": self.was.taken + self.held}, self.was.version)
            self.bucket = replace(bucket, left=self.held)
        except (Rejected, Conflict):
            self.world.journal.count("pace_contended")
        except StoreError:
            self.world.journal.count("pace_not_read")

    def settle(self) -> None:
        """What was not used is free again. Where this is lost, the minute counts as used."""
        if self.bucket is None or self.was is None:
            return
        fields = {
            "free_at": self.bucket.free_at, "taken": self.was.taken + sum(self.parts.values()),
            "texts": _sum(self.was.texts, self.texts), "parts": _sum(self.was.parts, self.parts),
        }  # fmt: skip
        try:
            self._change(fields, self.was.version + 1)
        except StoreError:
            self.world.journal.count("pace_not_settled")

    def _change(self, fields: dict[str, object], version: int) -> None:
        change = Update(
            PacedDay, (carrier_day(self.now),), set={**fields, "version": version + 1},
            expect={"version": version or ABSENT}, create=not version,
        )  # fmt: skip
        self.world.store.commit(change)


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {*one, *other}}


def spread(world: World, rows: Sequence[Due], now: datetime) -> None:
    """Many that did not fit go to the minutes in which they will, once each: the next tick reads its slice and no more."""
    a_minute = max(1, world.clinic.throughput.in_time(TICK))
    if len(rows) <= MANY:
        return
    moved = [replace(row, at=now + TICK * (1 + at // a_minute)) for at, row in enumerate(rows)]
    for first in range(0, len(rows), AT_ONCE):
        pairs = zip(rows[first : first + AT_ONCE], moved[first : first + AT_ONCE], strict=True)
        changes: list[Change] = [change for was, later in pairs for change in (gone(was), keep_due(later))]
        try:
            world.store.commit(*changes)
        except StoreError:
            world.journal.count("not_spread")
            return
