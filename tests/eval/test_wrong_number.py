"""The corpus of "this is not their phone" is whole, its unread half stays above what docs/opt-out.md says, and nobody's own words doubt a number."""

from __future__ import annotations

import tomllib
from importlib import resources

from chalicelib.core.keywords import fold

from .wrong_number import report, rows


def test_there_are_a_hundred_of_each_once_in_both_languages():
    seen = list(rows())
    for label in ("wrong", "theirs"):
        mine = [row for row in seen if row["label"] == label]
        assert len({fold(row["text"]) for row in mine}) >= 100 and {row["lang"] for row in mine} == {"en", "es"}
    assert len({row["id"] for row in seen}) == len(seen)


def test_the_half_that_is_only_measured_keeps_its_floor():
    half = report()["only_measured"]
    assert half["recall"]["rate"] >= 0.45
    assert half["precision"]["rate"] >= 0.98 and half["wrongly_in_doubt"]["hits"] == 0


def test_no_sentence_of_the_corpus_is_an_example_of_a_phrase():
    data = tomllib.loads(resources.files("chalicelib.texts").joinpath("keywords.toml").read_text(encoding="utf-8"))
    examples = {fold(text) for row in data["phrase"] if row["means"] == "wrong_number" for text in (*row["fires"], *row["quiet"])}
    assert not [row["id"] for row in rows() if len(row["text"]) > 34 and fold(row["text"]) in examples]
