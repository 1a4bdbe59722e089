"""Which texts say a code, and which say that a test arrived."""

from __future__ import annotations

import pytest

from chalicelib.core.item_code import said_code, says_fine


@pytest.mark.parametrize(
    "body",
    ["K7Q2", "k7q2", " k7 q2 ", "K 7 Q 2", "K7Q2.", "K7Q2 ok", "ok k7q2", "Ok, K7Q2!", "k-7-q-2", "Item K7Q2", "got it k7q2",
     "K7Q2 mine", "K7Q2\n", "Okay K7Q2, thanks", "K7Q2 ok ok"],
)  # fmt: skip
def test_a_code_in_every_spelling(body: str) -> None:
    assert said_code(body) == "K7Q2"


def test_a_hand_writes_o_for_nought_and_l_for_one() -> None:
    assert (said_code("kO1l"), said_code("KoIL")) == ("K011", "K011")


def test_a_code_that_is_a_word_we_pass_over_is_still_a_code() -> None:
    assert said_code("M1NE") == "M1NE" and said_code("mine") == "M1NE" and said_code("mine ok") == "M1NE"


@pytest.mark.parametrize(
    "body",
    ["", "ok", "OK thanks", "K7Q", "K7Q22", "K7Q2 I took them all", "who is K7Q2", "I am on my way", "U7Q2", "K7Q2 K7Q3", "😀", "ñ7Q2",
     "Can you take K7Q2"],
)  # fmt: skip
def test_no_code(body: str) -> None:
    assert said_code(body) == ""


@pytest.mark.parametrize("body", ["OK", "ok", "Ok.", "okay!", " k ", "Got it", "Yes", "OK, thanks", "👍"])
def test_fine(body: str) -> None:
    assert says_fine(body)


@pytest.mark.parametrize("body", ["", "ok but who is this", "not ok", "K7Q2 ok", "ok?no"])
def test_not_fine(body: str) -> None:
    assert not says_fine(body)
