"""Where a row lies, as DynamoDB is asked for it, and when an outgoing text may be claimed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..core.messages import Direction, Status
from .codec import Wire, wire
from .tables import Rows

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition

Item = dict[str, Wire]


def claimable(rows: Rows, now: datetime) -> Condition:
    not_before = rows.attribute("not_before")
    return (
        (rows.attribute("status") == wire(Status.QUEUED))
        & (rows.attribute("direction") == wire(Direction.OUT))
        & (not_before.does_not_exist() | (not_before <= wire(now)))
    )


def place(rows: Rows, key: tuple[Any, ...]) -> tuple[Any, Item]:
    keys = rows.wire_keys(key)
    return address(rows.table, keys), keys


def address(table: str, keys: Item) -> Any:
    return table, *(tuple(value.items()) for value in keys.values())
