"""Waiting so long and no longer: which thread does what, and what becomes of one that hangs."""

from __future__ import annotations

import threading

import pytest

from chalicelib.errors import DeadlineExceeded
from chalicelib.patience import ThreadPatience

LONG = 30.0  # seconds: only a defect waits for them


def test_one_call_after_the_other_needs_one_thread() -> None:
    patience = ThreadPatience()
    threads = {patience.within(LONG, threading.get_ident) for _ in range(20)}
    assert len(threads) == 1 and threading.get_ident() not in threads


def test_a_thread_that_hangs_is_left_behind_and_works_again_when_it_has_ended() -> None:
    patience, go_on, ended = ThreadPatience(), threading.Event(), threading.Event()
    hung: list[int] = []

    def hangs() -> None:
        hung.append(threading.get_ident())
        go_on.wait(LONG)
        ended.set()

    with pytest.raises(DeadlineExceeded):
        patience.within(0.001, hangs)
    assert patience.within(LONG, threading.get_ident) not in hung
    go_on.set()
    assert ended.wait(LONG)
    assert patience.within(LONG, lambda: "still there") == "still there"


def test_a_late_answer_reaches_nobody_elses_call() -> None:
    patience, go_on = ThreadPatience(), threading.Event()
    with pytest.raises(DeadlineExceeded):
        patience.within(0.001, lambda: go_on.wait(LONG) and "late")
    go_on.set()
    assert [patience.within(LONG, lambda at=at: at) for at in range(50)] == list(range(50))  # type: ignore[misc]


def test_calls_within_calls_and_beside_each_other_wait_for_no_thread() -> None:
    patience, meet = ThreadPatience(), threading.Barrier(3)
    inner = patience.within(LONG, lambda: patience.within(LONG, threading.get_ident))
    assert inner != threading.get_ident()
    beside = [threading.Thread(target=patience.within, args=(LONG, lambda: meet.wait(LONG))) for _ in range(2)]
    for each in beside:
        each.start()
    meet.wait(LONG)  # both are at work at once, or this breaks
    for each in beside:
        each.join(LONG)
    assert not any(each.is_alive() for each in beside)


@pytest.mark.parametrize("failure", [ValueError("no"), KeyboardInterrupt()])
def test_what_it_raises_is_the_callers(failure: BaseException) -> None:
    patience = ThreadPatience()

    def fails() -> None:
        raise failure

    with pytest.raises(type(failure)) as caught:
        patience.within(LONG, fails)
    assert caught.value is failure
    assert patience.within(LONG, lambda: 1) == 1
