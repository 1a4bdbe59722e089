"""Moves told in tests: run to the end, who can read what, and a crash after each single step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.core.records import Due, Message, Move, Receipt
from chalicelib.core.staff import Staff
from chalicelib.flows import tick
from chalicelib.flows.read_thread import read_thread
from chalicelib.ports import World

from ..fakes.store import FakeStore
from .office import clock, store


def finished(world: World, minutes: int = 3) -> None:
    """The ticks of some minutes."""
    for _ in range(minutes):
        clock(world).advance(minutes=1)
        tick.tick(world)


def words(world: World, who: Staff, thread_id: str) -> list[str | None]:
    return [each.body for each in read_thread(world, who, thread_id).messages]


def unfinished(world: World) -> list[str]:
    """What a move left behind: dues, tombstones, receipts that name no row."""
    rows = {(row.thread_id, row.message_id): row for row in store(world).rows(Message)}
    wrong = [f"due {due.due_id}" for due in store(world).rows(Due) if due.kind == "move"]
    wrong += [f"not done {move.kind}" for move in store(world).rows(Move) if move.state != "done"]
    wrong += [f"tombstone {row.row}" for row in rows.values() if row.status == "moved"]
    wrong += [f"receipt {receipt.carrier_id}" for receipt in store(world).rows(Receipt) if (receipt.thread_id, receipt.message_id) not in rows]
    return wrong


class Dying(Exception):
    """The process ended."""


class DiesAt:
    """A store whose `at`-th commit is the last thing the process does: before or after it took effect."""

    def __init__(self, inner: FakeStore, at: int, after: bool):
        self._inner, self.left, self._after = inner, at, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def commit(self, *changes: Any) -> None:
        self.left -= 1
        if self.left == 0 and not self._after:
            raise Dying
        self._inner.commit(*changes)
        if self.left == 0:
            raise Dying


class Between:
    """A store that lets somebody else act just before its `at`-th commit, once."""

    def __init__(self, inner: FakeStore, at: int, act: Callable[[], object]):
        self._inner, self.left, self._act = inner, at, act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def commit(self, *changes: Any) -> None:
        self.left -= 1
        if self.left == 0:
            self._act()
        self._inner.commit(*changes)
