"""Changes as DynamoDB's conditional writes. Existing rows change field by field, never by `save()` of a whole row:
an older version running beside a newer one must not erase what the newer wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.expressions.update import Update as Said

from ..core.records import Change, Delete, Put, Update
from .changes import is_absent
from .codec import wire
from .layouts import TTL
from .tables import Rows, Tables

Item = dict[str, Any]


def written(tables: Tables, changes: tuple[Change, ...]) -> tuple[list[Item], tuple[int, ...]]:
    """The changes as DynamoDB wants them, and the position of each: those are left out that neither change nor check anything."""
    found = [(position, item) for position, change in enumerate(changes) if (item := _item(tables, change))]
    return [item for _, item in found], tuple(position for position, _ in found)


def _item(tables: Tables, change: Change) -> Item:
    if isinstance(change, Put):
        rows = tables.of(type(change.record))
        new = {"ConditionExpression": "attribute_not_exists (#0)", "ExpressionAttributeNames": {"#0": rows.layout.names[0]}}
        return {"Put": {"TableName": rows.table, "Item": rows.item(change.record), **new}}
    rows = tables.of(change.record)
    place = {"TableName": rows.table, "Key": rows.wire_keys(change.key)}
    if isinstance(change, Delete):
        return {"Delete": place}
    found, condition = actions(rows, change), conditions(rows, change)
    if found:
        return {"Update": place | expressions(found, condition)}
    return {"ConditionCheck": place | expressions([], condition)} if condition is not None else {}


def expressions(found: Sequence[Action], condition: Condition | None) -> Item:
    """An update and its condition in DynamoDB's own words."""
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    said: Item = {}
    if condition is not None:
        said["ConditionExpression"] = condition.serialize(names, values)
    if found:
        said["UpdateExpression"] = Said(*found).serialize(names, values)
    said["ExpressionAttributeNames"] = {mark: name for name, mark in names.items()}
    return said | {"ExpressionAttributeValues": values} if values else said


def conditions(rows: Rows, change: Update) -> Condition | None:
    """What must hold. None: anything goes."""
    needed = [] if change.create else [_there(rows).exists()]
    needed += [_expectation(rows, change, name) for name in change.expect]
    return reduce(and_, needed) if needed else None


def _there(rows: Rows) -> Any:
    return rows.attribute(rows.layout.names[0])


def _expectation(rows: Rows, change: Update, name: str) -> Condition:
    wanted = change.expect[name]
    allowed = tuple(wanted) if name in change.any_of else (wanted,)
    attribute = rows.attribute(name)
    values = [value for value in allowed if not is_absent(change.record, name, value)]
    found: list[Condition] = []
    if len(values) < len(allowed) or not allowed:
        found.append(attribute.does_not_exist())
    if values:
        found.append(attribute.is_in(*map(wire, values)))
    return reduce(lambda one, other: one | other, found)


def actions(rows: Rows, change: Update) -> list[Action]:
    """The changes of fields, as an update expression."""
    found = [_set(rows, change, name, value) for name, value in change.set.items()]
    found += [
        rows.attribute(name).set(rows.attribute(name) | wire(value))
        for name, value in change.set_once.items()
        if not is_absent(change.record, name, value)
    ]
    found += [rows.attribute(name).add(wire(amount)) for name, amount in change.add.items()]
    found += [
        rows.attribute(name).set((rows.attribute(name) | {"L": []}).append(wire(more)))
        for name, more in change.append.items()
        if more
    ]
    ttl = rows.forgetting(change.set)
    return [*found, rows.attribute(TTL).set(wire(ttl[TTL]))] if ttl else found


def _set(rows: Rows, change: Update, name: str, value: Any) -> Action:
    attribute = rows.attribute(name)
    return attribute.remove() if is_absent(change.record, name, value) else attribute.set(wire(value))
