"""The clinic as administrators last left it, without anybody waiting for it longer than a moment.

The file serves until the store has answered once; then the last answer serves while a new one is fetched aside. Lambda freezes a
function between two events, for hours where nobody writes: who wakes with an answer that is old waits half a second for a new
one, or would page whoever was on call then. A store that does not answer changes nothing (N2).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from threading import Lock, Thread

from ..core.clinic import Clinic
from ..core.settings import Setting
from ..core.settings_overlay import overlaid
from ..errors import StoreError

MAX_AGE = 20.0  # seconds until a change is asked for
OLD = 30.0  # seconds after which an answer is waited for …
WAITS = 0.5  # … so long
PATIENCE = 10.0  # seconds before a read that failed is tried again

Join = Callable[[float], object]  # waits so many seconds for the end of what was begun


def _thread(work: Callable[[], None]) -> Join:
    thread = Thread(target=work, daemon=True)
    thread.start()
    return thread.join


class LiveClinic:
    """`read`: the stored settings, raising `StoreError`; `aside`: does not wait for its work. `clock`: seconds; the wall's, since
    one that only grows stands still with a frozen function."""

    def __init__(
        self,
        base: Clinic,
        read: Callable[[], Iterable[Setting]],
        clock: Callable[[], float] = time.time,
        aside: Callable[[Callable[[], None]], Join] = _thread,
    ) -> None:
        self._base, self._read, self._clock, self._aside = base, read, clock, aside
        self._lock = Lock()
        self._now, self._asked, self._until, self._answered = base, 0.0, float("-inf"), float("-inf")
        self._join: Join = lambda _: None

    def now(self, waits: bool = True) -> Clinic:
        """The clinic, at once or nearly. The same object while nothing changed. `waits`: a start has other things to do."""
        self._ask()
        if waits and not 0 <= self._clock() - self._answered < OLD:
            self._join(WAITS)
        return self._now

    def _ask(self) -> None:
        if not self._asked <= self._clock() < self._until and self._lock.acquire(blocking=False):
            self._rests(PATIENCE)
            self._join = self._aside(self._again)

    def stale(self) -> None:
        """Ask again at the next look: somebody just changed something here."""
        self._until = float("-inf")

    def _again(self) -> None:
        """The lock is held: one at a time. Whatever the store answers, the lock is let go."""
        try:
            fresh = overlaid(self._base, self._read())
            self._now = self._now if fresh == self._now else fresh
            self._answered, self._until = self._asked, self._asked + MAX_AGE  # it is as old as the question
        except StoreError:
            self._rests(PATIENCE)
        finally:
            self._lock.release()

    def _rests(self, seconds: float) -> None:
        self._asked = self._clock()
        self._until = self._asked + seconds
