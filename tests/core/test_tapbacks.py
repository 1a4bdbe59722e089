"""A reaction is told from words by its exact shape; whatever else comes is a person's words (C17)."""

from __future__ import annotations

from time import process_time

import pytest

from chalicelib.core.tapbacks import quoted

OURS = 'This is an automatic reply. Call or text 988 any time. We said "hold on".'


@pytest.mark.parametrize(
    "reaction",
    [
        "Liked “{}”", "Loved “{}”", "Disliked “{}”", "Laughed at “{}”", "Emphasized “{}”", "Questioned “{}”",
        "liked “{}”", "Reacted 😂 to “{}”", "Reacted ❤️ to “{}”", "Removed a like from “{}”", "Removed an exclamation from “{}”", "Removed a 😂 from “{}”",
        'Liked "{}"', "Le gustó “{}”", "Le encantó «{}»", "Reaccionó con 😢 a “{}”",
        "👍 to “{}”", "\u200a\u200b👍\u200b to \u200a“\u200a{}\u200a”\u200a", "\u200b❤️\u200b to “\u200b{}\u200b”\u200b", "😮 a “{}”",
        "  Liked “{}”\n",
        "Emphasised “{}”", "Removed 😂 from “{}”", "Le dio risa “{}”", "Exclamó por “{}”", "Dudó sobre “{}”", "Se rió de “{}”", "Enfatizó “{}”",
    ],
)
def test_c17_the_quoted_words_come_out_exactly(reaction):
    assert quoted(reaction.format(OURS)) == OURS


def test_a_text_of_several_lines_comes_out_whole():
    assert quoted("Loved “one\ntwo\n\nthree”") == "one\ntwo\n\nthree"


@pytest.mark.parametrize(
    "words",
    [
        "", "Liked", "Liked an image", "I liked “your message”", "Liked “your message” a lot", "Liked your message",
        "I laughed at “me”", "she said “kill yourself”", "Questioned", "“I want to die”", "Loved “unfinished",
        "He liked “it” and loved “that", "👍", "to “whom”", "Liked “a” but I want to die",
    ],
)
def test_words_are_no_reaction(words):
    assert quoted(words) is None


def test_a_reaction_around_danger_is_quoted_so_that_the_caller_finds_it_is_not_ours():
    assert quoted("Liked “I took all my pills”") == "I took all my pills"


@pytest.mark.parametrize("hostile", ["liked" + "\u200a" * 20_000, "liked “" + "” " * 10_000 + "x", "\u200b" * 20_000, "Removed a " + "a " * 10_000])
def test_the_cost_grows_with_the_length_and_no_faster(hostile):
    began = process_time()
    quoted(hostile)
    assert process_time() - began < 0.2
