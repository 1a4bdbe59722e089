"""`python -m tests.powers.stories`: the explorer's stories, told for what they ask of AWS; each once as it goes well, and once
more for each call that fails."""

from __future__ import annotations

import os
from collections import defaultdict

from tests.fakes.world import FakeClock
from tests.simulation.explorer import calm
from tests.simulation.faults import Fault, Plan
from tests.simulation.stories import STORIES
from tests.simulation.told import Story
from tests.simulation.town import Town, a_town

from .watching import Seen, save, side_by_side, watch


def tell_all() -> None:
    seen: Seen = defaultdict(dict)
    watch(seen)
    side_by_side()
    for story in STORIES:
        os.environ["PYTEST_CURRENT_TEST"] = f"the explorer's story {story.name!r}"
        for at in range(len(told(story, None).calls)):
            told(story, at)
    save(seen, "stories")


def told(story: Story, at: int | None) -> Plan:
    plan = Plan(FakeClock(), at, Fault.BEFORE)
    town: Town = a_town(plan)
    story.before(town)
    plan.armed = True
    story.act(town)
    plan.armed, plan.down = False, ""
    calm(town)
    return plan


if __name__ == "__main__":
    tell_all()
