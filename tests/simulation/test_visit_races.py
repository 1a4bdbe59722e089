"""Every order of two who act on one visit holds."""

from __future__ import annotations

import pytest

from .depth import played
from .races import Race, explore_race
from .visit_races import RACES


@pytest.mark.parametrize("race", played(RACES))
def test_every_order_holds(race: Race) -> None:
    orders, findings = explore_race(race)
    assert orders >= 10
    assert findings == []
