"""Every story × every call × every fault: no sampling. `python -m tests.simulation` prints what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from tests.fakes.world import FakeClock

from .faults import Fault, Plan
from .laws import violations
from .stories import STORIES, Story
from .town import Town, a_town

CALM = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Point:
    """One place where one thing goes wrong."""

    story: str
    call: str
    number: int
    fault: str


@dataclass(frozen=True)
class Finding:
    point: Point
    wrong: tuple[str, ...]


def run(story: Story, at: int | None = None, fault: Fault = Fault.BEFORE) -> tuple[Town, list[str]]:
    """Tell a story once. Returns the town and what is wrong with it."""
    plan = Plan(FakeClock(), at, fault)
    town = a_town(plan)
    story.before(town)
    plan.armed = True
    story.act(town)
    plan.armed = False
    plan.down = ""
    calm(town)
    return town, [*violations(town), *story.after(town)]


def calm(town: Town) -> None:
    """An hour passes and nothing else goes wrong. Minutes in which nothing is due are skipped."""
    end = town.clock.now + CALM
    town.minute()
    while town.clock.now < end:
        due = None if town.owes() else town.next_due() or end
        town.clock.now = min(max(due or town.clock.now, town.clock.now + MINUTE), end)
        town.minute()
    town.hour()
    town.minute()


def explore(stories: tuple[Story, ...] = STORIES, progress: Callable[[str], None] = lambda line: None) -> tuple[int, list[Finding]]:
    """Returns how many points were explored and every finding."""
    points, findings = 0, []
    for story in stories:
        calls = _calls(story)
        progress(f"{story.name}: {len(calls)} calls")
        for point in _points(story, calls):
            points += 1
            _, wrong = run(story, point.number, point.fault)
            if wrong:
                findings.append(Finding(point, tuple(wrong)))
    return points, findings


def _calls(story: Story) -> list[str]:
    town, wrong = run(story)
    if wrong:
        raise AssertionError(f"{story.name} goes wrong with no fault at all: {wrong}")
    return town.plan.calls


def _points(story: Story, calls: list[str]) -> Iterator[Point]:
    for number, call in enumerate(calls):
        for fault in Fault:
            if fault is Fault.CONFLICT and not call.endswith(".commit"):
                continue
            yield Point(story.name, call, number, fault)
