"""Every story × every call × every fault: no sampling. `python -m tests.simulation` runs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from tests.fakes.world import FakeClock

from .faults import Fault, Plan, one_of
from .laws import violations
from .told import Story
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


At = tuple[int, Fault]
Second = At | None


def run(story: Story, at: int | None = None, fault: Fault = Fault.BEFORE, second: Second = None) -> tuple[Town, list[str]]:
    """Tell a story once. Returns the town and what is wrong with it."""
    plan = Plan(FakeClock(), at, fault, second)
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


def explore_story(story: Story) -> tuple[int, list[Finding]]:
    """How many points, and every finding."""
    points, findings, told = 0, [], Told(story)
    for point, fault in _points(story, _calls(story)):
        points += 1
        _, wrong = told.with_fault(point.call, point.number, fault)
        if wrong:
            findings.append(Finding(point, tuple(wrong)))
    return points, findings


def explore_pairs(story: Story) -> tuple[int, list[Finding]]:
    """Two calls go wrong: every fault at every call, and again at every call that comes after it."""
    points, findings, told = 0, [], Told(story)
    for point, fault in _points(story, _calls(story)):
        calls, _ = told.with_fault(point.call, point.number, fault)
        for number in range(point.number + 1, len(calls)):
            for next_fault in _faults(calls[number]):
                points += 1
                _, wrong = told.with_two(point.call, (point.number, fault), calls[number], (number, next_fault))
                if wrong:
                    where = f"{point.call} {point.fault}, then {number} {calls[number]}"
                    findings.append(Finding(Point(story.name, where, point.number, next_fault), tuple(wrong)))
    return points, findings


@dataclass
class Told:
    """Runs of one story: its calls, and what was wrong. Points that are one run (`faults.one_of`) are told once."""

    story: Story
    known: dict[tuple[At, ...], tuple[list[str], list[str]]] = field(default_factory=dict)

    def with_fault(self, call: str, number: int, fault: Fault) -> tuple[list[str], list[str]]:
        return self._told((number, one_of(fault, call)))

    def with_two(self, call: str, first: At, next_call: str, second: At) -> tuple[list[str], list[str]]:
        return self._told((first[0], one_of(first[1], call)), (second[0], one_of(second[1], next_call)))

    def _told(self, first: At, second: Second = None) -> tuple[list[str], list[str]]:
        point = (first,) if second is None else (first, second)
        if point not in self.known:
            town, wrong = run(self.story, *first, second)
            self.known[point] = (town.plan.calls, wrong)
        return self.known[point]


def _calls(story: Story) -> list[str]:
    town, wrong = run(story)
    if wrong:
        raise AssertionError(f"{story.name} goes wrong with no fault at all: {wrong}")
    return town.plan.calls


def _points(story: Story, calls: list[str]) -> Iterator[tuple[Point, Fault]]:
    for number, call in enumerate(calls):
        for fault in _faults(call):
            yield Point(story.name, call, number, fault), fault


def _faults(call: str) -> list[Fault]:
    return [fault for fault in Fault if fault is not Fault.CONFLICT or call.endswith(".commit")]
