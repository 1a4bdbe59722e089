"""The plain form, case by case, and for any text at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.triage import Normaliser, Words
from tests.first_look import the_lexicon, the_screen

WORDS = Words(
    spellings={"dont": "do not", "i'll": "i will", "im": "i am", "killmyself": "kill myself", "cant": "can not"},
    emoji={"💊": "pillemoji"},
    keys=frozenset({"kill", "die", "suicide", "pills", "myself"}),
    openings=("myself",),
    phrases={"want 2": "want to"},
    fillers=frozenset({"just"}),
)
NORMALISER = Normaliser(WORDS)
SCREEN, REAL = the_screen(), Normaliser(the_lexicon().words)
ANY_TEXT = st.text(max_size=400) | st.text(
    st.sampled_from("killmyself i want to die 💊\u200b\u2019'*@$10.!?\n\ud83dáñ"), max_size=400
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", "  "),
        ("Hello", " hello "),
        ("don\u2019t", " do not "),
        ("don t", " do not "),
        ("DON'T", " do not "),
        ("can't", " can not "),
        ("I'll die", " i will die "),
        ("no. yes", " no . yes "),
        ("no... yes", " no yes "),
        ("line\nline", " line . line "),
        ("kiiilll", " kill "),
        ("pillls", " pills "),
        ("su1c1de", " suicide "),
        ("k!ll", " kill "),
        ("s**cide", " suicide "),
        ("k i l l myself", " kill myself "),
        ("k-i-l-l", " kill "),
        ("i m a b c", " i am a b c "),
        ("kill\u200bmyself", " kill myself "),
        ("#killmyself", " kill myself "),
        ("myselfi am", " myself i am "),
        ("morir, mañana", " morir manana "),
        ("💊💊", " pillemoji pillemoji "),
        ("took 30mg", " took 30 mg "),
        ("want 2 die", " want to die "),
        ("just die", " die "),
        ("ｄｉｅ", " die "),
        ("dіe", " die "),
    ],
)
def test_the_plain_form(text: str, plain: str) -> None:
    assert NORMALISER.plain(text).text == plain


@given(ANY_TEXT)
def test_any_text_has_a_plain_form(text: str) -> None:
    plain = REAL.plain(text).text
    assert plain.isascii()
    assert plain.startswith(" ") and plain.endswith(" ")


@given(ANY_TEXT)
def test_any_text_gets_a_first_look_and_always_the_same(text: str) -> None:
    look = SCREEN.look(text)
    assert look.tier in (0, 1, 2, 3)
    assert look == SCREEN.look(text)
    assert bool(look.rules) == (look.tier < 3)


@given(before=ANY_TEXT, after=ANY_TEXT)
def test_what_stands_around_a_crisis_in_other_sentences_never_silences_it(before: str, after: str) -> None:
    assert SCREEN.look(f"{before}\n\nI am going to kill myself tonight.\n\n{after}").tier <= 2


@pytest.mark.parametrize("text", ["\ud83d", "\x00", "\u202e", "a" * 100_000, "💊" * 5_000])
def test_odd_texts_get_a_first_look(text: str) -> None:
    assert SCREEN.look(text).tier in (0, 1, 2, 3)
