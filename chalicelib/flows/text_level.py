"""How much a text says against what its patient allows, and whether a person let this one text through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..core.permission import ABOVE_LEVEL
from ..core.records import Patient
from ..ports import World
from .snippets import level_of


@dataclass(frozen=True, slots=True)
class Level:
    """`level`: what its snippets need; `allowed`: the patient's. `why`: a word of `ABOVE_LEVEL`, or "" when nobody said."""

    level: int
    allowed: int
    why: str = ""
    known: bool = True  # a patient, who could have agreed to more

    @property
    def above(self) -> bool:
        return self.level > self.allowed

    @property
    def refused(self) -> bool:
        """Nobody who could have agreed, or no reason."""
        return self.above and not (self.known and self.why)


def text_level(world: World, patient: Patient | None, snippets: Sequence[str], why: str) -> Level:
    """Raises `StoreError`."""
    allowed = patient.content_level if patient else 0
    return Level(level_of(world, snippets), allowed, why if why in ABOVE_LEVEL else "", patient is not None)
