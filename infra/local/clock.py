"""The laptop's clock: the real time plus an offset that a person can move forward."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def real_now() -> datetime:
    """The machine's own time, UTC."""
    return datetime.now(UTC)


class Clock:
    """Thread-safe. `now` is what the service, the carrier and the phones all read."""

    def __init__(self, real: Callable[[], datetime] = real_now):
        self._real, self._offset, self._lock = real, timedelta(), threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._real() + self._offset

    @property
    def offset(self) -> timedelta:
        """How far ahead of the real time we are."""
        with self._lock:
            return self._offset

    def move_to(self, instant: datetime) -> None:
        """Forward only: an earlier instant changes nothing."""
        with self._lock:
            self._offset = max(self._offset, instant - self._real())

    def set_to(self, instant: datetime) -> None:
        """Any instant, the past too: for making a history before the service starts."""
        with self._lock:
            self._offset = instant - self._real()

    def back_to_real_time(self) -> None:
        """The offset is gone. Rows written in the future stay in the future."""
        with self._lock:
            self._offset = timedelta()


def stops(start: datetime, end: datetime) -> Iterator[datetime]:
    """Where a jump from `start` to `end` pauses for a tick: each minute of its first hour, then each hour, then `end`.

    A jump of a day is 84 ticks and not 1,440; a step of an escalation (5 and 15 minutes) is never stepped over unseen.
    """
    instant = start
    while instant < end:
        instant = min(end, instant + (MINUTE if instant < start + HOUR else HOUR))
        yield instant
