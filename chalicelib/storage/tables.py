"""PynamoDB models of our rows, made from `layouts` and the records' own fields when a prefix is known.

Nothing is made at import: `chalice package` imports us without an environment. All models share one connection, since
PynamoDB would otherwise make a client for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from pynamodb.attributes import Attribute, NumberAttribute
from pynamodb.connection import Connection
from pynamodb.connection.base import MetaTable
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from ..core.records import Record
from .changes import is_absent, key_of
from .clients import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS
from .codec import Wire, empties, hints, reader, shape, wire
from .layouts import LAYOUTS, TTL, Index, Keys, Layout


class Kept(Attribute[Any]):
    """One field of a record. Absent rather than null; `codec` says how it looks."""

    def __init__(self, hint: Any, hash_key: bool = False, range_key: bool = False) -> None:
        super().__init__(hash_key=hash_key, range_key=range_key, null=not (hash_key or range_key))
        self.attr_type = shape(hint)
        self._read = reader(hint)

    def serialize(self, value: Any) -> Any:
        return wire(value)[self.attr_type]

    def deserialize(self, value: Any) -> Any:
        return self._read(value)


@dataclass(frozen=True, slots=True)
class Rows:
    """One kind of record in its table: the model, and the way there and back."""

    layout: Layout
    model: type[Model]

    @property
    def table(self) -> str:
        return self.model.Meta.table_name

    def attribute(self, name: str) -> Any:
        return getattr(self.model, name)

    def empty(self, key: tuple[Any, ...]) -> Model:
        """A row of which only the key is known: what an update is addressed to."""
        return self._make(key, {})

    def wire_keys(self, key: tuple[Any, ...]) -> dict[str, Wire]:
        values = self.layout.to_keys(key)
        return {name: wire(value) for name, value in zip(self.layout.names, values, strict=True)}

    def row(self, record: Record) -> Model:
        """The row of a record, without its absent fields."""
        kind = self.layout.record
        fields = {name: getattr(record, name) for name in hints(kind) if name not in kind.key}
        held = {name: value for name, value in fields.items() if not is_absent(kind, name, value)}
        return self._make(key_of(record), {**held, **self.forgetting(held)})

    def _make(self, key: tuple[Any, ...], held: dict[str, Any]) -> Model:
        names = zip(self.layout.names, self.layout.to_keys(key), strict=True)
        return self.model(**dict(names), **held)

    def record(self, item: Mapping[str, Wire]) -> Any:
        """The record of an item. Attributes that a newer version added are passed over."""
        kind = self.layout.record
        found = self.model.from_raw_data(dict(item)).attribute_values
        keys: Keys = tuple(found.pop(name) for name in self.layout.names)
        found.pop(TTL, None)
        key = dict(zip(kind.key, self.layout.to_key(keys), strict=True))
        return kind(**{**empties(kind), **found, **key})

    def forgetting(self, changed: Mapping[str, Any]) -> dict[str, int]:
        """The TTL that goes with a change, in epoch seconds."""
        moment = changed.get(self.layout.forgotten_at)
        return {TTL: ceil(moment.timestamp())} if moment is not None else {}


class Tables:
    """All rows of one deployment, `<prefix>-<table>`. `host`: an emulator's address."""

    def __init__(self, prefix: str, region: str, host: str | None = None) -> None:
        self.connection = Connection(
            region=region,
            host=host,
            connect_timeout_seconds=CONNECT_SECONDS,
            read_timeout_seconds=READ_SECONDS,
            retry_configuration={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        )
        self._of = {layout.record: Rows(layout, _model(layout, prefix, region)) for layout in LAYOUTS}
        shared: set[str] = set()
        for rows in self._of.values():
            self._share(rows.model, shared)

    def of(self, kind: type[Any]) -> Rows:
        return self._of[kind]

    def key_names(self, table: str) -> tuple[str, ...]:
        """The key attributes of a table by its full name."""
        return next(rows.layout.names for rows in self._of.values() if rows.table == table)

    def _share(self, model: type[Model], known: set[str]) -> None:
        """Give the model our connection. The first model of a table describes it: that one has the indexes."""
        own = model._get_connection()
        meta: MetaTable = own.get_meta_table()
        if meta.table_name not in known:
            self.connection.add_meta_table(meta)
            known.add(meta.table_name)
        own.connection = self.connection


def _model(layout: Layout, prefix: str, region: str) -> type[Model]:
    kind = layout.record
    types = hints(kind)
    parts: dict[str, Any] = {name: Kept(hint) for name, hint in types.items() if name not in kind.key}
    for at, name in enumerate(layout.names):
        parts[name] = Kept(types.get(name, str), hash_key=at == 0, range_key=at == 1)
    if layout.forgotten_at:
        parts[TTL] = NumberAttribute(null=True)
    for index in layout.indexes:
        parts[index.name] = _index(index, parts)()
    parts["Meta"] = type("Meta", (), {"table_name": f"{prefix}-{layout.table}", "region": region})
    return type(f"{kind.__name__}Row", (Model,), parts)


def _index(index: Index, parts: Mapping[str, Any]) -> type[GlobalSecondaryIndex[Any]]:
    meta = type("Meta", (), {"index_name": index.name, "projection": AllProjection()})
    return type(
        f"{index.name.title()}Index",
        (GlobalSecondaryIndex,),
        {
            "Meta": meta,
            index.hash: Kept(str, hash_key=True),
            index.range: Kept(str, range_key=True),
        },
    )
