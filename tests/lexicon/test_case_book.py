"""Cases from other systems' failures, and the rules they taught (named after both)."""

from __future__ import annotations

import pytest

from tests.first_look import the_screen

SCREEN = the_screen()


def test_c11_stop_inside_a_sentence_is_a_crisis() -> None:
    look = SCREEN.look("Stop me I'm going to hurt myself")
    assert look.pages
    assert "self_harm" in look.categories


def test_c13_a_number_in_a_sentence_is_not_an_answer_but_a_crisis() -> None:
    assert SCREEN.look("10 pills left and I want to die").pages


@pytest.mark.parametrize("apostrophe", ["'", "\u2019", "\u2018", "\u02bc", "`", "\u00b4", "\uff07", " ", ""])
def test_c15_no_apostrophe_defeats_a_rule(apostrophe: str) -> None:
    assert SCREEN.look(f"I don{apostrophe}t want to live anymore").pages


def test_c15_a_word_inside_a_word_is_no_trigger() -> None:
    assert SCREEN.look("She is a skilled nurse, I dieted, the overdosee form").tier == 3


def test_c17_a_liked_image_is_no_crisis() -> None:
    assert SCREEN.look("Liked an image").tier == 3


def test_t2_words_that_end_a_subscription_can_end_a_life() -> None:
    assert SCREEN.look("I want it to end, I quit").pages


def test_t13_means_words_count_not_only_suicide() -> None:
    assert SCREEN.look("took 40 tylenol").tier == 0
    assert SCREEN.look("I drank antifreeze").tier == 0


@pytest.mark.parametrize("text", ["can I take ibuprofen 800mg with this", "my 💊 run out Friday", "is Excedrin ok?"])
def test_det_2_a_means_word_alone_is_read_by_a_person(text: str) -> None:
    assert SCREEN.look(text).tier == 2


@pytest.mark.parametrize(
    "text", ["took all my pills goodbye", "I can't do this anymore, I took all my pills", "took 💊💊💊💊"]
)
def test_det_2_a_means_word_with_quantity_or_goodbye_is_imminent(text: str) -> None:
    look = SCREEN.look(text)
    assert look.tier == 0
    assert look.categories[0] == "overdose"


def test_det_3_intent_with_a_time_is_imminent() -> None:
    assert SCREEN.look("I'm going to kill myself tonight").tier == 0


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("I want to die", 1),
        ("I don't want to die", 2),  # denied: a person still reads it
        ("I took a handful of pills", 0),
        ("I took a handful of pills ten years ago", 1),  # history, and still a page: 0 becomes 1
        ("this song makes me want to die lol", 2),
        ("my uncle committed suicide", 2),
    ],
)
def test_det_5_lowering_moves_down_but_never_silences(text: str, tier: int) -> None:
    assert SCREEN.look(text).tier == tier


def test_det_5_one_denial_does_not_cover_the_next_sentence() -> None:
    assert SCREEN.look("I don't want to die. I want to die.").pages


@pytest.mark.parametrize(
    "text", ["this traffic is killing me", "dead tired", "killing it at work", "I could kill for a coffee"]
)
def test_det_5_a_plain_idiom_wakes_nobody(text: str) -> None:
    assert not SCREEN.look(text).pages


@pytest.mark.parametrize(
    "text",
    ["Not feeling safe today.", "I almost killed myself yesterday.", "Having strong suicidal desire"],
)
def test_det_6_published_crisis_examples_page(text: str) -> None:
    assert SCREEN.look(text).pages


def test_det_6_a_hard_day_does_not_page() -> None:
    assert not SCREEN.look("Today's hard").pages
    assert not SCREEN.look("Rough.").pages


@pytest.mark.parametrize(
    "text",
    [
        "kiiiill myseeelf",
        "k i l l  m y s e l f",
        "k.i.l.l myself",
        "kill mys3lf",
        "k!ll myself",
        "k*ll myself",
        "kill\u200b my\u200bself",
        "ｋｉｌｌ ｍｙｓｅｌｆ",
        "KILL MYSELF",
        "killmyself",
        "#killmyself",
        "kill myslef",
        "kіll mуself",
        "unalive myself",
        "kms im gonna kms",
    ],
)
def test_det_7_a_disguise_does_not_hide_a_crisis(text: str) -> None:
    assert SCREEN.look(text).pages


def test_det_4_a_language_no_rule_reads_goes_to_a_person() -> None:
    look = SCREEN.look("Я не хочу больше жить")
    assert look.tier == 2
    assert look.categories == ("unknown_language",)


def test_staff_see_which_rule_fired_and_what_lowered_it() -> None:
    look = SCREEN.look("I don't want to die")
    assert look.rules == ("en.suicide.want-to-die", "en.lower.negation")


def test_spanish_rules_say_that_they_are_spanish() -> None:
    assert SCREEN.look("quiero morirme").rules[0].startswith("es.")
