"""One plain crisis in each of the ways people hide it, or their phone does (FAILURES C15, list 1: 7)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.first_look import the_screen

SCREEN = the_screen()
PLAIN = (
    "i want to die tonight",
    "im going to kill myself",
    "i dont want to live anymore",
    "i feel suicidal",
    "i want to hurt myself",
    "i overdosed on tylenol",
    "quiero morirme",
)


def _each_word(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: " ".join(change(word) for word in text.split())


def _letters_from(first: int) -> dict[int, str]:
    return {ord("a") + place: chr(first + place) for place in range(26)}


def _table(plain: str, odd: str) -> Callable[[str], str]:
    return lambda text: text.translate(str.maketrans(plain, odd))


DISGUISES: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "digits": _table("aeios", "43105"),
    "signs": _table("aiseo", "@!$30"),
    "plus and bar": _table("taio", "+4|0"),
    "cyrillic": _table("aeopcxyis", "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0455"),
    "greek": _table("aoiktvn", "\u03b1\u03bf\u03b9\u03ba\u03c4\u03bd\u03b7"),
    "small capitals": _table("abdegiklmnortuvwy", "ᴀʙᴅᴇɢɪᴋʟᴍɴᴏʀᴛᴜᴠᴡʏ"),
    "wide": lambda text: text.translate(_letters_from(0xFF41)),
    "bold": lambda text: text.translate(_letters_from(0x1D41A)),
    "circled": lambda text: text.translate(_letters_from(0x24D0)),
    "squared": lambda text: text.translate(_letters_from(0x1F170)),
    "flags": lambda text: text.translate(_letters_from(0x1F1E6)),
    "struck through": lambda text: "".join(letter + "\u0336\u20dd" if letter != " " else " " for letter in text),
    "zero width": "\u200b".join,
    "accents": _table("aeiou", "áèîõü"),
    "letters apart": lambda text: " ".join(text.replace(" ", "")),
    "words of letters apart": lambda text: "  ".join(" ".join(word) for word in text.split()),
    "dots in words": _each_word(".".join),
    "dashes in words": _each_word("-".join),
    "low lines in words": _each_word("_".join),
    "slashes in words": _each_word("/".join),
    "run together": lambda text: text.replace(" ", ""),
    "hashtag": lambda text: "#" + text.replace(" ", ""),
    "low lines": lambda text: text.replace(" ", "_"),
    "commas": _each_word(lambda word: f"{word},"),
    "emoji between": lambda text: text.replace(" ", "\U0001f97a"),
    "stretched": _each_word(lambda word: word + word[-1] * 3),
    "starred": lambda text: re.sub(r"\b(\w)[aeiou](\w{2,})", r"\1*\2", text),
    "letters missed": lambda text: re.sub(r"(.)\1", r"\1", text),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("text", PLAIN)
def test_a_disguise_does_not_hide_a_crisis(text: str, disguise: str) -> None:
    assert SCREEN.look(DISGUISES[disguise](text)).pages


@pytest.mark.parametrize(
    "text",
    [
        "a.m. or p.m.?",
        "apt 4b, 2nd floor",
        "10am works",
        "a b c 1 2 3",
        "www.example.com/forms",
        "the withdrawal form, something else?",
        "mediation at 3",
        "waiting room 12b",
        "copay is $20, deductible $1,500+",
        "dx: F33.1, 50mg q.d.",
        "ok!!! see u @ 5",
        "Hi\nThanks\nBye",
    ],
)
def test_ordinary_odd_writing_stays_ordinary(text: str) -> None:
    assert not SCREEN.look(text).pages
