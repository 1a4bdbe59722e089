"""What the page of phones can do to the laptop: move the clock, and take the store away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.errors import PorchlightError
from chalicelib.flows.outbox import SHARD
from chalicelib.ports import World

from .aws import Aws
from .clock import HOUR, Clock
from .events import Schedule, in_words

FAR = timedelta(days=3650)
JUMPS = {"hour": HOUR, "day": timedelta(days=1)}


class LaptopControls:
    """`world` is asked late: it does not exist yet when the phones start."""

    def __init__(self, clock: Clock, aws: Aws, schedule: Callable[[], Schedule], world: Callable[[], World]):
        self._clock, self._aws, self._schedule, self._world = clock, aws, schedule, world

    @property
    def ahead(self) -> str:
        return in_words(self._clock.offset)

    @property
    def store_is_down(self) -> bool:
        return self._aws.store_is_down

    def store_down(self, down: bool) -> None:
        if down != self._aws.store_is_down:
            self._aws.store_down(down)

    def jump(self, to: str) -> str:
        """`to`: now, hour, day, due. Returns what happened, in words."""
        if to in JUMPS:
            return self._forward(self._clock.now() + JUMPS[to])
        if to == "due":
            due = self._next_due()
            return self._forward(due) if due else "Nothing is due."
        self._clock.back_to_real_time()
        return "Back to real time."

    def _forward(self, instant: datetime) -> str:
        moved = in_words(instant - self._clock.now()) or "less than a minute"
        ticks = self._schedule().jump(instant)
        return f"Moved {moved}: {ticks} tick{'s' * (ticks != 1)}."

    def _next_due(self) -> datetime | None:
        now = self._clock.now()
        try:
            rows = self._world().store.due(SHARD, now + FAR)
        except PorchlightError:
            return None
        return min((row.at for row in rows if row.at > now), default=None)
