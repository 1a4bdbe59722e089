"""How a record's own key becomes the table's, and back, where that is more than one name for another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from .codec import instant

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
