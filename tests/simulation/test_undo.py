"""Undo against every fault at every call, and against everybody else in every order."""

from __future__ import annotations

import pytest

from .explorer import explore_story
from .races import Race, explore_race
from .told import Story
from .undo_stories import RACES, STORIES


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_point_holds(story: Story) -> None:
    points, findings = explore_story(story)
    assert points >= 20
    assert findings == []


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.name)
def test_every_order_holds(race: Race) -> None:
    orders, findings = explore_race(race)
    assert orders >= 5
    assert findings == []
