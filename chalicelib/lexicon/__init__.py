"""The words of the first look, as data that a clinician can read, and the engine that finds them."""

from __future__ import annotations

from .load import Entry, Hint, Lexicon, finder_of, load_lexicon, load_screen

__all__ = ["Entry", "Hint", "Lexicon", "finder_of", "load_lexicon", "load_screen"]
