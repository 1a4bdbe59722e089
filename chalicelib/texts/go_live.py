"""What must be true before a program writes to its first patient (`go_live.toml`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from . import _read


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist. `check`: what finds it out, "" when a person confirms; `days`: how long it holds, 0: always."""

    item_id: str
    title: str
    how: str
    why: str
    check: str = ""
    days: int = 0


@cache
def items() -> tuple[Item, ...]:
    """In the order of the page."""
    rows = _read("go_live.toml")["item"]
    return tuple(
        Item(row["id"], row["title"], row["how"], row["why"], row.get("check", ""), row.get("days", 0)) for row in rows
    )
