"""The dead man's second text is one that only the second look raises, with the released looks, and by a margin."""

from __future__ import annotations

from chalicelib.core.exercise import SECOND
from chalicelib.core.segments import Encoding, count
from chalicelib.second_look import load_second_look
from chalicelib.storage.hasher import KeyedHasher
from chalicelib.texts.exercise import arriving, body
from tests.first_look import the_lexicon, the_screen


def test_only_the_second_look_raises_it() -> None:
    screen, text = the_screen(), body(SECOND, 0)
    second = load_second_look(screen, the_lexicon().words)
    assert not screen.look(text).pages and second.read([text]).pages


def test_neither_look_raises_the_weeks_text_in_whatever_its_mark() -> None:
    """It would page each Monday. One part of GSM-7, so that no carrier cuts it."""
    screen, hasher = the_screen(), KeyedHasher(lambda: b"a key")
    texts = [arriving(hasher.week_mark(f"{year}-W{week:02d}", "+13035550199")) for year in range(2026, 2031) for week in range(1, 53)]
    assert [each for each in texts if screen.look(each).pages] == []
    assert not any(load_second_look(screen, the_lexicon().words).read([each]).pages for each in texts[:3])
    assert {(count(each).encoding, count(each).parts) for each in texts} == {(Encoding.GSM7, 1)}
