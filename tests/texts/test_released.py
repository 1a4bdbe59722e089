"""What was once said to somebody in danger can be shown as it was said, for ever."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.core.crisis_answers import Choice, Wording
from chalicelib.texts import crisis

from .test_crisis_texts import CLINIC, EVERY, LANGUAGES

ROOM = Path(crisis.__file__).parent
KEPT = tomllib.loads((ROOM / "released" / "crisis.toml").read_text(encoding="utf-8"))["piece"]
ONCE = (Path(__file__).with_name("released_crisis.txt")).read_text().split()  # a line is added and never taken away
NOW = {crisis.digest(row["body"]): row["body"] for part in crisis.ANSWERS for row in crisis._file()[part]}


def test_every_piece_of_today_is_kept() -> None:
    missing = [f'[[piece]]\ndigest = "{called}"\nbody = "{body}"' for called, body in NOW.items() if called not in crisis.released()]
    assert not missing, "add to chalicelib/texts/released/crisis.toml:\n\n" + "\n\n".join(missing)


def test_every_piece_that_was_ever_released_is_kept() -> None:
    """Whoever takes one away must change two files, and read this: threads name it still."""
    assert set(ONCE) <= set(crisis.released())
    assert set(crisis.released()) <= set(ONCE), "add to tests/texts/released_crisis.txt"


def test_a_piece_is_called_by_its_own_words() -> None:
    assert [row["digest"] for row in KEPT] == [crisis.digest(row["body"]) for row in KEPT]
    assert len({row["digest"] for row in KEPT}) == len(KEPT)


def test_a_piece_of_another_day_is_found_among_the_kept_ones() -> None:
    for called, body in crisis.released().items():
        assert crisis.said(Wording((called,), opens="Mon 8:00 AM")) == body.replace(crisis.OPENS, "Mon 8:00 AM")
    with pytest.raises(KeyError):
        crisis.said(Wording(("0" * crisis.DIGITS,)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_is_said_again_from_its_reference(language: str) -> None:
    for choice in EVERY:
        words = crisis.wording(choice, language, opens="Mon 8:00 AM", clinic=CLINIC)
        text = crisis.answer(choice, language, opens="Mon 8:00 AM", clinic=CLINIC)
        assert crisis.said(words) == text
        assert ("Mon 8:00 AM" in text) is bool(words.opens) and (CLINIC in text) is bool(words.clinic)


def test_a_reference_depends_on_the_words_and_not_on_their_name() -> None:
    words = crisis.wording(Choice("self", 1, "crisis_staffed"), "en")
    assert words == replace(words, pieces=tuple(map(crisis.digest, map(NOW.__getitem__, words.pieces))))
    assert crisis.digest("Call 911.") != crisis.digest("Call 911")
