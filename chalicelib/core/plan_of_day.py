"""When each lane will be through at this number's throughput, and what will not fit into the day. Pure; a minute at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .throughput import PACED, TICK, Lane, Throughput, carrier_day, kept_for_others


@dataclass(frozen=True, slots=True)
class Planned:
    """So many texts of one lane, of so many parts together, that may leave from `at` on."""

    at: datetime
    lane: Lane
    texts: int
    parts: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """One lane of one day. `through`: when its last text leaves; `over`: how many texts do not fit before the day ends."""

    lane: Lane
    texts: int
    parts: int
    through: datetime | None = None
    over: int = 0


@dataclass
class _Queue:
    """What waits in a lane at a moment, in parts; `each`: parts of one text."""

    texts: int = 0
    parts: float = 0.0
    waits: float = 0.0
    through: datetime | None = None
    coming: list[tuple[datetime, float]] = field(default_factory=list)

    @property
    def each(self) -> float:
        return self.parts / self.texts if self.texts else 1.0


def forecast(
    planned: Iterable[Planned], limits: Throughput, since: datetime, until: datetime, taken: Mapping[str, int]
) -> dict[Lane, Forecast]:
    """Lanes in their order, from `since` to `until`. `taken`: parts already given away, by the carrier's day."""
    queues = {lane: _Queue() for lane in PACED}
    for each in sorted(planned, key=lambda item: item.at):
        if each.at < until:
            queue = queues[each.lane]
            queue.texts, queue.parts = queue.texts + each.texts, queue.parts + each.parts
            queue.coming.append((each.at, each.parts))
    left, at = dict(taken), since
    while at < until and any(queue.waits or queue.coming for queue in queues.values()):
        day = carrier_day(at)
        used = _minute(queues, limits, at, limits.a_day - left.get(day, 0))
        left[day] = left.get(day, 0) + used
        at += TICK
    return {lane: _found(lane, queue) for lane, queue in queues.items()}


def _minute(queues: Mapping[Lane, _Queue], limits: Throughput, at: datetime, left: float) -> int:
    """Parts that leave in this minute."""
    for queue in queues.values():
        while queue.coming and queue.coming[0][0] < at + TICK:
            queue.waits += queue.coming.pop(0)[1]
    room = min(TICK / limits.each, max(0.0, left))
    began = room
    for lane, queue in queues.items():
        others = kept_for_others(lane, {each: int(other.waits > 0) for each, other in queues.items()})
        gone = min(queue.waits, max(0.0, room - others))
        if gone > 0:
            queue.through = at + min(TICK, (began - room + gone) * limits.each)
        queue.waits, room = queue.waits - gone, room - gone
    return round(began - room)


def _found(lane: Lane, queue: _Queue) -> Forecast:
    over = queue.waits + sum(parts for _, parts in queue.coming)
    texts = round(over / queue.each)
    return Forecast(lane, queue.texts, round(queue.parts), None if texts else queue.through, texts)


def fits(found: Mapping[Lane, Forecast]) -> bool:
    return not any(each.over for each in found.values())


def duration(parts: int, limits: Throughput) -> timedelta:
    """How long so many parts take when nothing else leaves."""
    return parts * limits.each
