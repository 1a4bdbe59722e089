"""A delivery status only ever moves forward: every pair, and every order in which callbacks can come (C51)."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from chalicelib.core.messages import FAILED, FINAL, Status, behind, moves_forward

# The road, in order; statuses on one line do not follow one another.
ROAD = [
    {"queued"},
    {"claimed"},
    {"unknown"},
    {"not_sent"},
    {"queued_at_carrier"},
    {"handed_to_carrier"},
    {"delivered", "failed_number", "failed_blocked", "failed_other", "expired", "refused", "received", "moved", "withdrawn"},
]
PLACE = {status: at for at, line in enumerate(ROAD) for status in line}


@pytest.mark.parametrize(("now", "to"), list(product(Status, Status)))
def test_every_pair(now, to):
    assert moves_forward(now, to) == (PLACE[to] > PLACE[now])
    assert (now in behind(to)) == moves_forward(now, to)


def test_the_last_line_is_final_and_nothing_leaves_it():
    assert {status.value for status in FINAL} == ROAD[-1]
    assert not any(moves_forward(status, to) for status in FINAL for to in Status)


def test_what_failed_is_final_and_delivered_is_no_failure():
    assert FAILED < FINAL and Status.DELIVERED not in FAILED and Status.RECEIVED not in FAILED


@pytest.mark.parametrize("word", [Status.QUEUED_AT_CARRIER, Status.HANDED_TO_CARRIER, Status.DELIVERED, Status.FAILED_NUMBER])
def test_any_late_word_of_the_carrier_proves_that_it_was_sent(word):
    assert moves_forward(Status.NOT_SENT, word)
    assert not moves_forward(word, Status.NOT_SENT)


@pytest.mark.parametrize("last", [Status.DELIVERED, Status.FAILED_NUMBER, Status.FAILED_BLOCKED])
def test_c51_whatever_the_order_of_callbacks_the_end_is_the_same(last):
    for order in permutations([Status.QUEUED_AT_CARRIER, Status.HANDED_TO_CARRIER, last, Status.HANDED_TO_CARRIER]):
        now = Status.CLAIMED
        for word in order:
            now = word if moves_forward(now, word) else now
        assert now is last
