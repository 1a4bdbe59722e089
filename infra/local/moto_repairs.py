"""Two things that moto 5.2.5 does with DynamoDB transactions and a laptop cannot live with; only our own server is touched.

It copies every table whole for each transaction, so that a thousand texts cost a million copies; and to undo one it puts
the old copy back, which forgets what others wrote meanwhile and strands every reader of the stream. Here a transaction
remembers only the items it touches, and one request at a time is in the store.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

Undo = Callable[[], None]


def repair() -> None:
    """Replace moto's way with ours, for this process."""
    moto_writes = DynamoDBBackend.transact_write_items

    def transact_write_items(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        undo = list(_undo(backend, transact_items))
        try:
            moto_writes(backend, transact_items)
        except Exception:
            for step in undo:
                step()
            raise

    Table.__deepcopy__ = lambda table, _: table  # type: ignore[attr-defined]
    DynamoDBBackend.transact_write_items = transact_write_items  # type: ignore[method-assign, assignment]


def _undo(backend: DynamoDBBackend, writes: list[dict[str, Any]]) -> Iterable[Undo]:
    for write in writes:
        for operation in write.values():
            table = backend.tables.get(operation.get("TableName"))
            if table is not None:
                yield _stream_as_it_is(table)
                with suppress(Exception):  # a key that is not one: moto refuses it itself and nothing was touched
                    yield _item_as_it_is(backend, table, operation.get("Key") or operation["Item"])


def _item_as_it_is(backend: DynamoDBBackend, table: Any, keys: dict[str, Any]) -> Undo:
    hash_key, range_key = backend.get_keys_value(table, keys)
    held = table.items.get(hash_key)
    before = copy.deepcopy(held.get(range_key) if range_key is not None and held is not None else held)

    def undo() -> None:
        place, key = (table.items, hash_key) if range_key is None else (table.items[hash_key], range_key)
        if before is None:
            place.pop(key, None)
        else:
            place[key] = before

    return undo


def _stream_as_it_is(table: Any) -> Undo:
    shard = table.stream_shard
    length = len(shard.items) if shard else 0

    def undo() -> None:
        if shard:
            del shard.items[length:]

    return undo
