"""Three tasks, a step at a time, in order, once each."""

from __future__ import annotations

import pytest

from chalicelib.core.practice import BACK, STEPS, TASKS, Practice, after


def test_every_step_in_order_ends_it() -> None:
    practice = Practice()
    for at, step in enumerate(STEPS):
        assert practice.step == step and practice.done == at
        practice = after(practice, step)
    assert practice.step == practice.task == "" and all(map(practice.finished, TASKS))


@pytest.mark.parametrize("step", ["answer", "close", "", "no such step", BACK])
def test_a_step_that_is_not_the_next_changes_nothing(step: str) -> None:
    assert after(Practice(), step) == Practice()


def test_a_step_pressed_twice_is_one() -> None:
    once = after(Practice(), "take")
    assert after(once, "take") == once


def test_an_answer_is_taken_back_only_while_it_is_the_last_thing_done() -> None:
    sent = Practice(2, True)
    assert after(sent, BACK) == Practice(1, True)
    assert after(Practice(3, True), BACK) == Practice(3, True)
