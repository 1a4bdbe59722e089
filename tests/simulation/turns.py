"""Two workers, one call at a time, in every order: at each call of a shared thing one of them waits and the other goes on.

Orders are enumerated, not sampled: each run records where it had a choice, and the next run takes the other way at the
last such place. Sealing and hashing touch nothing shared and are no places to wait at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from typing import Any

PACE = "store.pace"  # a number's minute, which two ticks of the same minute share: tests/flows/test_pacing.py
SHARED = ("store", "pager", "carrier", "parking")


class Worker(Thread):
    """Runs until its next shared call, and on when it is told to."""

    def __init__(self, work: Callable[[], Any]):
        super().__init__(daemon=True)
        self._work = work
        self.at: SimpleQueue[str] = SimpleQueue()  # the call it waits before; "" at the end
        self.go: SimpleQueue[bool] = SimpleQueue()
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            self._work()
        except BaseException as failure:  # told by the scheduler
            self.failure = failure
        self.at.put("")


@dataclass
class Turns:
    """One order. `wanted`: who goes at each choice, from the beginning; after that the first who can.

    `taken`: who went, and before which call. `choices`: whether the other could have gone instead.
    """

    wanted: tuple[int, ...] = ()
    clash: bool = False  # of two commits that meet, the second is cancelled by conflict once
    aside: tuple[str, ...] = ()  # reads of what neither of the two writes: when they happen changes nothing
    taken: list[tuple[int, str]] = field(default_factory=list)
    choices: list[bool] = field(default_factory=list)
    _workers: list[Worker] = field(default_factory=list)
    _cancel: int | None = None

    def gate(self, call: str) -> bool:
        """In a worker: wait for its turn. True when the call is to be cancelled by conflict."""
        from threading import current_thread

        worker = current_thread()
        if not isinstance(worker, Worker) or call.split(".")[0] not in SHARED or call in (PACE, *self.aside):
            return False
        worker.at.put(call)
        return worker.go.get()

    def play(self, *works: Callable[[], Any]) -> None:
        """Raises what a worker raised."""
        self._workers = [Worker(work) for work in works]
        places: list[str] = []
        for worker in self._workers:
            worker.start()
            places.append(worker.at.get())
        clashed = False
        while any(places):
            able = [at for at, place in enumerate(places) if place]
            who = self._who(able)
            meets = self.clash and not clashed and all(place.endswith(".commit") for place in places)
            self._go(who, places, conflict=False)
            if meets and places[other := 1 - who].endswith(".commit"):
                clashed = True
                self.choices.append(False)
                self._go(other, places, conflict=True)
        for worker in self._workers:
            worker.join()
            if worker.failure is not None:
                raise worker.failure

    def _who(self, able: list[int]) -> int:
        at = len(self.choices)
        self.choices.append(len(able) > 1)
        return self.wanted[at] if at < len(self.wanted) else able[0]

    def _go(self, who: int, places: list[str], *, conflict: bool) -> None:
        self.taken.append((who, places[who]))
        self._workers[who].go.put(conflict)
        places[who] = self._workers[who].at.get()


def orders(play: Callable[[tuple[int, ...]], Turns]) -> Iterator[Turns]:
    """Every order of the two, each played once."""
    wanted: tuple[int, ...] = ()
    while True:
        turns = play(wanted)
        yield turns
        went = [who for who, _ in turns.taken]
        last = max((at for at, free in enumerate(turns.choices) if free and went[at] == 0), default=None)
        if last is None:
            return
        wanted = (*went[:last], 1)


__all__ = ["Turns", "orders"]
