"""A transaction as values: what to put, update or delete. The store takes all of them or none."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Any

from .quick import dataclass

if TYPE_CHECKING:
    from .records import Record


class Absent(Enum):
    """The value of a field that is not there."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Put:
    """A new row. Rejected when a row with its key exists."""

    record: Record


@dataclass(frozen=True, slots=True)
class Update:
    """Change named fields of one row, never the whole of it: an older version must not erase what a newer wrote.

    `expect`: field to value, or to a tuple of allowed values when `any_of` names the field, or ABSENT. `set_once`
    sets only fields that are absent. `add` counts. `append` adds to the end of a tuple field.
    `create`: make the row when it is not there (key fields and the changes only); otherwise a missing row is rejected.
    A value of None in `set` removes the field.
    """

    record: type[Record]
    key: tuple[Any, ...]
    set: dict[str, Any] = field(default_factory=dict)
    set_once: dict[str, Any] = field(default_factory=dict)
    add: dict[str, int] = field(default_factory=dict)
    append: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    expect: dict[str, Any] = field(default_factory=dict)
    any_of: tuple[str, ...] = ()
    create: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove one row. Deleting what is not there is no error."""

    record: type[Record]
    key: tuple[Any, ...]


Change = Put | Update | Delete
