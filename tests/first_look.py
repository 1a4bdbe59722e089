"""The lexicon and the screen over it, made once in each process: neither ever changes."""

from __future__ import annotations

from functools import cache

from chalicelib.core.triage import Screen
from chalicelib.lexicon import Lexicon, load_lexicon, load_screen


@cache
def the_screen() -> Screen:
    return load_screen()


@cache
def the_lexicon() -> Lexicon:
    return load_lexicon()
