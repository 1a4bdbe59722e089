"""What patients are told about open times: never a word of anybody else. Length, level and words: `test_words.py`."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from chalicelib.texts import offers

# N7: whoever else was asked, has it, or waits.
OTHERS = re.compile(
    r"\b(someone|somebody|anyone|anybody|another person|other(s| people| patients?)|else|taken by|waitlist|wait list|list|first|alguien|otr[ao] persona"
    r"|otros|otras personas|lista|primer[ao]?|pacientes?|patients?)\b",
    re.I,
)
EACH = sorted(offers.templates())
NAMED = pytest.mark.parametrize(("name", "language"), EACH, ids=[".".join(each) for each in EACH])


@NAMED
def test_n7_nobody_learns_of_others(name: str, language: str) -> None:
    assert not OTHERS.search(offers.templates()[name, language].body)


@pytest.mark.parametrize("name", sorted({name for name, _ in EACH}))
def test_both_languages_ask_for_the_same(name: str) -> None:
    wanted = [{part[1] for part in Formatter().parse(offers.templates()[name, each].body) if part[1]} for each in offers.LANGUAGES]
    assert wanted[0] == wanted[1]


def test_a_language_that_we_do_not_have_is_english() -> None:
    assert offers.choose("offer_no", "fr").language == "en"
