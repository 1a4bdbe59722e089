"""PynamoDB's models of our rows: what describes a table to whoever queries it, and is held against `infra/resources.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import Attribute, NumberAttribute
from pynamodb.connection import Connection
from pynamodb.connection.base import MetaTable
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from .codec import hints, shape
from .layouts import TTL, Index, Layout


class Kept(Attribute[Any]):
    """One field of a record. `codec` says how it looks, and takes it to the wire and back."""

    def __init__(self, hint: Any, hash_key: bool = False, range_key: bool = False) -> None:
        super().__init__(hash_key=hash_key, range_key=range_key, null=not (hash_key or range_key))
        self.attr_type = shape(hint)


def model(layout: Layout, kind: Any, table: str, region: str) -> type[Model]:
    """The model of one kind of record."""
    types = hints(kind)
    parts: dict[str, Any] = {name: Kept(hint) for name, hint in types.items() if name not in kind.key}
    for at, name in enumerate(layout.names):
        parts[name] = Kept(types.get(name, str), hash_key=at == 0, range_key=at == 1)
    if layout.forgotten_at:
        parts[TTL] = NumberAttribute(null=True)
    for index in layout.indexes:
        parts[index.name] = _index(index, parts)()
    parts["Meta"] = type("Meta", (), {"table_name": table, "region": region})
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


def meta_of(described: type[Model]) -> MetaTable:
    """What a connection must know of a table."""
    return described._get_connection().get_meta_table()


class _Shared(Connection):
    """PynamoDB's, on the client that all our calls go through."""

    def __init__(self, client: Any) -> None:
        super().__init__(region=client.meta.region_name)
        self._ours = client

    @property
    def client(self) -> Any:
        return self._ours

    def query(self, *asked: Any, **named: Any) -> dict[str, Any]:
        """Raises what botocore raised, which PynamoDB wraps."""
        try:
            return super().query(*asked, **named)
        except PynamoDBException as error:
            raise error.cause or error from None


def connection(client: Any) -> Connection:
    return _Shared(client)
