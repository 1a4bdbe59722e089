"""Changes as DynamoDB's conditional writes. Existing rows change field by field, never by `save()` of a whole row:
an older version running beside a newer one must not erase what the newer wrote.

The same change of other values is the same expression: PynamoDB writes it out once, and only the values are new each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache, reduce
from itertools import count
from operator import and_
from typing import Any, NamedTuple

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.expressions.update import Update as Said

from ..core.changes import Change, Delete, Put, Update
from .changes import is_absent
from .codec import Wire, wire
from .tables import Rows, Tables

Item = dict[str, Any]
SHAPES = 500  # ways to change a row that are remembered; the flows know some dozens


class Shape(NamedTuple):
    """A change without its values. `expect`: name, how many values are allowed, whether it may also be absent."""

    exists: str  # the key attribute that must be there, or ""
    set: tuple[str, ...]
    removed: tuple[str, ...]
    set_once: tuple[str, ...]
    add: tuple[str, ...]
    append: tuple[str, ...]
    expect: tuple[tuple[str, int, bool], ...]


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
    shape, values = _shape(rows, change), [wire(value) for value in _values(rows, change)]
    said, marks = _written_out(shape)
    if not said:
        return {}
    if marks:
        said = {**said, "ExpressionAttributeValues": {mark: values[at] if isinstance(at, int) else at for mark, at in marks}}
    return {"Update" if "UpdateExpression" in said else "ConditionCheck": {**place, **said}}


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


def _shape(rows: Rows, change: Update) -> Shape:
    kind = change.record
    absent = tuple(name for name, value in change.set.items() if is_absent(kind, name, value))
    return Shape(
        "" if change.create else rows.layout.names[0],
        (*(name for name in change.set if name not in absent), *rows.forgetting(change.set)),
        absent,
        tuple(name for name, value in change.set_once.items() if not is_absent(kind, name, value)),
        tuple(change.add),
        tuple(name for name, more in change.append.items() if more),
        tuple((name, len(present), len(present) < len(allowed) or not allowed) for name, present, allowed in _expected(change)),
    )


def _expected(change: Update) -> Iterator[tuple[str, list[Any], tuple[Any, ...]]]:
    """Name, the values of it that can be there, and all that are allowed."""
    for name, wanted in change.expect.items():
        allowed = tuple(wanted) if name in change.any_of else (wanted,)
        yield name, [value for value in allowed if not is_absent(change.record, name, value)], allowed


def _values(rows: Rows, change: Update) -> Iterator[Any]:
    """The values of a change in the order of its shape."""
    kind = change.record
    yield from (value for name, value in change.set.items() if not is_absent(kind, name, value))
    yield from rows.forgetting(change.set).values()
    yield from (value for name, value in change.set_once.items() if not is_absent(kind, name, value))
    yield from change.add.values()
    yield from (more for more in change.append.values() if more)
    for _, present, _ in _expected(change):
        yield from present


@lru_cache(SHAPES)
def _written_out(shape: Shape) -> tuple[Item, tuple[tuple[str, Any], ...]]:
    """The expressions of a shape, and for each mark in them the place of its value among `_values`, or a value of its own."""
    places = map(str, count())
    found: list[Action] = [Path([name]).set({"S": next(places)}) for name in shape.set]
    found += [Path([name]).set(Path([name]) | {"S": next(places)}) for name in shape.set_once]
    found += [Path([name]).add({"N": next(places)}) for name in shape.add]
    found += [Path([name]).set((Path([name]) | {"L": []}).append({"L": [next(places)]})) for name in shape.append]
    found += [Path([name]).remove() for name in shape.removed]
    needed: list[Condition] = [Path([shape.exists]).exists()] if shape.exists else []
    needed += [_expectation(name, [{"S": next(places)} for _ in range(many)], absent) for name, many, absent in shape.expect]
    if not found and not needed:
        return {}, ()
    said = expressions(found, reduce(and_, needed) if needed else None)
    values = said.pop("ExpressionAttributeValues", {})
    return said, tuple((mark, _place(value)) for mark, value in values.items())


def _place(stand_in: Wire) -> Any:
    """Where the value of a stand-in is; the empty list, which a list that is not there is taken for, stands for itself."""
    ((kind, held),) = stand_in.items()
    if kind != "L":
        return int(held)
    return int(held[0]) if held else stand_in


def _expectation(name: str, values: Sequence[Wire], absent: bool) -> Condition:
    attribute = Path([name])
    found: list[Condition] = [attribute.does_not_exist()] if absent else []
    if values:
        found.append(attribute.is_in(*values))
    return reduce(lambda one, other: one | other, found)
