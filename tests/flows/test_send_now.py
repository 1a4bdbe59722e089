"""A crisis answer sent directly: at most two tries, and a person is told whenever it may not have arrived (CR-7, N4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.messages import DeliveryEvent, Kind, Reason, Status
from chalicelib.core.records import Incident, Message
from chalicelib.errors import CarrierRefused, CarrierUnknown, DeadlineExceeded, StoreUnavailable
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.record_delivery import record
from chalicelib.flows.tick import tick
from tests.cast import ALICE_NUMBER, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeCarrier, a_world

CRISIS = "I took all my pills"
REFUSED, GONE = CarrierRefused(Reason.OPTED_OUT, permanent=True), CarrierUnknown()
BUSY = CarrierRefused(Reason.THROTTLED, permanent=False)


def a_crisis(**carrier):
    world = a_world(carriers={"aws": FakeCarrier("aws", False, **carrier)})
    a_patient(world)
    receive(world, an_sms(CRISIS, carrier="aws"), inline=False)
    return world


def answer(world):
    [row] = [m for m in world.store.rows(Message) if m.kind == Kind.CRISIS_ANSWER]
    return row


def calls(world):
    return [to for to, text in world.pager.pages if "reply not delivered: call" in text]


def test_it_leaves_at_once_and_its_row_knows():
    world = a_crisis()
    [sms] = world.carriers["aws"].sent
    assert (sms.recipient, sms.row) == (ALICE_NUMBER, answer(world).row)
    assert (answer(world).status, answer(world).carrier_id) == (Status.QUEUED_AT_CARRIER, f"SM{1:032d}")
    assert calls(world) == []


@pytest.mark.parametrize(
    ("fails", "lost", "sent", "status", "called"),
    [
        ([REFUSED], [], 0, Status.FAILED_BLOCKED, True),  # opted out at the carrier: no second try
        ([BUSY], [], 1, Status.QUEUED_AT_CARRIER, False),  # throttled once, then taken
        ([BUSY, BUSY], [], 0, Status.FAILED_OTHER, True),  # throttled both times: nothing left
        ([BUSY, REFUSED], [], 0, Status.FAILED_BLOCKED, True),
        ([], [GONE], 2, Status.QUEUED_AT_CARRIER, False),  # N4: this text alone may repeat
        ([], [GONE, GONE], 2, Status.UNKNOWN, False),  # it may have arrived: the check after 90 seconds decides
        ([], [DeadlineExceeded("3.5 s")] * 2, 2, Status.UNKNOWN, False),
    ],
)
def test_what_the_carrier_does_and_what_a_person_hears_of_it(fails, lost, sent, status, called):
    world = a_crisis(fails=list(fails), lost=list(lost))
    assert len(world.carriers["aws"].sent) == sent
    assert answer(world).status == status
    assert bool(calls(world)) is called
    assert world.store.rows(Incident)[0].reply_undelivered is called


@pytest.mark.parametrize(("fails", "lost"), [([REFUSED], []), ([BUSY, BUSY], []), ([], [GONE, GONE])])
def test_t3_in_the_end_a_person_is_called_exactly_once(fails, lost):
    world = a_crisis(fails=list(fails), lost=list(lost))
    for _ in range(4):
        world.clock.advance(minutes=1)
        tick(world)
    assert calls(world) == ["erin"]


def test_silence_and_then_a_refusal_may_still_have_arrived():
    class Odd(FakeCarrier):
        answers = [GONE, BUSY]

        def send(self, sms):
            self.sent.append(sms)
            raise self.answers.pop(0)

    world = a_world(carriers={"aws": Odd("aws", False)})
    a_patient(world)
    receive(world, an_sms(CRISIS, carrier="aws"), inline=False)
    assert answer(world).status == Status.UNKNOWN


def test_a_carrier_that_is_not_there_is_a_reply_not_delivered():
    world = a_world(carriers={})
    a_patient(world)
    receive(world, an_sms(CRISIS, carrier="aws"), inline=False)
    assert calls(world) == ["erin"] and answer(world).status == Status.FAILED_OTHER


def test_t7_it_lapses_rather_than_reach_a_phone_that_is_switched_on_a_day_later():
    world = a_crisis()
    assert world.carriers["aws"].sent[0].expires_at == world.clock() + timedelta(hours=1)


def test_a_callback_that_comes_first_stands():
    class Quick(FakeCarrier):
        def send(self, sms):
            record(world, DeliveryEvent("aws", "x", Status.DELIVERED, world.clock(), sms.row))
            return super().send(sms)

    world = a_world(carriers={"aws": Quick("aws", False)})
    a_patient(world)
    receive(world, an_sms(CRISIS, carrier="aws"), inline=False)
    assert answer(world).status == Status.DELIVERED


class DownStore(FakeStore):
    """Takes nothing from now on."""

    down = False

    def commit(self, *changes):
        if self.down:
            raise StoreUnavailable("down")
        super().commit(*changes)


@pytest.mark.parametrize(("fails", "lost"), [([], [GONE, GONE]), ([REFUSED], [])])
def test_where_no_row_could_be_kept_doubt_is_enough_to_call(fails, lost):
    world = a_world(store=DownStore(), carriers={"aws": FakeCarrier("aws", False, fails=list(fails), lost=list(lost))})
    a_patient(world)
    world.store.down = True
    receive(world, an_sms(CRISIS, carrier="aws"), inline=False)
    assert len(calls(world)) == 1


def test_where_no_row_could_be_kept_the_answer_still_leaves_and_names_no_row():
    world = a_world(store=DownStore(), carriers={"aws": FakeCarrier("aws", False)})
    a_patient(world)
    world.store.down = True
    receive(world, an_sms(CRISIS, carrier="aws"), inline=False)
    [sms] = world.carriers["aws"].sent
    assert "988" in sms.body and sms.row == "" and calls(world) == []


def test_a_row_that_cannot_be_updated_afterwards_is_caught_by_the_check():
    world = a_world(store=DownStore(), carriers={"aws": FakeCarrier("aws", False)})
    a_patient(world)

    class Turning(FakeCarrier):
        def send(self, sms):
            world.store.down = True
            return super().send(sms)

    world.carriers["aws"] = Turning("aws", False)
    receive(world, an_sms(CRISIS, carrier="aws"), inline=False)
    world.store.down = False
    world.clock.advance(seconds=90)
    tick(world)
    assert calls(world) == ["erin"]
