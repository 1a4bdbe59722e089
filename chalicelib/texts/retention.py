"""The table of how long things are kept, read once (`retention.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ..core.retention import StateRule, whole


@dataclass(frozen=True, slots=True)
class Kind:
    """What the law says of all states of one kind of row."""

    kind_id: str
    says: str
    years: int
    why: str


@dataclass(frozen=True, slots=True)
class Table:
    """`rule`: of the clinic's own state; None where nobody verified one: nothing of a chart is due, ever."""

    kinds: tuple[Kind, ...]
    rule: StateRule | None
    verified_on: str


@cache
def table() -> Table:
    return read(tomllib.loads(resources.files(__package__).joinpath("retention.toml").read_text(encoding="utf-8")))


def read(said: dict[str, Any]) -> Table:
    """Raises KeyError, TypeError for a row with a field too few or too many."""
    kinds = tuple(Kind(row["id"], row["says"], row["years"], row["why"]) for row in said["kind"])
    rules = [StateRule(**row) for row in said["state"] if row["state"] == said["applies"] != ""]
    rule = rules[0] if len(rules) == 1 and whole(rules[0]) else None  # two rows of one state are none
    return Table(kinds, rule, str(said["verified_on"]))
