"""Whoever rings for the reconciliation, through the app's own function: the fallback address by SNS, the door, and itself two minutes later."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from chalice.test import Client

import app as service
from chalicelib import wiring
from chalicelib.flows.reconcile import AGAIN_AFTER
from chalicelib.ports import World
from tests.fakes.world import FakeParking, a_world

BY_TOPIC = json.dumps({"Type": "Notification", "Message": "Porchlight: a text could not be read. Open the console."})


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    wiring.use(**{name: getattr(world, name) for name in World.__slots__})
    yield world
    wiring.reset()


@pytest.mark.parametrize(("bodies", "rings"), [
    ([BY_TOPIC], [("again 1", AGAIN_AFTER)]), (["{}"], [("again 1", AGAIN_AFTER)]), (["again 1"], []), (["again 1", BY_TOPIC], [("again 1", AGAIN_AFTER)]),
])  # fmt: skip
def test_a_bell_is_heard_and_answered_by_one_more_look(world: World, bodies: list[str], rings: list[tuple[str, int]]) -> None:
    with Client(service.app) as client:
        client.lambda_.invoke("reconcile_now", client.events.generate_sqs_event(bodies))
    assert isinstance(world.parking, FakeParking) and world.parking.again == rings
