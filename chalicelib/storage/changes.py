"""What a list of changes must look like before any store is asked, the same for the real one and the fake.

A mistake here is a mistake of the caller, so it is a ValueError and never a `StoreError`.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from functools import cache
from typing import TYPE_CHECKING, Any

from ..core.changes import ABSENT, Change, Put, Update
from ..core.quick import LATER

if TYPE_CHECKING:
    from ..core.records import Record

MOST_CHANGES = 100  # DynamoDB: items in one transaction
MOST_READ = 100  # DynamoDB: keys in one BatchGetItem

Place = tuple[type[Any], tuple[Any, ...]]


def place(change: Change) -> Place:
    """Which row a change is about: the kind of record and its key."""
    if isinstance(change, Put):
        return type(change.record), key_of(change.record)
    return change.record, change.key


def key_of(record: Record) -> tuple[Any, ...]:
    """The values of a record's key fields, in order."""
    return tuple(getattr(record, name) for name in type(record).key)


def check(changes: tuple[Change, ...]) -> None:
    """Raises ValueError when no store could take these changes: too many, one row twice, unknown fields."""
    if len(changes) > MOST_CHANGES:
        raise ValueError(f"{len(changes)} changes in one transaction")
    places = [place(change) for change in changes]
    if len(set(places)) != len(places):
        raise ValueError("one row changed twice in one transaction")
    for change in changes:
        if isinstance(change, Update):
            _check_update(change)


def _check_update(change: Update) -> None:
    kind: Any = change.record
    if len(change.key) != len(kind.key):
        raise ValueError(f"{kind.__name__}: key needs {kind.key}")
    written = [*change.set, *change.set_once, *change.add, *change.append]
    named = set(written)
    if len(named) != len(written):
        raise ValueError(f"{kind.__name__}: one field written twice")
    named.update(change.expect)
    if not named <= _changeable(kind) or not change.expect.keys() >= set(change.any_of):
        raise ValueError(f"{kind.__name__}: not fields to change or expect: {sorted(named - _changeable(kind))}")


def is_absent(kind: Any, name: str, value: Any) -> bool:
    """Whether a value is kept by not being there.

    None always is. Empty texts, bytes, tuples and maps are, unless the field's default is something else (an empty
    `language` must not come back as "en"). Numbers, zero too, are always kept.
    """
    if value is None or value is ABSENT:
        return True
    if not value and value in ("", b"", (), {}) and not isinstance(value, (int, float)):
        return not _default(fields_of(kind)[name])
    return False


def needed(field: Field[Any]) -> bool:
    """Whether a record cannot be made without this field."""
    return field.default is MISSING and field.default_factory is MISSING


def _default(field: Field[Any]) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else None


@cache
def _changeable(kind: Any) -> frozenset[str]:
    """What of a row can be changed: all but its key."""
    return frozenset(fields_of(kind)) - set(kind.key)


@cache
def fields_of(kind: Any) -> dict[str, Field[Any]]:
    """The fields of a record by name, without what carries a newer version's."""
    return {field.name: field for field in fields(kind) if field.name != LATER}
