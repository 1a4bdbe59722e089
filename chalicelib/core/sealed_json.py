"""A value that is sealed as one JSON text, so that two versions of the code can take turns at it.

In every deployment an older version opens what a newer one sealed, changes a field and seals all of it again. What it does not
know is carried in the value's last field, `later` (`core.quick.carried`), and stands in the text again. A value that a form made
anew takes it along with `after`. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any, TypeVar

from .quick import LATER

T = TypeVar("T")


@cache
def names(kind: type) -> tuple[str, ...]:
    """Of the fields that this version knows."""
    return tuple(field.name for field in fields(kind) if field.name != LATER)


def written(value: Any, said: Mapping[str, Any] | None = None) -> str:
    """The text. `said`: what stands for the value's fields; they themselves, the empty ones left out, where nothing is said."""
    known = told(value) if said is None else said
    return json.dumps({**dict(value.later), **known})


def told(value: Any) -> dict[str, Any]:
    """What the value says in this version's fields; the empty ones left out."""
    kind: Any = type(value)
    return {name: kept for name in names(kind) if (kept := getattr(value, name))}


def known(kind: type, text: str) -> dict[str, Any]:
    """What a text says in the fields of this kind alone: for what is read and never written again."""
    inside = json.loads(text)
    return {name: inside[name] for name in names(kind) if name in inside}


def read(kind: type, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a text says in fields that this version knows; and as `later`, for its constructor, what it does not."""
    return of_map(kind, json.loads(text))


def of_map(kind: type, inside: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    mine = names(kind)
    later = tuple((name, value) for name, value in inside.items() if name not in mine)
    return {name: value for name, value in inside.items() if name in mine}, {LATER: later}


def after(was: T, made: T) -> T:
    """A value that was made anew, with what it does not know of the one that it follows."""
    return replace(made, later=was.later)  # type: ignore[attr-defined,type-var]
