"""Every order of a STOP and a text that leaves holds, for each kind."""

from __future__ import annotations

import pytest

from .consent_races import RACES
from .depth import played
from .races import Race, explore_race


@pytest.mark.parametrize("race", played(RACES))
def test_every_order_holds(race: Race) -> None:
    orders, findings = explore_race(race)
    assert orders >= 10
    assert findings == []
