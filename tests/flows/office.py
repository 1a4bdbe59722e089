"""A world with real ULIDs and the real wall of programs, for the flows of the people of the clinic."""

from __future__ import annotations

from typing import Any

from ulid import ULID

from chalicelib.core.records import AuditEntry, Message
from chalicelib.ports import World

from ..fakes.store import FakeStore
from ..fakes.vault import FakeVault
from ..fakes.world import FakeClock, a_world


def an_open_office(**parts: Any) -> World:
    return a_world(ids=lambda at: str(ULID.from_datetime(at)), **parts)


def store(world: World) -> FakeStore:
    assert isinstance(world.store, FakeStore)
    return world.store


def vault(world: World) -> FakeVault:
    assert isinstance(world.vault, FakeVault)
    return world.vault


def clock(world: World) -> FakeClock:
    assert isinstance(world.clock, FakeClock)
    return world.clock


def traces(world: World, subject: str) -> list[tuple[str, str, str]]:
    """(who, action, result) of a subject's audit entries, oldest first."""
    return [(e.who, e.action, e.result) for e in store(world).rows(AuditEntry) if e.subject_id == subject]


def outgoing(world: World, thread_id: str = "alice") -> list[Message]:
    return [row for row in store(world).rows(Message) if row.thread_id == thread_id and row.direction == "out"]


class Meddling:
    """A store in whose face somebody else writes: `before` runs once, just before the first commit that has `kind`."""

    def __init__(self, inner: FakeStore, before: Any, size: int = 2):
        self._inner, self._before, self._size = inner, before, size

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def commit(self, *changes: Any) -> None:
        if self._before is not None and len(changes) >= self._size:
            before, self._before = self._before, None
            before()
        self._inner.commit(*changes)
