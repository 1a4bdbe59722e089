"""Undo against every fault at every call, and against everybody else in every order."""

from __future__ import annotations

import pytest

from .depth import played
from .explorer import explore_story
from .races import Race, explore_race
from .told import Story
from .undo_stories import RACES, STORIES


@pytest.mark.parametrize("story", played(STORIES))
def test_every_point_holds(story: Story) -> None:
    points, findings = explore_story(story)
    assert points >= 20
    assert findings == []


@pytest.mark.parametrize("race", played(RACES))
def test_every_order_holds(race: Race) -> None:
    orders, findings = explore_race(race)
    assert orders >= 5
    assert findings == []
