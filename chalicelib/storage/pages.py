"""A query, page by page, as records; many keys in one round trip."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..errors import StoreUnavailable
from .codec import Wire, wire
from .places import Item, address
from .refusals import answers
from .tables import Rows, Tables

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition

ROUNDS = 4  # of asking again for keys that DynamoDB left out


def pages(
    tables: Tables,
    rows: Rows,
    hash_key: str | int,
    within: Condition | None = None,
    *,
    index: str | None = None,
    forward: bool = True,
    limit: int | None = None,
    start: dict[str, Wire] | None = None,
) -> Iterator[Any]:
    """Consistent, except from an index: those cannot be."""

    def page(start: Item | None) -> dict[str, Any]:
        return tables.connection.query(
            tables.described(rows.table),
            hash_key if isinstance(hash_key, str) else str(hash_key),
            range_key_condition=within,
            consistent_read=index is None,
            exclusive_start_key=start,
            index_name=index,
            limit=limit,
            scan_index_forward=forward,
        )

    return _every(rows, page, start)


def whole(tables: Tables, rows: Rows, hash_key: str) -> Iterator[Any]:
    """Everything of one place, consistent, and without PynamoDB: a start asks for the settings before its first page."""
    place = rows.layout.names[0]
    said = {"KeyConditionExpression": "#0 = :0", "ExpressionAttributeNames": {"#0": place}}
    asked = {"TableName": rows.table, "ConsistentRead": True, "ExpressionAttributeValues": {":0": wire(hash_key)}, **said}
    return _every(rows, lambda start: tables.ask("Query", asked | ({"ExclusiveStartKey": start} if start else {})))


def _every(rows: Rows, page: Callable[[Item | None], dict[str, Any]], start: Item | None = None) -> Iterator[Any]:
    """Record by record, from one page to the next."""
    more = True
    while more:
        with answers("Query"):
            found = page(start)
        yield from map(rows.record, found["Items"])
        start = found.get("LastEvaluatedKey")
        more = bool(start)


def batch(tables: Tables, call: Callable[..., dict[str, Any]], wanted: dict[Any, Item]) -> dict[Any, Item]:
    """Items by place, from as many tables as needed in one call; DynamoDB may leave some for the next round."""
    asked: dict[str, Any] = {}
    for (table, *_), keys in wanted.items():
        asked.setdefault(table, {"Keys": [], "ConsistentRead": True})["Keys"].append(keys)
    found: dict[Any, Item] = {}
    for _ in range(ROUNDS):
        if not asked:
            return found
        answer = call("BatchGetItem", {"RequestItems": asked})
        for table, items in answer["Responses"].items():
            names = tables.key_names(table)
            found |= {address(table, {name: item[name] for name in names}): item for item in items}
        asked = answer.get("UnprocessedKeys") or {}
    raise StoreUnavailable("BatchGetItem: keys left unprocessed")
