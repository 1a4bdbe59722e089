"""The words of the first look, as data that a clinician can read, and the engine that finds them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .built import built_screen

if TYPE_CHECKING:
    from ..core.triage import Screen
    from .load import Entry, Hint, Lexicon, finder_of, load_lexicon, read_texts

__all__ = ["Entry", "Hint", "Lexicon", "finder_of", "load_lexicon", "load_screen", "read_texts"]


def load_screen() -> Screen:
    """The screen over the whole lexicon: as packaging built it, else from the files. Build it once and keep it."""
    screen: Screen = built_screen() or _load().screen()
    return screen


def _load() -> Any:
    return import_module(f"{__name__}.load")


def __getattr__(name: str) -> Any:
    """The files' own reader is asked for by those who look at the entries: a cold start goes without."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(_load(), name)
