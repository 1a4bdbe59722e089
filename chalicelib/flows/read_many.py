"""Rows by their keys, however many: a hundred to a round trip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..core.records import Contact, Record
from ..ports import World

AT_ONCE = 100  # `Store.get_many`'s bound


def read_many(world: World, wanted: Sequence[tuple[type[Record], tuple[Any, ...]]]) -> Iterator[Record | None]:
    """In the order asked; read as they are asked for. Raises `StoreError`."""
    for at in range(0, len(wanted), AT_ONCE):
        yield from world.store.get_many(wanted[at : at + AT_ONCE])


def contacts_of(world: World, ids: Iterable[str]) -> dict[str, Contact]:
    """Those of them that there are, by id. Raises `StoreError`."""
    found = read_many(world, [(Contact, (each,)) for each in sorted(ids)])
    return {row.contact_id: row for row in found if isinstance(row, Contact)}
