"""A query, page by page, as records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pynamodb.expressions.condition import Condition

from .codec import Wire
from .refusals import answers
from .tables import Rows, Tables


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
    more = True
    while more:
        with answers("Query"):
            page = tables.connection.query(
                tables.described(rows.table),
                hash_key if isinstance(hash_key, str) else str(hash_key),
                range_key_condition=within,
                consistent_read=index is None,
                exclusive_start_key=start,
                index_name=index,
                limit=limit,
                scan_index_forward=forward,
            )
        yield from map(rows.record, page["Items"])
        start = page.get("LastEvaluatedKey")
        more = bool(start)
