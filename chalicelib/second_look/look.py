"""What stands behind `ports.SecondLook`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..core.triage import FirstLook, SecondReading


class Looks(Protocol):
    """The first look."""

    def look(self, text: str) -> FirstLook: ...


class JoinedRules:
    """The first look's rules over the texts as one: what a split thought says only together."""

    def __init__(self, screen: Looks) -> None:
        self._screen = screen

    def read(self, texts: Sequence[str]) -> SecondReading:
        found = self._screen.look(" ".join(texts))
        return SecondReading(1.0 if found.pages else 0.0, found.pages, min(found.tier, 1), found.categories)


def load_second_look(screen: Looks, folder: str = "") -> JoinedRules:
    """`folder`: where the model lies; empty: in the source tree."""
    return JoinedRules(screen)
