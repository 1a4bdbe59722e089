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


@pytest.mark.parametrize("said", ["help me", "kill me", "suicidal", "goodbye forever", "I'm done living", "I have a plan", "\U0001f48a\U0001f48a\U0001f48a"])
@pytest.mark.parametrize("dressed", ["{}", "{}.", "{}!!!", "{}\n", "\n{}", "... {}", "{} \U0001f62d\U0001f62d", "\U0001f62d {}!", "{}\n\nSent from my iPhone", "{}\nEnviado desde mi iPhone."])
def test_a_full_stop_a_cry_or_the_line_of_a_phone_is_nothing_beside_a_whole_message(said: str, dressed: str) -> None:
    """Phones set the full stop by themselves: at two spaces, and after whatever is dictated."""
    assert SCREEN.look(dressed.format(said)).pages


@pytest.mark.parametrize("text", ["HELP!", "need help.", "SOS!!!", "AYUDA."])
def test_the_carriers_word_with_its_exclamation_mark_is_read_by_a_person_too(text: str) -> None:
    assert SCREEN.look(text).tier == 2


@pytest.mark.parametrize("text", ["Help me. The form does not load", "kill me, the traffic!", "I did it!!!", "I'm ready!", "I have a plan. Thursday works"])
def test_what_is_more_than_the_whole_message_is_not_it(text: str) -> None:
    assert "en.suicide.whole-message" not in SCREEN.look(text).rules


@pytest.mark.parametrize("said", ["I was raped", "already took everything", "she's going to jump", "I can't carry on", "im about to cut", "ya no quiero estar aquí"])
@pytest.mark.parametrize("dressed", ["{} \U0001f62d", "{}\U0001f622\U0001f622", "{} \U0001f494", "\U0001f614 {}", "{} \U0001f64f", "hi. {} \U0001f44b", "{}\nSent from my iPhone"])
def test_a_face_beside_a_sentence_does_not_silence_it(said: str, dressed: str) -> None:
    """Who cries writes it with a face that cries: no such rule saw the end of the sentence before it."""
    assert SCREEN.look(dressed.format(said)).pages


@pytest.mark.parametrize("said", ["I was raped", "already took everything", "she's going to jump", "he hit me", "ya no quiero estar aquí"])
@pytest.mark.parametrize("dressed", ["{}... I dont know what to do", "{}…what now", "hey.. {}", "ok - {} - sorry", "{} — sorry"])
def test_three_dots_or_a_dash_end_a_sentence_too(said: str, dressed: str) -> None:
    assert SCREEN.look(dressed.format(said)).pages


@pytest.mark.parametrize(("text", "pages"), [("I just want to... die", True), ("Kill... me... please", True), ("I'm ready - see you at 3", False), ("I did it... finally got the job", False)])
def test_and_hold_no_words_apart_that_are_one_sentence(text: str, pages: bool) -> None:
    assert SCREEN.look(text).pages is pages


@pytest.mark.parametrize("text", ["help me help me", "Help me! Help me!", "HELP HELP HELP", "help. help. please help me", "kill me kill me", "ayúdame ayúdame", "¡auxilio! ¡auxilio!"])
def test_a_cry_that_is_repeated_is_a_cry(text: str) -> None:
    assert SCREEN.look(text).pages
