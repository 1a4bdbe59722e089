"""The dead man's second text is one that only the second look raises, with the released looks, and by a margin."""

from __future__ import annotations

from chalicelib.core.exercise import SECOND
from chalicelib.lexicon import load_lexicon, load_screen
from chalicelib.second_look import load_second_look
from chalicelib.texts.exercise import body


def test_only_the_second_look_raises_it() -> None:
    screen, text = load_screen(), body(SECOND, 0)
    second = load_second_look(screen, load_lexicon().words)
    assert not screen.look(text).pages and second.read([text]).pages
