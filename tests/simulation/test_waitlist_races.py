"""Every order of two whose hands meet at an open time holds, at every call."""

from __future__ import annotations

import pytest

from .depth import played
from .races import LONG, Race, explore_race
from .waitlist_races import RACES


@pytest.mark.parametrize("race", played(race for race in RACES if race.name not in LONG))
def test_every_order_holds(race: Race) -> None:
    orders, findings = explore_race(race)
    assert orders >= 20
    assert findings == []
