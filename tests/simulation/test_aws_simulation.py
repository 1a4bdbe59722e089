"""The explorer on the production adapters, a few stories of it; and adapters with a defect, which it names.

All of it is `make simulate`: minutes, not seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.messages import Status
from chalicelib.core.records import Message
from chalicelib.errors import CarrierRefused, CarrierUnknown, DeadlineExceeded, Rejected, StoreUnavailable
from tests.fakes.world import FakeClock

from .aws_explorer import explore_story, run
from .aws_faults import FAULTS, AwsFault, faults_of
from .aws_town import House, a_house, a_scene
from .baton import BatonLock, BatonPatience
from .stories import STORIES
from .told import Story
from .town import Town

pytestmark = pytest.mark.slow
SOME = frozenset(
    {"no connection", "took effect, hung up", "once hung up, took effect", "once silence, took effect", "conflict",
     "throttled", "dies after", "opted out"}
)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with a_house() as house:
        yield house


def story(name: str) -> Story:
    return next(each for each in STORIES if each.name == name)


def fault(name: str) -> AwsFault:
    return next(each for each in FAULTS if each.name == name)


@pytest.mark.parametrize("name", ["a crisis", "a reply leaves"])
def test_some_faults_at_every_call(house, name):
    points, findings = explore_story(house, story(name), SOME)
    assert points >= 30
    assert findings == []


def test_every_call_knows_its_faults():
    assert {each.name for each in faults_of("dynamodb.TransactWriteItems")} == {each.name for each in FAULTS}
    assert not any(each.only for each in faults_of("kms.Decrypt"))
    assert "dies after" not in {each.name for each in faults_of("dynamodb.GetItem")}
    assert "dies after" in {each.name for each in faults_of("dynamodb.UpdateItem")}
    assert "opted out" in {each.name for each in faults_of("twilio.send")}
    assert not any(each.name.startswith("once") for each in faults_of("twilio.send"))


def test_botocore_tries_again_in_virtual_time(house):
    told = story("an ordinary text")
    scene = a_scene(house, told.before)
    town, wrong = run(house, told, scene, 1, fault("once silence"))
    assert wrong == [] and town.plan.calls[1] == "dynamodb.GetItem"
    assert not town.parked


@pytest.mark.parametrize("name", ["once hung up, took effect", "once silence, took effect", "once server error, took effect"])
def test_botocores_second_claim_finds_its_own_token(house, name):
    """The conditional write was applied, its answer lost, and botocore's second attempt meets its own condition."""
    told = story("a reply leaves")
    scene = a_scene(house, told.before)
    town, _ = run(house, told, scene)
    at = next(at for at, call in enumerate(town.plan.calls) if call == "dynamodb.UpdateItem")
    town, wrong = run(house, told, scene, at, fault(name))
    [row] = [row for row in town.store.rows(Message) if row.kind == "reply"]
    assert wrong == [] and row.attempts == 1 and row.status != Status.UNKNOWN
    assert row.status_at - row.at < timedelta(minutes=1) and town.carriers["twilio"].by_row[row.row] == 1


class Around:
    """A port with one method done differently."""

    def __init__(self, real: Any, **methods: Any):
        self._real, self._methods = real, methods

    def __getattr__(self, name: str) -> Any:
        return self._methods.get(name) or getattr(self._real, name)


def told_with(name: str, change: Any) -> Story:
    """The story, told with a world that has a defect."""
    known = story(name)

    def act(town: Town) -> None:
        town.world = change(town.world)
        known.act(town)

    return Story(f"{name}, with a defect", act, known.before, known.after)


def test_a_carrier_that_takes_silence_for_a_no_would_be_named(house):
    def rash(world):
        def send(sms):
            try:
                return world.carriers["twilio"].send(sms)
            except CarrierUnknown:
                raise CarrierRefused("carrier_down", permanent=False) from None

        return replace(world, carriers={**world.carriers, "twilio": Around(world.carriers["twilio"], send=send)})

    _, findings = explore_story(house, told_with("a reply leaves", rash), {"took effect, silence"})
    assert any(line.startswith("N4") for finding in findings for line in finding.wrong)


def test_a_store_that_takes_silence_for_a_no_would_be_named(house):
    def rash(world):
        def commit(*changes):
            try:
                world.store.commit(*changes)
            except StoreUnavailable:
                raise Rejected((0,)) from None

        return replace(world, store=Around(world.store, commit=commit))

    _, findings = explore_story(house, told_with("an ordinary text", rash), {"silence"})
    assert any(line.startswith("N1") for finding in findings for line in finding.wrong)


def test_late_work_goes_on_after_the_invocation():
    clock, done = FakeClock(), []
    patience = BatonPatience(clock)

    def slow() -> None:
        patience.spend(2.0)
        done.append("late")

    with pytest.raises(DeadlineExceeded, match=r"1\.0 s"):
        patience.within(1.0, slow)
    assert done == []
    patience.end(alive=True)
    assert done == ["late"]


def test_late_work_dies_with_its_process():
    patience, done = BatonPatience(FakeClock()), []

    def slow() -> None:
        patience.spend(2.0)
        done.append("late")

    with pytest.raises(DeadlineExceeded, match=r"1\.0 s"):
        patience.within(1.0, slow)
    patience.end(alive=False)
    assert done == []


def test_who_needs_what_late_work_holds_waits_for_it():
    clock = FakeClock()
    patience, order = BatonPatience(clock), []
    lock = BatonLock(patience)

    def slow() -> None:
        with lock:
            patience.spend(4.0)
            order.append("first")

    began = clock.now
    with pytest.raises(DeadlineExceeded, match=r"1\.0 s"):
        patience.within(1.0, slow)
    with lock:
        order.append("second")
    assert order == ["first", "second"]
    assert (clock.now - began).total_seconds() == 4.0
