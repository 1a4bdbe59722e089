"""What the page of phones can do to the laptop: move the clock, and take the store away."""

from __future__ import annotations

import threading
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
    """`world` is asked late: it does not exist yet when the phones start. `changed`: the page has something new to show."""

    def __init__(
        self, clock: Clock, aws: Aws, schedule: Callable[[], Schedule], world: Callable[[], World],
        changed: Callable[[], None] = lambda: None,
    ):  # fmt: skip
        self._clock, self._aws, self._schedule, self._world, self._changed = clock, aws, schedule, world, changed
        self._on_the_way = threading.Lock()

    @property
    def ahead(self) -> str:
        return in_words(self._clock.offset)

    @property
    def moving(self) -> bool:
        """A day is 84 ticks, each with what is due in it: seconds on a quiet machine, minutes on a busy one."""
        return self._on_the_way.locked()

    @property
    def store_is_down(self) -> bool:
        return self._aws.store_is_down

    def store_down(self, down: bool) -> None:
        if down != self._aws.store_is_down:
            self._aws.store_down(down)

    def jump(self, to: str) -> str:
        """`to`: now, hour, day, due. Returns what happened, in words. One jump at a time: a second press is not another day."""
        if not self._on_the_way.acquire(blocking=False):
            return "The clock is moving already."
        try:
            self._changed()
            return self._jump(to)
        finally:
            self._on_the_way.release()

    def _jump(self, to: str) -> str:
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
