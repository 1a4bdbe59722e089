"""The week's text to a phone of the clinic's own, through the real carrier (PG-6)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.core.clinic import read_clinic
from chalicelib.core.messages import CarrierRecord, Direction, Status
from chalicelib.errors import CarrierRefused
from chalicelib.flows.carrier_test import FAILED, PASSED
from chalicelib.flows.look_ahead import ask
from chalicelib.flows.tick import tick
from tests.cast import CLINIC_NUMBER
from tests.fakes.world import CLINIC, FakeClock, a_world

PHONE = "+13035550177"
MONDAY = datetime(2026, 3, 2, 7, tzinfo=UTC)  # midnight in Denver


def a_monday(hour: int, number: str = PHONE, **clinic):
    clock = FakeClock(MONDAY.replace(hour=7 + hour))
    head = CLINIC["clinic"] | clinic | ({"test_number": number} if number else {})
    return a_world(clock=clock, clinic=read_clinic({**CLINIC, "clinic": head}))


def hour_of(world):
    ask(world)
    tick(world)
    return {name: n for name, n in world.journal.counts.items() if name.startswith("carrier_test")}


def delivered(world, status=Status.DELIVERED, to=PHONE):
    line = CarrierRecord("twilio", "SM1", Direction.OUT, CLINIC_NUMBER, to, "x", world.clock(), status)
    world.carriers["twilio"].log.append(line)


def test_on_monday_at_ten_a_text_leaves_for_the_clinics_own_phone_and_pages_nobody():
    world = a_monday(10)
    assert hour_of(world) == {"carrier_test_sent": 1}
    assert [(sms.recipient, sms.row) for sms in world.carriers["twilio"].sent] == [(PHONE, "")]
    assert "weekly test" in world.carriers["twilio"].sent[0].body


@pytest.mark.parametrize(("hour", "number"), [(9, PHONE), (12, PHONE), (10, "")])
def test_no_other_hour_and_no_clinic_without_such_a_phone_sends_one(hour, number):
    world = a_monday(hour, number)
    assert hour_of(world) == {} and world.carriers["twilio"].sent == []


def test_an_hour_later_the_carriers_own_log_must_say_that_it_arrived():
    world = a_monday(11)
    delivered(world)
    assert hour_of(world) == {PASSED: 1}
    for wrong in ({"status": Status.HANDED_TO_CARRIER}, {"to": "+13035550178"}):
        world = a_monday(11)
        delivered(world, **wrong)
        assert hour_of(world) == {FAILED: 1}
    assert hour_of(a_monday(11)) == {FAILED: 1}


def test_a_carrier_that_keeps_no_log_passes_by_taking_it():
    world = a_monday(11, carrier="aws")
    assert hour_of(world) == {PASSED: 1}


def test_a_text_that_the_carrier_refuses_is_an_alarm_and_stops_nothing():
    world = a_monday(10)
    world.carriers["twilio"].fails.append(CarrierRefused("blocked", permanent=True))
    assert hour_of(world) == {FAILED: 1} and "coverage_gaps" in world.journal.counts
