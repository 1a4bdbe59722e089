"""Every story × every call of the production adapters × every fault of AWS and of the carrier."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from tests.fakes.world import FakeClock

from .aws_faults import FAULTS, AwsFault, AwsPlan, faults_of
from .aws_town import House, Scene, a_scene, on_fakes, put_up
from .explorer import Finding, Point, calm
from .laws import violations
from .stories import Story
from .town import Town

Second = tuple[int, AwsFault] | None


def run(
    house: House, story: Story, scene: Scene, at: int | None = None, fault: AwsFault = FAULTS[0], second: Second = None
) -> tuple[Town, list[str]]:
    """Tell a story once. Returns the town and what is wrong with it."""
    plan = AwsPlan(FakeClock(), at, fault, second)
    town = put_up(house, scene, plan)
    plan.armed = True
    story.act(town)
    plan.armed = False
    town.minute()
    on_fakes(town)
    calm(town)
    return town, [*violations(town), *story.after(town)]


def explore_story(house: House, story: Story, only: Collection[str] = ()) -> tuple[int, list[Finding]]:
    """How many points, and every finding. `only`: names of faults; all when none is named."""
    scene = a_scene(house, story.before)
    town, wrong = run(house, story, scene)
    if wrong:
        raise AssertionError(f"{story.name} goes wrong with no fault at all: {wrong}")
    points, findings = 0, []
    for point, fault in _points(story, town.plan.calls):
        if only and fault.name not in only:
            continue
        points += 1
        _, wrong = run(house, story, scene, point.number, fault)
        if wrong:
            findings.append(Finding(point, tuple(wrong)))
    return points, findings


def explore_without_tables(house: House, story: Story) -> tuple[int, list[Finding]]:
    """DynamoDB is away from its first call on, and a later call goes wrong as well: parking, sealing, paging, sending."""
    outage = next(fault for fault in FAULTS if fault.outage)
    scene = a_scene(house, story.before)
    town, _ = run(house, story, scene)
    first = next(at for at, call in enumerate(town.plan.calls) if call.startswith("dynamodb"))
    town, _ = run(house, story, scene, first, outage)
    points, findings = 0, []
    for point, fault in _points(story, town.plan.calls):
        if point.number <= first or point.call.startswith("dynamodb"):
            continue
        points += 1
        _, wrong = run(house, story, scene, first, outage, (point.number, fault))
        if wrong:
            findings.append(Finding(replace(point, call=f"without DynamoDB, {point.call}"), tuple(wrong)))
    return points, findings


def _points(story: Story, calls: list[str]) -> Iterator[tuple[Point, AwsFault]]:
    for number, call in enumerate(calls):
        for fault in faults_of(call):
            yield Point(story.name, call, number, fault.name), fault
