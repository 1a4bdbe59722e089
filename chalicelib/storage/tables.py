"""Our rows and their tables: PynamoDB's models, made from `layouts` and the records' own fields when somebody asks for one.

Nothing is made at import: `chalice package` imports us without an environment. Everything goes through one client, which
PynamoDB's connection is given when the first condition is asked for: a page does not wait for PynamoDB
(docs/decisions/cold-start.md). A row goes to the wire and back by `codec` alone: of the time that a text takes, the models' own
way there was a tenth (docs/decisions/page-before-keep.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, Any

from botocore import xform_name

from .changes import is_absent, key_of
from .clients import client, making
from .codec import Keys, Wire, empties, hints, reader, shape, wire
from .layouts import LAYOUTS, TTL, Layout

if TYPE_CHECKING:
    from pynamodb.connection import Connection
    from pynamodb.expressions.operand import Path
    from pynamodb.models import Model

    from ..core.records import Record


class Rows:
    """One kind of record in its table, and the way there and back."""

    def __init__(self, layout: Layout, prefix: str, region: str) -> None:
        self.layout, self.table, self._region = layout, f"{prefix}-{layout.table}", region
        self._known: Any = None

    def of(self, kind: type[Any]) -> Rows:
        """These rows, for whoever brings their class along: it need not be looked for."""
        self._known = kind
        return self

    @cached_property
    def record_class(self) -> Any:
        return self._known or self.layout.record

    @cached_property
    def _fields(self) -> tuple[str, ...]:
        kind = self.record_class
        return tuple(name for name in hints(kind) if name not in kind.key)

    @cached_property
    def model(self) -> type[Model]:
        from .models import model

        return model(self.layout, self.record_class, self.table, self._region)

    @cached_property
    def _readers(self) -> dict[str, tuple[str, Any]]:
        types = hints(self.record_class)
        fields = {name: (shape(types[name]), reader(types[name])) for name in self._fields}
        keys = {name: types.get(name, str) for name in self.layout.names}
        return {**fields, **{name: (shape(hint), reader(hint)) for name, hint in keys.items()}}

    def attribute(self, name: str) -> Path:
        """A field, to say something of it in an expression."""
        from pynamodb.expressions.operand import Path

        return Path([name])

    def wire_keys(self, key: tuple[Any, ...]) -> dict[str, Wire]:
        values = self.layout.to_keys(key)
        return {name: wire(value) for name, value in zip(self.layout.names, values, strict=True)}

    def item(self, record: Record) -> dict[str, Wire]:
        """A record as it is kept, without its absent fields."""
        kind = self.record_class
        found = self.wire_keys(key_of(record))
        for name in self._fields:
            value = getattr(record, name)
            if not is_absent(kind, name, value):
                found[name] = wire(value)
        if self.layout.forgotten_at:
            ttl = self.forgetting({self.layout.forgotten_at: getattr(record, self.layout.forgotten_at)})
            found |= {name: wire(seconds) for name, seconds in ttl.items()}
        return found

    def record(self, item: Mapping[str, Wire]) -> Any:
        """The record of an item. Attributes that a newer version added are passed over."""
        kind, readers = self.record_class, self._readers
        found = {name: readers[name][1](held[readers[name][0]]) for name, held in item.items() if name in readers}
        keys: Keys = tuple(found.pop(name) for name in self.layout.names)
        key = dict(zip(kind.key, self.layout.to_key(keys), strict=True))
        return kind(**{**empties(kind), **found, **key})

    def forgetting(self, changed: Mapping[str, Any]) -> dict[str, int]:
        """The TTL that goes with a change, in epoch seconds."""
        moment = changed.get(self.layout.forgotten_at)
        return {TTL: ceil(moment.timestamp())} if moment is not None else {}


class Tables:
    """All rows of one deployment, `<prefix>-<table>`. `host`: an emulator's address."""

    def __init__(self, prefix: str, region: str, host: str | None = None) -> None:
        self.client = client("dynamodb", region, host or "", checked=False)  # what `codec` made has the types
        self._connection: Connection | None = None
        self._described: set[str] = set()
        self._of = {layout.named: Rows(layout, prefix, region) for layout in LAYOUTS}

    def ask(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """DynamoDB's own answer. Raises what botocore raises."""
        answer: dict[str, Any] = getattr(self.client, xform_name(operation))(**asked)
        return answer

    @property
    def connection(self) -> Connection:
        """PynamoDB's, which knows how a query with conditions is said. One, whoever asks first: a table that one thread told of
        the other would not know, and from Python 3.12 on a cached property lets both make theirs."""
        if self._connection is None:
            from .models import connection

            with making:
                self._connection = self._connection or connection(self.client)
        return self._connection

    def of(self, kind: type[Any]) -> Rows:
        return self._of[kind.__name__].of(kind)

    def named(self, name: str) -> Rows:
        """The rows of a record by the name of its class."""
        return self._of[name]

    def key_names(self, table: str) -> tuple[str, ...]:
        """The key attributes of a table by its full name."""
        return self._first(table).layout.names

    def described(self, table: str) -> str:
        """A table's name; the connection knows its keys and indexes from now on."""
        if table not in self._described:
            from .models import meta_of

            told = self.connection
            with making:  # PynamoDB refuses to be told twice, and two threads may ask first
                if table not in self._described:
                    told.add_meta_table(meta_of(self._first(table).model))
                    self._described.add(table)
        return table

    def _first(self, table: str) -> Rows:
        """The first rows of a table describe it: those have the indexes."""
        return next(rows for rows in self._of.values() if rows.table == table)
