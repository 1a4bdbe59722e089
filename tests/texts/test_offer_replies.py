"""The table that reads what people write back to a time on offer: each row with its own examples."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from chalicelib import texts
from chalicelib.core.keywords import LONG, fold
from chalicelib.core.visit_replies import OF_OFFERS, Reading
from chalicelib.texts import offers

DATA = tomllib.loads(resources.files("chalicelib.texts").joinpath("offer_replies.toml").read_text(encoding="utf-8"))
ROWS = list(zip(DATA["reply"], offers.replies().rows, strict=True))
FIRES = [(at, text) for at, (row, _) in enumerate(ROWS) for text in row["fires"]]
QUIET = [(at, text) for at, (row, _) in enumerate(ROWS) for text in row["quiet"]]


@pytest.mark.parametrize(("at", "text"), FIRES)
def test_a_row_reads_its_examples(at: int, text: str) -> None:
    row, _ = ROWS[at]
    assert offers.replies().read(text) == Reading(row["means"], row["sure"])


@pytest.mark.parametrize(("at", "text"), QUIET)
def test_a_row_is_quiet_on_its_counter_examples_and_so_is_every_sure_one(at: int, text: str) -> None:
    row, kept = ROWS[at]
    assert not offers.replies().read(text).sure
    assert row["sure"] or not kept.pattern.search(LONG.sub(r"\1", fold(text)))


def test_every_meaning_has_a_sure_row_and_a_sure_row_stands_for_the_whole_message() -> None:
    sure = [row for row in DATA["reply"] if row["sure"]]
    assert {row["means"] for row in sure} == set(OF_OFFERS)
    assert all(row["pattern"].startswith("^") and row["pattern"].endswith("$") for row in sure)


@pytest.mark.parametrize("text", ["STOP", "cancel", "no mas", "Cancelar"])
def test_t1_words_that_opt_out_are_read_before(text: str) -> None:
    assert texts.keywords().read(text) == "stop" and not offers.replies().read(text).sure


@pytest.mark.parametrize("text", ["", "10", "1 of 3", "I took them all", "I want to end it", "thanks", "yes?"])
def test_c13_what_is_no_answer_is_none(text: str) -> None:
    assert not offers.replies().read(text).sure
