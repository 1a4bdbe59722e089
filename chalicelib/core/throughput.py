"""How fast texts leave a number: lanes, a bucket of message parts, and the carrier's day. Pure.

A person's words leave at once and wait for nobody. Everything that we begin shares what is left, spaced so that the number's
own queue at the carrier never holds more than one of them (RULES DLC-3, DLC-4, DLC-6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, time, timedelta
from enum import IntEnum
from typing import ClassVar
from zoneinfo import ZoneInfo

from .messages import Kind
from .quick import dataclass

RESERVED = 0.2  # DLC-6: of the rate and of the day, for answers
CARRIER_DAY = ZoneInfo("America/Los_Angeles")  # DLC-4: T-Mobile's day ends at midnight Pacific
MOST_PARTS = 2  # SEG-6: of one text that we begin
TICK = timedelta(minutes=1)  # what one tick may give away


class Lane(IntEnum):
    """Who leaves first. Only the first is not paced."""

    PERSON = 0
    VISITS = 1
    OFFERS = 2
    COMING_BACK = 3
    CAMPAIGNS = 4


PACED = (Lane.VISITS, Lane.OFFERS, Lane.COMING_BACK, Lane.CAMPAIGNS)
LABELS: dict[Lane, str] = {
    Lane.VISITS: "Texts before visits",
    Lane.OFFERS: "Waitlist offers",
    Lane.COMING_BACK: "After a missed visit",
    Lane.CAMPAIGNS: "Campaigns",
}
# Kinds that are not here are somebody's answer, or a person's own words.
OF_KIND: dict[Kind, Lane] = {
    Kind.REMINDER: Lane.VISITS,
    Kind.ACCESS: Lane.VISITS,
    Kind.OFFER: Lane.OFFERS,
    Kind.MISSED: Lane.COMING_BACK,
    Kind.REENGAGE: Lane.COMING_BACK,
    Kind.CAMPAIGN: Lane.CAMPAIGNS,
}
OF_DUE: dict[str, Lane] = {
    "touch": Lane.VISITS,
    "slot": Lane.OFFERS,
    "reengage": Lane.COMING_BACK,
    "campaign": Lane.CAMPAIGNS,
}


def lane_of(kind: str) -> Lane:
    """The lane of a kind of text."""
    return OF_KIND.get(Kind(kind), Lane.PERSON) if kind in set(Kind) else Lane.PERSON


@dataclass(frozen=True, slots=True)
class Throughput:
    """What the carriers allow one number, from the clinic's file. A number that nobody asked more for: DLC-3's lowest rows."""

    parts_per_second: float = 1.0
    parts_per_day: int = 2000

    @property
    def each(self) -> timedelta:
        """How long a part of what we begin takes, so that a fifth of the rate stays free."""
        return timedelta(seconds=1 / (self.parts_per_second * (1 - RESERVED)))

    @property
    def a_day(self) -> int:
        """Parts that we begin in one of the carrier's days."""
        return int(self.parts_per_day * (1 - RESERVED))

    def in_time(self, span: timedelta) -> int:
        return max(0, int(span / self.each))


@dataclass(frozen=True, slots=True)
class Bucket:
    """`free_at`: when the next part may begin; `left`: how many of the carrier's day are left; `ends`: when that day does."""

    each: timedelta
    free_at: datetime
    left: int
    ends: datetime

    def has(self, parts: int, until: datetime) -> bool:
        """Whether a text of so many parts can begin before `until`, and is through before the carrier's day ends."""
        return self.left >= parts and self.free_at < until and self.free_at + parts * self.each <= self.ends

    def take(self, parts: int) -> tuple[datetime, Bucket]:
        """When it begins, and the bucket after it."""
        return self.free_at, replace(self, free_at=self.free_at + parts * self.each, left=self.left - parts)


def carrier_day(now: datetime) -> str:
    """"2026-11-28", as the carrier counts days."""
    return now.astimezone(CARRIER_DAY).date().isoformat()


def day_ends(now: datetime) -> datetime:
    """When the carrier's day does: the next midnight Pacific (UTC)."""
    tomorrow = now.astimezone(CARRIER_DAY).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, CARRIER_DAY).astimezone(ZoneInfo("UTC"))


def kept_for_others(lane: Lane, waiting: Mapping[Lane, int]) -> int:
    """Parts that a lane leaves to those below it that wait: one text each, so that nobody starves behind a full lane."""
    return MOST_PARTS * sum(1 for each in PACED if each > lane and waiting.get(each))


@dataclass(frozen=True, slots=True)
class PacedDay:
    """What the number has given away in one of the carrier's days. `texts`, `parts`: by lane, what left the outbox."""

    key: ClassVar[tuple[str, ...]] = ("day",)
    day: str
    free_at: datetime | None = None
    taken: int = 0  # parts, those that a tick holds for its minute too
    texts: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    version: int = 0


def bucket_of(paced: PacedDay | None, limits: Throughput, now: datetime) -> Bucket:
    """The bucket as the day stands at `now`."""
    free_at = max(now, paced.free_at) if paced and paced.free_at else now
    return Bucket(limits.each, free_at, limits.a_day - (paced.taken if paced else 0), day_ends(now))
