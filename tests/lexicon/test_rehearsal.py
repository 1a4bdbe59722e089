"""What a proposal would do to rows like those of the evaluation sets, held against a screen that is loaded anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.lexicon_change import LexiconChange
from chalicelib.core.triage import Screen, Words
from chalicelib.lexicon import load_lexicon, read_texts
from chalicelib.lexicon.edit import edited
from chalicelib.lexicon.finder import Re2Finder
from chalicelib.lexicon.rehearsal import (
    Rehearsal,
    Seen,
    load_rehearsal,
    looked_at,
    packed,
    patterns,
    release,
    screen_of,
    unpacked,
)

WANTS = "en.suicide.want-to-die"
ROWS = {
    "crises": [("c1", "crisis", "some days I want to die in here"), ("c2", "crisis", "the violet door is open for me"), ("c3", "crisis", "I want to die now")],
    "others": [("o1", "none", "I want to die, my screen cracked"), ("o2", "none", "see you on Monday"), ("o3", "unsure", "hm")],
}


@dataclass
class Hears:
    """A second look that hears one word. `asked`: what it read."""

    word: str = "now"

    def read(self, texts: Sequence[str]) -> Any:
        @dataclass
        class Reading:
            pages: bool

        return Reading(self.word in " ".join(texts))


def second(screen: Screen, words: Words) -> Hears:
    return Hears()


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    import json

    folder: Path = tmp_path_factory.mktemp("sets")
    for name, lines in ROWS.items():
        told = [{"id": row, "set": name, "text": text, "label": label, "category": "x", "lang": "en"} for row, label, text in lines]
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, told)) + "\n")
    return looked_at(folder)


@pytest.fixture(scope="module")
def rehearsal(rows: list[Seen]) -> Rehearsal:
    return Rehearsal(rows, second)


def test_retiring_loses_what_no_other_look_finds(rehearsal: Rehearsal) -> None:
    outcome = rehearsal.try_out(LexiconChange("retire", WANTS, "a test of it"))
    assert [each.row for each in outcome.lost] == ["c1"] and outcome.lost[0].says == "some days I want to die in here"
    assert [each.row for each in outcome.late] == ["c3"], "the second look still hears it"
    assert [each.row for each in outcome.spared] == ["o1"] and not outcome.found and not outcome.woken
    assert outcome.sizes == (("crises", 3, 0), ("others", 0, 2)), "an unsure row is in no figure"


def test_an_unless_spares_only_where_it_stands(rehearsal: Rehearsal) -> None:
    outcome = rehearsal.try_out(
        LexiconChange("unless", WANTS, "a test of it", ("my screen cracked",), must_not=("I want to die, my screen cracked again",))
    )
    assert [each.row for each in outcome.spared] == ["o1"] and not outcome.lost and not outcome.broken


def test_a_new_rule_finds_and_its_own_sentences_are_held_against_it(rehearsal: Rehearsal) -> None:
    new = LexiconChange(
        "new", "en.suicide.violet-door", "a test of it", ("violet door is open",), ("the violet door is open for me",),
        ("the violet door is open, come in",), 1, "suicide",
    )  # fmt: skip
    outcome = rehearsal.try_out(new)
    assert [each.row for each in outcome.found] == ["c2"]
    assert outcome.broken == ("the violet door is open, come in",)


def test_only_rows_it_can_touch_are_looked_at_and_that_misses_none(rows: list[Seen], rehearsal: Rehearsal) -> None:
    """The short way against the long one: a screen built anew, over every row."""
    for change in (
        LexiconChange("retire", WANTS, "a test of it"),
        LexiconChange("lower", WANTS, "a test of it"),
        LexiconChange("phrase", WANTS, "a test of it", ("on monday",), ("x",)),
    ):
        after = load_lexicon(edited(read_texts(), change, "s", "2026-01-01"))
        screen = screen_of(after, Re2Finder(patterns(after)), after.words)
        moved = {seen.row for seen in rows if any(screen.look(text).pages for text in seen.texts) != seen.pages}
        outcome = rehearsal.try_out(change)
        assert {each.row for part in (outcome.lost, outcome.late, outcome.found, outcome.spared, outcome.woken) for each in part} == moved


def test_rows_travel_whole_and_not_to_another_release(rows: list[Seen], tmp_path: Path) -> None:
    assert unpacked(packed(rows)) == rows
    (tmp_path / "rows.jsonl").write_text(packed(rows))
    assert load_rehearsal(str(tmp_path), second).rules[WANTS].tier == 1
    other = packed(rows).replace(release(), "0" * 12)
    with pytest.raises(ValueError, match="another release"):
        unpacked(other)


def test_a_phrase_is_read_as_the_rules_read_it(rehearsal: Rehearsal) -> None:
    assert rehearsal.plain("  My   SCREEN\u2019s cracked ") == rehearsal.plain("my screens cracked")
