"""Changes as DynamoDB's conditional writes. Existing rows change field by field, never by `save()` of a whole row:
an older version running beside a newer one must not erase what the newer wrote.
"""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from ..core.records import Change, Delete, Put, Update
from .changes import is_absent
from .codec import wire
from .layouts import TTL
from .tables import Rows, Tables


def fill(transaction: TransactWrite, tables: Tables, changes: tuple[Change, ...]) -> tuple[int, ...]:
    """Add the changes; returns their positions in the order in which PynamoDB sends them.

    It sends checks, then deletes, puts and updates, and DynamoDB's reasons come in that order.
    """
    sent: dict[str, list[int]] = {"check": [], "delete": [], "put": [], "update": []}
    for position, change in enumerate(changes):
        kind = _add(transaction, tables, change)
        if kind:
            sent[kind].append(position)
    return tuple(position for each in sent.values() for position in each)


def _add(transaction: TransactWrite, tables: Tables, change: Change) -> str:
    if isinstance(change, Put):
        rows = tables.of(type(change.record))
        transaction.save(rows.row(change.record), condition=_there(rows).does_not_exist())
        return "put"
    rows = tables.of(change.record)
    if isinstance(change, Delete):
        transaction.delete(rows.empty(change.key))
        return "delete"
    found, condition = actions(rows, change), conditions(rows, change)
    if found:
        transaction.update(rows.empty(change.key), actions=found, condition=condition)
        return "update"
    if condition is None:
        return ""  # nothing to change and nothing to check
    keys: list[Any] = [*rows.layout.to_keys(change.key), None][:2]
    transaction.condition_check(rows.model, keys[0], keys[1], condition)
    return "check"


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
