"""Each phrase of `keywords.toml` with its own examples: what makes it fire, and what must not."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from chalicelib import texts
from chalicelib.core.keywords import Word, fold

DATA = tomllib.loads(resources.files("chalicelib.texts").joinpath("keywords.toml").read_text(encoding="utf-8"))
ROWS = list(zip(DATA["phrase"], [pattern for _, pattern in texts.keywords().phrases], strict=True))
FIRES = [(at, text) for at, (row, _) in enumerate(ROWS) for text in row["fires"]]
QUIET = [(at, text) for at, (row, _) in enumerate(ROWS) for text in row["quiet"]]
REVOKE = (Word.STOP, Word.STOP_SENTENCE, Word.WRONG_NUMBER)


@pytest.mark.parametrize(("at", "text"), FIRES)
def test_a_phrase_fires_on_its_examples_and_is_what_is_read(at, text):
    row, pattern = ROWS[at]
    assert pattern.search(fold(text))
    assert texts.keywords().read(text) == row["means"]


@pytest.mark.parametrize(("at", "text"), QUIET)
def test_a_phrase_is_quiet_on_its_counter_examples_and_so_is_every_other_that_revokes(at, text):
    row, pattern = ROWS[at]
    assert not pattern.search(fold(text))
    if row["means"] in REVOKE:
        assert texts.keywords().read(text) not in REVOKE


@pytest.mark.parametrize("row", DATA["phrase"], ids=lambda row: row["fires"][0])
def test_a_phrase_has_examples_of_both(row):
    assert row["fires"] and row["quiet"] and set(row) == {"means", "pattern", "fires", "quiet"}


def test_only_whole_messages_are_stop_and_sentences_are_told_apart():
    assert {row["means"] for row in DATA["phrase"]} == {"stop_sentence", "wrong_number", "new_owner", "quiet", "no_appointments", "no_check_ins", "no_groups", "no_waitlist", "maybe_stop"}


@pytest.mark.parametrize("entry", [entry for entries in DATA["whole"].values() for entry in entries])
def test_every_whole_word_is_written_as_it_will_be_compared(entry):
    assert fold(entry) == entry


def test_the_seven_words_of_the_rule_are_all_here():
    assert {"stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"} <= set(DATA["whole"]["stop"])


def test_every_part_is_used():
    patterns = " ".join(row["pattern"] for row in DATA["phrase"])
    assert all(f"<{name}>" in patterns for name in DATA["parts"])
