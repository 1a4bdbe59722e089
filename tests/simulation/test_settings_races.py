"""Every order of two administrators holds, and one that goes wrong would be named."""

from __future__ import annotations

import pytest

from chalicelib.core.records import Access, Put, Session
from chalicelib.flows import sign_in
from tests.cast import FRANK

from .depth import played
from .races import Race, explore_race
from .settings_races import RACES, _nobody_is_in, removes
from .settings_stories import ADMIN
from .town import Town


@pytest.mark.parametrize("race", played(RACES))
def test_every_order_holds(race: Race) -> None:
    points, findings = explore_race(race)
    assert points >= 2
    assert findings == []


def test_a_session_that_no_door_knows_would_be_named() -> None:
    """A sign-in as it was once: it looks whether the door is closed, and then only keeps a session."""

    def careless(town: Town) -> None:
        def start() -> None:
            door = town.world.store.get(Access, "frank")
            if door is None or not door.closed:
                now = town.clock.now
                town.world.store.commit(Put(Session("h", "frank", "", (), "", now, now, now + sign_in.ABSOLUTE)))

        town.again(start, tries=1)

    _, findings = explore_race(Race("careless", careless, removes(ADMIN, FRANK), after=_nobody_is_in))
    assert any("a session in a closed account" in finding.wrong for finding in findings)
