"""How much a text says against what its patient allows, and whether a person let this one text through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..core.permission import ABOVE_LEVEL
from ..core.records import Patient
from ..core.word_lint import needs
from ..ports import World
from ..texts.lint import word_rules
from .snippets import level_of


@dataclass(frozen=True, slots=True)
class Level:
    """`level`: what its snippets and its words need; `allowed`: the patient's. `why`: a word of `ABOVE_LEVEL`, or "" when nobody
    said. `what`: the words that need more than the snippets do. `written`: the level that the row carries."""

    level: int
    allowed: int
    why: str = ""
    known: bool = True  # a patient, who could have agreed to more
    what: str = ""
    written: int = 0

    @property
    def above(self) -> bool:
        return self.level > self.allowed

    @property
    def refused(self) -> bool:
        """No reason; or a template's words to nobody who could have agreed to them."""
        return self.above and not (self.why and self.askable)

    @property
    def askable(self) -> bool:
        """Whether a person may let it through. To a number of nobody only their own words go, never a template above level 0."""
        return self.known or self.written <= self.allowed


def text_level(world: World, patient: Patient | None, snippets: Sequence[str], why: str, text: str = "") -> Level:
    """Raises `StoreError`."""
    allowed = patient.content_level if patient else 0
    of_snippets = level_of(world, snippets)
    of_words, what = needs(text, word_rules(), world.clinic.display_name)
    written = max(of_snippets, of_words) if patient else of_snippets
    reason = why if why in ABOVE_LEVEL else ""
    by_words = what if of_words > of_snippets else ""
    return Level(max(of_snippets, of_words), allowed, reason, patient is not None, by_words, written)
