"""The second look, where it is installed: the scorer runs without it, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from chalicelib.core.triage import Screen
from chalicelib.lexicon import load_lexicon


class Reading(Protocol):
    @property
    def pages(self) -> bool: ...


class Reads(Protocol):
    """One person's texts of the last ten minutes, oldest first."""

    def read(self, texts: Sequence[str]) -> Reading: ...


def second_look(screen: Screen) -> Reads | None:
    """The model at its one fixed threshold, or nothing when this copy of the project has none."""
    if find_spec("chalicelib.second_look") is None:
        return None
    found: Reads = import_module("chalicelib.second_look").load_second_look(screen, load_lexicon().words)
    return found
