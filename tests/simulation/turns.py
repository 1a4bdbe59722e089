"""Two workers, one call at a time, in every order: at each call of a shared thing one of them waits and the other goes on.

Orders are enumerated, not sampled: each run records where it had a choice, and the next run takes the other way at the
last such place. Sealing and hashing touch nothing shared and are no places to wait at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from greenlet import getcurrent, greenlet

PACE = "store.pace"  # a number's minute, which two ticks of the same minute share: tests/flows/test_pacing.py
SHARED = ("store", "pager", "carrier", "parking")


class Worker(greenlet):
    """Runs until its next shared call, and on when it is told to. A greenlet: a thread costs more to wake than most calls take."""

    def __init__(self, work: Callable[[], Any]):
        super().__init__()
        self._work = work
        self.failure: BaseException | None = None

    def run(self, *_: Any) -> str:
        try:
            self._work()
        except BaseException as failure:  # told by the scheduler
            self.failure = failure
        return ""

    def on(self, word: bool = False) -> str:
        """Let it go on. The call it waits before next; "" at the end."""
        waits: str = self.switch(word)
        return waits


def wait(place: str) -> bool:
    """In a worker: wait for its turn. The word it is let on with; False to everybody else, at once."""
    worker = getcurrent()
    return isinstance(worker, Worker) and bool(worker.parent.switch(place))


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
        return call.split(".")[0] in SHARED and call not in (PACE, *self.aside) and wait(call)

    def play(self, *works: Callable[[], Any]) -> None:
        """Raises what a worker raised."""
        self._workers = [Worker(work) for work in works]
        places = [worker.on() for worker in self._workers]
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
            if worker.failure is not None:
                raise worker.failure

    def _who(self, able: list[int]) -> int:
        at = len(self.choices)
        self.choices.append(len(able) > 1)
        return self.wanted[at] if at < len(self.wanted) else able[0]

    def _go(self, who: int, places: list[str], *, conflict: bool) -> None:
        self.taken.append((who, places[who]))
        places[who] = self._workers[who].on(conflict)


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
