"""moto's DynamoDB with one writer at a time, which remembers only the rows that a transaction touches.

A query looks at its own rows: moto sorts the whole table for each, and a demo that has taken ten thousand texts stood still.

moto copies each table whole before a transaction, once for each of its items, and puts the copies back when one is
refused. That takes seconds at a few hundred rows, and what another thread wrote meanwhile is lost: DynamoDB does
neither. Conditions are looked at and writes are made under one lock here, so races end as they do on AWS.
"""

from __future__ import annotations

import copy
from threading import RLock, local
from typing import Any

from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table


def install() -> None:
    """From now on, in this process, before the first table is made."""
    models.dynamodb_backends.backend = OneWriter
    Table.__deepcopy__ = _itself  # type: ignore[attr-defined]  # `Before` replaces the copies
    Table.all_items = _asked_for  # type: ignore[assignment, method-assign]


def _itself(table: Table, memo: Any) -> Table:
    return table


_all_items = Table.all_items
_asked = local()


def _asked_for(table: Table) -> list[Item]:
    """The rows that a query of this thread can mean, of which moto then takes those that it does mean; else all."""
    keys: list[tuple[str, DynamoType]] = getattr(_asked, "keys", [])
    if not keys:
        return _all_items(table)
    rows: list[Any] = list(table.items.get(keys[0][1], {}).values()) if _is_whole_key(table, keys) else _flat(table)
    return [row for row in rows if all(name in row.attrs and row.attrs[name] == value for name, value in keys)]


def _is_whole_key(table: Table, keys: list[tuple[str, DynamoType]]) -> bool:
    return bool(table.range_key_attr) and [name for name, _ in keys] == [table.hash_key_attr]


def _flat(table: Table) -> list[Item]:
    kept: list[Any] = list(table.items.values())
    return [row for rows in kept for row in rows.values()] if table.range_key_attr else kept


class Before:
    """How one row of a table was, and how long the table's stream."""

    def __init__(self, table: Table, key: dict[str, Any]) -> None:
        self._table = table
        self._key = [DynamoType(key[name]) for name in (table.hash_key_attr, table.range_key_attr) if name]
        self._item: Item | None = copy.deepcopy(table.get_item(*self._key))  # type: ignore[arg-type]
        self._stream = len(table.stream_shard.items) if table.stream_shard else 0

    def restore(self) -> None:
        rows: Any = self._table.items
        for part in self._key[:-1]:
            rows = rows.setdefault(part, {})
        if self._item is None:
            rows.pop(self._key[-1], None)
        else:
            rows[self._key[-1]] = self._item
        if self._table.stream_shard:
            del self._table.stream_shard.items[self._stream :]


class OneWriter(DynamoDBBackend):
    """The same answers as moto's own, atomically."""

    __module__ = DynamoDBBackend.__module__  # moto looks beside it for the addresses it answers
    _lock = RLock()

    def transact_write_items(self, transact_items: list[dict[str, Any]]) -> None:
        with self._lock:
            before = [self._before(change) for item in transact_items for change in item.values()]
            try:
                super().transact_write_items(transact_items)
            except Exception:
                for row in reversed(before):
                    row.restore()
                raise

    def _before(self, change: dict[str, Any]) -> Before:
        return Before(self.get_table(change["TableName"]), change.get("Key") or change["Item"])

    def put_item(self, *given: Any, **named: Any) -> Any:
        with self._lock:
            return super().put_item(*given, **named)

    def update_item(self, *given: Any, **named: Any) -> Any:
        with self._lock:
            return super().update_item(*given, **named)

    def delete_item(self, *given: Any, **named: Any) -> Any:
        with self._lock:
            return super().delete_item(*given, **named)

    def query(self, *given: Any, **named: Any) -> Any:
        with self._lock:
            _asked.keys = [(name, DynamoType(value)) for name, value in named.get("hash_key_conditions") or []]
            try:
                return super().query(*given, **named)
            finally:
                _asked.keys = []
