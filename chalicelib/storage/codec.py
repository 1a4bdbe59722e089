"""Values of records as DynamoDB keeps them, and back.

Instants are texts in UTC with six digits of microseconds, so that they sort. Tuples are lists, dataclasses are
maps, so that a list can be appended to. What a newer version added inside a map is carried, and written again with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from datetime import UTC, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from ..core.quick import LATER
from .changes import fields_of, is_absent, needed

Wire = dict[str, Any]  # {"S": "…"}: a value with its DynamoDB type
Reader = Callable[[Any], Any]  # from the inside of a Wire


def instant(moment: datetime) -> str:
    """As in 2026-11-23T08:00:00.000000Z. Raises ValueError for an instant without a zone."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def wire(value: Any) -> Wire:
    """A value with its type. Raises TypeError for what no record holds."""
    if isinstance(value, str):
        return {"S": str(value)}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, datetime):
        return {"S": instant(value)}
    if isinstance(value, (tuple, list)):
        return {"L": [wire(item) for item in value]}
    if isinstance(value, Mapping):
        return {"M": {name: wire(item) for name, item in value.items()}}
    if is_dataclass(value) and not isinstance(value, type):
        return {"M": _map(value)}
    raise TypeError(f"cannot keep a {type(value).__name__}")


def _map(value: Any) -> dict[str, Wire]:
    kind: Any = type(value)
    held = {name: getattr(value, name) for name in fields_of(kind)}
    known = {name: wire(item) for name, item in held.items() if not is_absent(kind, name, item)}
    return {**dict(getattr(value, LATER, ())), **known}


@cache
def plain(hint: Any) -> Any:
    """The type without its "or None"."""
    if get_origin(hint) in (Union, UnionType):
        return next(each for each in get_args(hint) if each is not NoneType)
    return hint


SHAPES: dict[Any, str] = {str: "S", int: "N", bool: "BOOL", bytes: "B", datetime: "S", tuple: "L", dict: "M"}


@cache
def shape(hint: Any) -> str:
    """The DynamoDB type of a field: S, N, B, BOOL, L or M."""
    hint = plain(hint)
    return "M" if is_dataclass(hint) else SHAPES[get_origin(hint) or hint]


@cache
def reader(hint: Any) -> Reader:
    """How to read a field of this type."""
    hint = plain(hint)
    if is_dataclass(hint):
        return _map_reader(hint)
    if get_origin(hint) is tuple:
        return _items_reader(get_args(hint)[0])
    if get_origin(hint) is dict:
        return _mapping_reader(get_args(hint)[1])
    readers: dict[Any, Reader] = {int: int, datetime: datetime.fromisoformat, bytes: bytes}
    return readers.get(hint, _same)


def _same(value: Any) -> Any:
    return value


def _items_reader(hint: Any) -> Reader:
    read, kind = reader(hint), shape(hint)
    return lambda items: tuple(read(item[kind]) for item in items)


def _mapping_reader(hint: Any) -> Reader:
    read, kind = reader(hint), shape(hint)
    return lambda items: {name: read(item[kind]) for name, item in items.items()}


def _map_reader(kind: Any) -> Reader:
    parts = {name: (shape(hint), reader(hint)) for name, hint in hints(kind).items()}
    empty = empties(kind)

    def read(items: Mapping[str, Wire]) -> Any:
        found = {name: parts[name][1](item[parts[name][0]]) for name, item in items.items() if name in parts}
        if len(found) < len(items):
            found[LATER] = tuple((name, item) for name, item in items.items() if name not in parts)
        return kind(**{**empty, **found})

    return read


@cache
def hints(kind: Any) -> dict[str, Any]:
    """The types of a dataclass's fields by name."""
    found = get_type_hints(kind)
    return {name: found[name] for name in fields_of(kind)}


@cache
def empties(kind: Any) -> dict[str, Any]:
    """What fields without a default read as when they are not there: the empty value of their type."""
    return {name: _empty(hints(kind)[name]) for name, field in fields_of(kind).items() if needed(field)}


def _empty(hint: Any) -> Any:
    blank: dict[str, Any] = {"S": "", "N": 0, "B": b"", "BOOL": False, "L": (), "M": {}}
    return None if plain(hint) in (datetime,) else blank[shape(hint)]

# How a record's own key becomes the table's, and back, where that is more than one name for another. Here, since a page waits for
# each module more that is read (tests/wiring/test_cold_road.py).
Key = tuple[Any, ...]  # a record's own key
Keys = tuple[Any, ...]  # what the table is asked with: hash, and range where there is one
REVISION = "revision#"


def after(mark: str, text: str) -> str:
    return text.split(mark, 1)[1]


def receipt_keys(key: Key) -> Keys:
    return f"receipt#{key[0]}#{key[1]}", "receipt"


def revision_keys(key: Key) -> Keys:
    kind, setting_id, version = key
    return f"{REVISION}{kind}#{setting_id}", f"{version:08d}"


def revision_key(keys: Keys) -> Key:
    _, kind, setting_id = keys[0].split("#", 2)
    return kind, setting_id, int(keys[1])


def looked_keys(key: Key) -> Keys:
    program, month, part = key
    return (f"looked#{program}#{month}#{part}",)


def looked_key(keys: Keys) -> Key:
    program, month, part = after("#", keys[0]).rsplit("#", 2)
    return program, month, int(part)


def last_two(text: str) -> Key:
    return tuple(after("#", text).rsplit("#", 1))


def plan_key(keys: Keys) -> Key:
    patient_id, version = last_two(keys[0])
    return patient_id, int(version)


def draft_keys(key: Key) -> Keys:
    return (f"draft#{key[0]}#{key[1]}",)


def due_keys(key: Key) -> Keys:
    shard, at, due_id = key
    return shard, f"{instant(at)}#{due_id}"


def due_key(keys: Keys) -> Key:
    at, due_id = keys[1].split("#", 1)
    return keys[0], datetime.fromisoformat(at), due_id


def two(mark: str) -> tuple[Callable[[Key], Keys], Callable[[Keys], Key]]:
    """Keys of two parts, under a mark."""
    return lambda key: (mark + key[0], key[1]), lambda keys: (after("#", keys[0]), keys[1])


def of_patient(mark: str) -> tuple[Callable[[Key], Keys], Callable[[Keys], Key]]:
    """Under the patient's id, the row's own id under a mark."""
    return lambda key: (key[0], mark + key[1]), lambda keys: (keys[0], after("#", keys[1]))
