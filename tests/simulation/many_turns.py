"""Several workers on one store, in every order of their steps. A step goes from one write that matters to the next: what a
worker read before somebody else's write is stale when its own comes, which is what a race is made of.

`turns` plays two workers at each of their calls; this plays as many as one likes, at each write of the given kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from chalicelib.core.records import Put

from .turns import Worker, wait


class Gated:
    """A store at which workers wait before they write a row of these kinds."""

    def __init__(self, inner: Any, *kinds: type):
        self._inner, self._kinds = inner, kinds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def commit(self, *changes: Any) -> None:
        if any((type(each.record) if isinstance(each, Put) else each.record) in self._kinds for each in changes):
            wait("write")
        self._inner.commit(*changes)


Choice = tuple[int, tuple[int, ...]]  # who went, of whom


def play(works: list[Callable[[], Any]], wanted: tuple[int, ...]) -> list[Choice]:
    """One order: as wanted, then the first who can. Raises what a worker raised."""
    workers = [Worker(_from_the_start(work)) for work in works]
    places = [worker.on() for worker in workers]
    taken: list[Choice] = []
    while any(places):
        able = tuple(at for at, place in enumerate(places) if place)
        who = wanted[len(taken)] if len(taken) < len(wanted) else able[0]
        taken.append((who, able))
        places[who] = workers[who].on()
    for worker in workers:
        if worker.failure is not None:
            raise worker.failure
    return taken


def _from_the_start(work: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> None:
        wait("start")
        work()

    return run


def every_order(run: Callable[[tuple[int, ...]], list[Choice]]) -> Iterator[tuple[int, ...]]:
    """Each order once, as who went when; `run` plays the one that is wanted."""
    wanted: tuple[int, ...] | None = ()
    while wanted is not None:
        taken = run(wanted)
        yield tuple(who for who, _ in taken)
        wanted = _next(taken)


def _next(taken: list[Choice]) -> tuple[int, ...] | None:
    for at in range(len(taken) - 1, -1, -1):
        who, able = taken[at]
        later = [each for each in able if each > who]
        if later:
            return (*(each for each, _ in taken[:at]), later[0])
    return None
