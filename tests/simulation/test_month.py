"""A thousand incidents over a month: none unpaged, none forgotten, however people and machines behave."""

from __future__ import annotations

from random import Random

import pytest

from chalicelib.core.records import Change, Due, Update

from .month import Month, MonthStore, Odds, a_month, told

WORSE = Odds(page_fails=0.5, answer_blocked=0.5, tick_lost=0.5, tick_twice=0.3, answers=0.15, answers_within=30, forgets=0.7, reaches=0.2)


@pytest.mark.slow
def test_a_thousand_incidents_are_all_paged_and_all_ended():
    found = a_month(1000, seed=1)
    assert (found["incidents"], found["unpaged"], found["forgotten"], found["still_open"]) == (1000, 0, 0, 0)
    assert found["lapsed"] > 100 and found["minutes_to"]["paged"]["worst"] <= 5


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_nor_is_one_lost_when_half_of_everything_fails(seed):
    found = a_month(100, seed, WORSE)
    assert (found["incidents"], found["unpaged"], found["forgotten"]) == (100, 0, 0)


def test_a_clock_that_is_dropped_is_seen():
    class Careless(MonthStore):
        def _apply(self, change: Change) -> None:
            if not (isinstance(change, Update) and change.record is Due and change.set.get("kind") == "lapse"):
                super()._apply(change)

    month = Month(Random(1), Odds(forgets=1.0), Careless())
    month.run(20)
    assert told(month)["forgotten"] > 0
