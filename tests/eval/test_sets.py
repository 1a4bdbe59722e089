"""The evaluation sets are whole, large enough, without repeats, and nobody learnt from them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.eval.triage import rows

ROOT = Path(__file__).parents[2]
SETS = Path(__file__).parent / "sets"

# What each set must hold at least, by whether it should page. A set that shrinks says less than its figures claim.
LEAST = {
    "adversarial": {"crisis": 200, "other": 70},
    "clinic_logistics": {"crisis": 0, "other": 1380},
    "sms_crises": {"crisis": 750, "other": 0},
    "spanish": {"crisis": 185, "other": 115},
    "split": {"crisis": 95, "other": 55},
}
CRISES = {
    "child_elder_abuse", "danger", "medical", "overdose", "psychosis", "self_harm", "suicide", "third_party", "violence",
    "withdrawal",
}  # fmt: skip
OTHERS = {
    "billing", "craving", "denial", "everyday", "family", "grief", "hopeless", "idiom", "joke", "logistics", "lyrics", "news",
    "other", "past", "refill", "relapse", "spam", "stress", "thanks", "third_past", "work",
}  # fmt: skip
CATEGORIES = {"crisis": CRISES, "distress": OTHERS, "none": OTHERS}

# Where sentences are learnt from. A short one ("I want to die") may well be thought of twice; a long one was copied.
LEARNT_FROM = ("chalicelib/lexicon", "tests/lexicon", "training")
TOO_LONG_FOR_CHANCE = 7

ALL = {path.stem: list(rows(path)) for path in sorted(SETS.glob("*.jsonl"))}
EVERY = [row for found in ALL.values() for row in found]


def folded(text: str) -> str:
    """What two spellings of one sentence share: capitals and spaces do not make it a new one."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def test_every_set_has_a_least_size() -> None:
    assert set(ALL) == set(LEAST)


@pytest.mark.parametrize("name", LEAST)
def test_a_set_is_large_enough(name: str) -> None:
    counts = Counter("crisis" if row["label"] == "crisis" else "other" for row in ALL[name])
    assert {kind: counts[kind] for kind in LEAST[name] if counts[kind] < LEAST[name][kind]} == {}


@pytest.mark.parametrize("name", LEAST)
def test_every_row_is_whole(name: str) -> None:
    assert [row["id"] for row in ALL[name] if not whole(row, name)] == []


def whole(row: dict[str, Any], name: str) -> bool:
    """A row says where it belongs, and its category is one of its label's."""
    return (
        set(row) == {"id", "set", "text", "label", "category", "lang"} | ({"texts"} if name == "split" else set())
        and row["set"] == name
        and row["lang"] in {"en", "es"}
        and row["category"] in CATEGORIES.get(row["label"], set())
        and bool(row["text"].strip())
    )


def test_ids_are_unique() -> None:
    assert [key for key, times in Counter(row["id"] for row in EVERY).items() if times > 1] == []


def test_no_text_stands_twice_in_or_between_sets() -> None:
    seen: dict[str, list[str]] = {}
    for row in EVERY:
        seen.setdefault(folded(row["text"]), []).append(row["id"])
    assert [ids for ids in seen.values() if len(ids) > 1] == []


def test_a_split_text_has_two_to_five_parts() -> None:
    assert [row["id"] for row in ALL["split"] if not 2 <= len(row["texts"]) <= 5 or not all(map(str.strip, row["texts"]))] == []


def test_the_text_crises_and_the_spanish_ones_cover_every_category() -> None:
    for name in ("sms_crises", "spanish", "adversarial", "split"):
        assert {row["category"] for row in ALL[name] if row["label"] == "crisis"} == CRISES, name


def test_a_tenth_of_the_clinic_texts_is_spanish() -> None:
    clinic = ALL["clinic_logistics"]
    assert sum(row["lang"] == "es" for row in clinic) >= 0.09 * len(clinic)


@pytest.mark.slow
def test_nobody_learnt_from_the_sets() -> None:
    learnt = folded(" | ".join(path.read_text("utf-8") for path in learning_files()))
    assert [row["id"] for row in EVERY if len(row["text"].split()) >= TOO_LONG_FOR_CHANCE and folded(row["text"]) in learnt] == []


def learning_files() -> list[Path]:
    kinds = {".py", ".toml", ".txt", ".json", ".jsonl", ".csv"}
    return [path for folder in LEARNT_FROM for path in sorted((ROOT / folder).rglob("*")) if path.suffix in kinds]
