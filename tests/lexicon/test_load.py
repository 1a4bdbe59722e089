"""What a lexicon file may say, and what loading refuses."""

from __future__ import annotations

import re

import pytest

from chalicelib.console.words import CATEGORIES
from chalicelib.core.triage import Rule
from tests.first_look import the_lexicon, the_screen

LEXICON = the_lexicon()
SCREEN = the_screen()


def test_the_console_has_words_for_every_category() -> None:
    spoken = {entry.rule.category for entry in LEXICON.entries if isinstance(entry.rule, Rule)}
    assert spoken | {"unknown_language"} <= set(CATEGORIES)


def test_every_pattern_can_end_where_it_says() -> None:
    """A gap that ends an alternative must not ask for a second space: such a rule would look fine and never fire."""
    stuck = re.compile(r"\(\?:\[\^ \.\]\+ \)\{0,\d+\}[)|]")
    assert [entry.rule.id for entry in LEXICON.entries if stuck.search(entry.pattern)] == []


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("I can't carry on.", True),  # a whole sentence
        ("hi. I can't carry on. sorry to bother", True),
        ("I can't carry on with group at five", False),  # the sentence goes on
    ],
)
def test_a_whole_sentence_rule_wants_the_whole_sentence(text: str, pages: bool) -> None:
    assert ("en.suicide.said-shortly" in SCREEN.look(text).rules) is pages
