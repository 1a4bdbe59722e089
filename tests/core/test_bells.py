"""What a bell of the reconciliation says, and what several say together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core.bells import Bell, heard, read

NOON = datetime(2026, 3, 2, 12, 0, 0, 250, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("bell", [Bell(1), Bell(8, NOON), Bell(2, None, NOON), Bell(3, NOON - HOUR, NOON)])
def test_what_a_look_asks_of_the_next_is_read_as_it_was_said(bell):
    assert read(bell.word) == heard([bell.word]) == bell


@pytest.mark.parametrize(
    "word", ["{}", "", "again", "again x", "again -1", "again ²", "Porchlight: urgent item.", "again 3 - - -", "again 3 noon -", "again 3 2026-03-02T12:00 -"]
)
def test_any_other_word_is_the_bell_itself(word):
    assert heard([word]) == Bell()


def test_of_many_that_ring_together_nothing_is_left_out():
    early, late = NOON - HOUR, NOON
    assert heard([Bell(3, late).word, Bell(2, early).word]) == Bell(2, early)
    assert heard([Bell(3, early, early).word, Bell(2, early, late).word]) == Bell(2, early, late)
    assert heard([Bell(3, early, late).word, "{}"]) == Bell(0, early)
    assert heard([]) == Bell()
