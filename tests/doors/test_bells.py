"""Whoever rings for the reconciliation, through the app's own function: the fallback address by SNS, the door, and itself two minutes later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.test import Client

import app as service
from chalicelib import wiring
from chalicelib.core.carrier_stops import OptedOut
from chalicelib.core.consent import stopped
from chalicelib.core.messages import CarrierRecord, Direction, Status
from chalicelib.core.records import Contact
from chalicelib.errors import ParkFailed
from chalicelib.flows.receive_sms import NotKept
from chalicelib.flows.reconcile import AGAIN_AFTER
from chalicelib.ports import World
from tests.cast import ALICE_NUMBER, CLINIC_NUMBER, a_patient
from tests.fakes.store import FakeStore
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


def test_a_text_that_cannot_be_kept_leaves_no_stop_at_the_carrier_alone() -> None:
    """Each hour the one fails, and the other was never looked at."""

    class Store(FakeStore):
        def commit(self, *changes: Any) -> None:
            if any(getattr(getattr(each, "record", None), "carrier_id", "") == "SMlost" for each in changes):
                raise ParkFailed("this one never")
            super().commit(*changes)

    world = a_world(store=Store())
    a_patient(world)
    carrier, at = world.carriers["twilio"], world.clock()
    carrier.listed = [OptedOut(ALICE_NUMBER, at)]  # type: ignore[attr-defined]
    line = CarrierRecord("twilio", "SMlost", Direction.IN, "+13035550188", CLINIC_NUMBER, "hello", at, Status.RECEIVED)
    carrier.log.append(line)  # type: ignore[attr-defined]
    world.parking.fails = [ParkFailed("full")] * 9  # type: ignore[attr-defined]
    wiring.use(**{name: getattr(world, name) for name in World.__slots__})
    with Client(service.app) as client, pytest.raises(NotKept):
        client.lambda_.invoke("reconcile_hourly", client.events.generate_cw_event("aws.events", "Scheduled Event", {}, []))
    wiring.reset()
    contact = world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER))
    assert contact is not None and stopped(contact)
