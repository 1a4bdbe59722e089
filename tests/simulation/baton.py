"""Threads that take turns: at any instant one of them runs, so every run of a story is the same.

Who waits gives up when virtual time has passed its limit; the work it waited for is held where it was and goes on once
the invocation has ended, as a late thread does in production.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from queue import SimpleQueue
from threading import Event, Thread, current_thread
from typing import Any, TypeVar

from chalicelib.errors import DeadlineExceeded
from tests.fakes.world import FakeClock

T = TypeVar("T")


class Killed(BaseException):
    """The process that this thread belonged to is gone."""


class Work(Thread):
    """One piece of work under a limit."""

    def __init__(self, work: Callable[[], Any], until: datetime):
        super().__init__(daemon=True)
        self._work, self.until, self.wakes = work, until, until
        self.told: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self.go_on, self.late, self.killed = Event(), False, False

    def run(self) -> None:
        try:
            self.told.put(("done", self._work()))
        except BaseException as failure:  # handed to whoever waits
            self.told.put(("failed", failure))

    def hold(self) -> None:
        """In this thread: nobody waits any more."""
        self.late = True
        self.told.put(("late", None))
        self.go_on.wait()
        if self.killed:
            raise Killed


class BatonPatience:
    """`ports.Patience` in virtual time."""

    def __init__(self, clock: FakeClock):
        self._clock = clock
        self._late: list[Work] = []

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        worker = Work(work, self._clock.now + timedelta(seconds=max(seconds, 0.001)))
        worker.start()
        how, what = worker.told.get()
        if how == "late":
            self._late.append(worker)
            raise DeadlineExceeded(f"{seconds:.1f} s")
        worker.join()
        if how == "failed":
            raise what
        return what  # type: ignore[no-any-return]

    def spend(self, seconds: float) -> None:
        """Virtual time passes in the thread that calls; it may be left behind."""
        worker, then = current_thread(), self._clock.now + timedelta(seconds=seconds)
        if isinstance(worker, Work) and not worker.late and then > worker.until:
            self._clock.now, worker.wakes = max(self._clock.now, worker.until), then
            return worker.hold()
        self._clock.now = then

    def wait_for(self, worker: Thread | None) -> None:
        """In any thread: what that late worker holds is needed, so its silence is waited out."""
        if not isinstance(worker, Work) or worker not in self._late:
            return
        self.spend(max((worker.wakes - self._clock.now).total_seconds(), 0.0))
        if worker in self._late:
            self._late.remove(worker)
            self._finish(worker, alive=True)

    def end(self, *, alive: bool) -> None:
        """The invocation is over: late work goes on to its end, or dies with its process."""
        while self._late:
            self._finish(self._late.pop(0), alive=alive)

    def _finish(self, worker: Work, *, alive: bool) -> None:
        worker.killed = not alive
        worker.go_on.set()
        worker.told.get()
        worker.join()


class BatonLock:
    """A lock that a late worker may hold: whoever needs it waits in virtual time."""

    def __init__(self, patience: BatonPatience):
        self._patience = patience
        self._owner: Thread | None = None

    def acquire(self, blocking: bool = True) -> bool:
        if self._owner is not None and not blocking:
            return False
        self._patience.wait_for(self._owner)
        self._owner = current_thread()
        return True

    def release(self) -> None:
        self._owner = None

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()
