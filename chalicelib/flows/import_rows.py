"""What every import of a list does alike: who may, row by row, and which lines to try again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from ..core.staff import Staff
from ..errors import NotFound, PorchlightError
from ..ports import World
from . import trail

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Done:
    """How many rows of a piece came to what; `failed` are lines to try again."""

    counts: dict[str, int]
    failed: tuple[int, ...]


def mark_of(world: World, text: str) -> str:
    """A keyed hash of an upload: the step that applies takes only what the dry run has shown."""
    return world.hasher.text_hash(f"upload\0{text}")


def admit(world: World, who: Staff, program: str, action: str, purpose: str, step: str) -> None:
    """Keep that somebody looked at the list or takes it in (`step`), or was turned away. Raises `NotFound`, `StoreError`."""
    about = f"program#{program}"
    if program not in world.clinic.programs or not who.may_see(program):
        trail.refuse(world, who, about, action, purpose)
        raise NotFound(program)
    world.store.commit(trail.entry(world, who, about, step, purpose, world.clock()))


def row_by_row(world: World, rows: Iterable[Row], line: Callable[[Row], int], take: Callable[[Row], str]) -> Done:
    """`take` says what a row came to. One that fails does not stop the others."""
    counts: dict[str, int] = {}
    failed: list[int] = []
    for row in rows:
        try:
            what = take(row)
        except PorchlightError as failure:
            world.journal.event("import_row_failed", error=type(failure).__name__)
            failed.append(line(row))
            continue
        counts[what] = counts.get(what, 0) + 1
    return Done(counts, tuple(failed))
