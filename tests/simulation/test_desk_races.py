"""Every order of two people at their desks, or of a desk and a text, holds; and an order that goes wrong would be named."""

from __future__ import annotations

import pytest

from chalicelib.core.records import Thread, Update

from .depth import played
from .desk_races import LONG, RACES
from .races import Race, explore_race
from .town import Town


@pytest.mark.parametrize("race", played(race for race in RACES if race.name not in LONG))
def test_every_order_holds(race: Race) -> None:
    orders, findings = explore_race(race)
    assert orders >= 10
    assert findings == []


def test_closing_without_looking_would_be_named() -> None:
    def blind(town: Town) -> None:
        town.again(lambda: town.world.store.commit(Update(Thread, ("alice",), set={"waiting_since": None, "closed_at": town.clock.now})))

    told = next(race for race in RACES if race.name == "closing and a new text")
    _, findings = explore_race(Race("blind", blind, told.other, told.before, told.after))
    assert any("nobody read" in line for finding in findings for line in finding.wrong)
