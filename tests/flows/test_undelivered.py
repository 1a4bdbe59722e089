"""What did not arrive, and whose callback never came through our door: the carrier's log tells it within the hour (C51)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.messages import CarrierRecord, Direction, Kind, Status
from chalicelib.core.phones import Errand
from chalicelib.core.records import Incident, Message, Thread, Update
from chalicelib.errors import SecretUnavailable, StoreUnavailable
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.reconcile import look_now, reconcile_hourly
from chalicelib.flows.tick import tick
from chalicelib.flows.undelivered import PAGE
from tests.cast import ALICE_NUMBER, CLINIC_NUMBER, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeHasher, a_world
from tests.flows.post import again, alices, queued

CRISIS = "I took all my pills"


def a_sent_text(body="see you Thursday", **parts):
    """One that left and of which nobody spoke since."""
    world = a_world(**parts)
    a_patient(world)
    message = queued(world, body, author="carol")
    deliver(world, message.thread_id, message.message_id)
    return world, again(world, message)


def log(world, message, status=Status.FAILED_NUMBER, code="30005", number="gone", **fields):
    """What the carrier's log says of it an hour later, or of another text."""
    line = CarrierRecord(
        "twilio", message.carrier_id, Direction.OUT, CLINIC_NUMBER, ALICE_NUMBER, "see you Thursday", world.clock(), status, 0, code, number
    )
    world.carriers["twilio"].log = [replace(line, **fields)]
    world.clock.advance(hours=1)


def note(world):
    thread = world.store.get(Thread, "alice")
    return thread.note if thread else ""


def test_a_person_hears_of_a_text_that_did_not_arrive_though_its_callback_was_lost():
    world, message = a_sent_text()
    assert message.status == Status.QUEUED_AT_CARRIER
    log(world, message)
    reconcile_hourly(world)
    known = again(world, message)
    assert (known.status, known.status_reason, note(world)) == (Status.FAILED_NUMBER, "30005", "not_sent")
    assert world.journal.counts["failure_learnt"] == 1


def test_at_once_when_somebody_rings_as_well():
    world, message = a_sent_text()
    log(world, message)
    look_now(world, ["{}"])
    assert again(world, message).status == Status.FAILED_NUMBER


@pytest.mark.parametrize(("code", "number", "field"), [("30005", "gone", "doubt"), ("21610", "opted_out", "stopped_at")])
def test_what_it_says_of_the_number_is_written_down_by_the_next_minute(code, number, field):
    world, message = a_sent_text()
    log(world, message, Status.FAILED_BLOCKED, code, number)
    reconcile_hourly(world)
    tick(world)
    assert getattr(alices(world), field)


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.HANDED_TO_CARRIER, Status.QUEUED_AT_CARRIER])
def test_of_what_did_not_fail_nothing_is_looked_up(status):
    world, message = a_sent_text()
    log(world, message, status, "", "")
    reads = []
    world.store.newest = lambda *asked: reads.append(asked) or []
    reconcile_hourly(world)
    assert (reads, again(world, message).status) == ([], Status.QUEUED_AT_CARRIER)


@pytest.mark.parametrize("other", [{"carrier_id": "SM-another-desks"}, {"recipient": "+13035550188"}])
def test_another_desks_text_is_nothing_to_us(other):
    world, message = a_sent_text()
    log(world, message, **other)
    reconcile_hourly(world)
    assert (again(world, message).status, note(world)) == (Status.QUEUED_AT_CARRIER, "")


def test_c51_the_first_final_word_stands():
    world, message = a_sent_text()
    world.store.commit(Update(Message, (message.thread_id, message.message_id), set={"status": Status.DELIVERED}))
    log(world, message)
    reconcile_hourly(world)
    assert (again(world, message).status, note(world)) == (Status.DELIVERED, "")


def test_it_is_found_behind_all_that_was_written_since():
    world, message = a_sent_text()
    for at in range(PAGE):
        world.clock.advance(seconds=1)
        receive(world, an_sms(f"and {at}", at=world.clock()), inline=True)
    log(world, message, at=world.clock() - timedelta(seconds=PAGE))
    reconcile_hourly(world)
    assert again(world, message).status == Status.FAILED_NUMBER


def test_cr_7_an_answer_in_danger_that_did_not_arrive_says_call():
    world = a_world()
    a_patient(world)
    receive(world, an_sms(CRISIS, at=world.clock()), inline=False)
    [answer] = [row for row in world.store.rows(Message) if row.kind == Kind.CRISIS_ANSWER]
    log(world, again(world, answer))
    reconcile_hourly(world)
    [incident] = world.store.rows(Incident)
    assert incident.reply_undelivered and any("call" in text for _, text in world.pager.pages)


def test_who_has_ended_an_item_is_not_woken_for_it_by_a_failure_that_is_learnt_hours_later():
    world = a_world()
    a_patient(world)
    receive(world, an_sms(CRISIS, at=world.clock()), inline=False)
    [answer] = [row for row in world.store.rows(Message) if row.kind == Kind.CRISIS_ANSWER]
    [incident] = world.store.rows(Incident)
    world.store.commit(Update(Incident, (incident.incident_id,), set={"state": "resolved"}))
    log(world, again(world, answer))
    called = len(world.pager.pages), len(world.store.rows(Errand))
    reconcile_hourly(world)
    assert again(world, answer).status == Status.FAILED_NUMBER
    assert (len(world.pager.pages), len(world.store.rows(Errand))) == called


class AwayStore(FakeStore):
    """Threads cannot be read for now."""

    away = True

    def newest(self, *asked):
        if self.away:
            raise StoreUnavailable("simulated")
        return super().newest(*asked)


def test_what_cannot_be_looked_up_now_holds_up_no_text_and_is_asked_for_again():
    world, message = a_sent_text(store=AwayStore())
    log(world, message)
    lost = an_sms("running late", at=world.clock())
    line = CarrierRecord("twilio", lost.carrier_id, Direction.IN, ALICE_NUMBER, CLINIC_NUMBER, lost.body, world.clock(), Status.RECEIVED)
    world.carriers["twilio"].log.insert(0, line)
    assert reconcile_hourly(world) == 1
    assert again(world, message).status == Status.QUEUED_AT_CARRIER
    world.store.away = False
    reconcile_hourly(world)
    assert again(world, message).status == Status.FAILED_NUMBER


class NoSecret(FakeHasher):
    def contact_id(self, number):
        raise SecretUnavailable("simulated")


def test_without_the_key_of_numbers_nothing_is_looked_up_and_nothing_breaks():
    world, message = a_sent_text()
    log(world, message)
    assert reconcile_hourly(replace(world, hasher=NoSecret())) == 0
    assert again(world, message).status == Status.QUEUED_AT_CARRIER


def test_t9_a_registration_that_lapsed_rings_the_alarm_by_the_log_too_and_once():
    world, message = a_sent_text()
    log(world, message, Status.FAILED_BLOCKED, "30034", "", ours=True)
    for _ in range(2):
        reconcile_hourly(world)
    assert world.journal.counts["carrier_held_back"] == 1
