"""The clinic as administrators last left it, without anybody ever waiting for it.

The file serves until the store has answered once; then the last answer serves while a new one is fetched aside. A store
that does not answer changes nothing (N2).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from threading import Lock, Thread

from ..core.clinic import Clinic
from ..core.settings import Setting
from ..core.settings_overlay import overlaid
from ..errors import StoreError

MAX_AGE = 30.0  # seconds until a change is asked for
PATIENCE = 10.0  # seconds before a read that failed is tried again


def _thread(work: Callable[[], None]) -> None:
    Thread(target=work, daemon=True).start()


class LiveClinic:
    """`read`: the stored settings, raising `StoreError`; `clock`: seconds that only grow; `aside`: does not wait for its work."""

    def __init__(
        self,
        base: Clinic,
        read: Callable[[], Iterable[Setting]],
        clock: Callable[[], float] = time.monotonic,
        aside: Callable[[Callable[[], None]], None] = _thread,
    ) -> None:
        self._base, self._read, self._clock, self._aside = base, read, clock, aside
        self._lock = Lock()
        self._now, self._until = base, float("-inf")

    def now(self) -> Clinic:
        """The clinic, at once. The same object for as long as nothing changed."""
        if self._clock() >= self._until and self._lock.acquire(blocking=False):
            self._until = self._clock() + PATIENCE
            self._aside(self._again)
        return self._now

    def stale(self) -> None:
        """Ask again at the next look: somebody just changed something here."""
        self._until = float("-inf")

    def _again(self) -> None:
        """The lock is held: one at a time. Whatever the store answers, the lock is let go."""
        try:
            fresh = overlaid(self._base, self._read())
            self._now = self._now if fresh == self._now else fresh
            self._until = self._clock() + MAX_AGE
        except StoreError:
            self._until = self._clock() + PATIENCE
        finally:
            self._lock.release()
