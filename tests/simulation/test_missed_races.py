"""Every order of a re-engagement's text and what ends it holds; a delivery that does not look again is found out."""

from __future__ import annotations

import pytest

from .depth import played
from .missed_races import FORGETFUL, RACES
from .races import LONG, Race, explore_race


@pytest.mark.parametrize("race", played(race for race in RACES if race.name not in LONG))
def test_every_order_holds(race: Race) -> None:
    orders, findings = explore_race(race)
    assert orders >= 6
    assert findings == []


def test_a_text_that_does_not_ask_again_is_found_out() -> None:
    """The orders are worth something: of a kind whose rule forgets what ends it, some of them end wrong."""
    _, findings = explore_race(FORGETFUL)
    assert any("a text left after what ended it" in str(finding) for finding in findings)
