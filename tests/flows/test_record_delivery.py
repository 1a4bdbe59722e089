"""A carrier's word on our texts, in every order, twice, late, or at the same moment as our own record (C51)."""

from __future__ import annotations

from contextlib import suppress
from itertools import permutations

import pytest

from chalicelib.core.messages import CarrierRecord, DeliveryEvent, Direction, Kind, Status
from chalicelib.core.records import Incident, Message, Thread, Update
from chalicelib.errors import Conflict, PageFailed, StoreUnavailable
from chalicelib.flows.deliver import deliver
from chalicelib.flows.outbox import words_of
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.record_delivery import record
from chalicelib.flows.tick import tick
from tests.cast import a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import a_world
from tests.flows.post import MeddledStore, again, dues, queued, touches

CRISIS = "I took all my pills"


def said(world, message, status, code="", carrier_id="SM7"):
    record(world, DeliveryEvent("twilio", carrier_id, status, world.clock(), message.row, code))
    return again(world, message)


def a_sent_text(**parts):
    world = a_world(**parts)
    a_patient(world)
    message = queued(world)
    deliver(world, message.thread_id, message.message_id)
    return world, again(world, message)


def a_crisis_answer(**parts):
    world = a_world(**parts)
    a_patient(world)
    receive(world, an_sms(CRISIS), inline=True)
    [answer] = [m for m in world.store.rows(Message) if m.kind == Kind.CRISIS_ANSWER]
    world.pager.pages.clear()
    return world, answer


WORDS = (Status.QUEUED_AT_CARRIER, Status.HANDED_TO_CARRIER, Status.HANDED_TO_CARRIER)


@pytest.mark.parametrize("last", [Status.DELIVERED, Status.FAILED_NUMBER, Status.FAILED_OTHER])
@pytest.mark.parametrize("order", sorted(set(permutations(range(4)))))
def test_c51_whatever_the_order_the_end_is_the_carriers_last_word(order, last):
    world, message = a_sent_text()
    for at in order:
        message = said(world, message, (*WORDS, last)[at])
        world.clock.advance(seconds=1)
    assert message.status == last


def test_c4_the_same_carrier_id_with_another_status_is_not_a_repetition():
    world, message = a_sent_text()
    assert said(world, message, Status.HANDED_TO_CARRIER).status == Status.HANDED_TO_CARRIER
    assert said(world, message, Status.DELIVERED).status == Status.DELIVERED


def test_the_first_final_word_stands_and_its_error_is_kept():
    world, message = a_sent_text()
    said(world, message, Status.FAILED_BLOCKED, "30007")
    message = said(world, message, Status.DELIVERED)
    assert (message.status, message.status_reason) == (Status.FAILED_BLOCKED, "30007")


def test_a_repeated_word_changes_nothing():
    world, message = a_sent_text()
    first = said(world, message, Status.DELIVERED)
    world.clock.advance(hours=3)
    assert said(world, message, Status.DELIVERED) == first


def test_n7_a_failure_of_an_old_text_does_not_pull_its_thread_back_into_the_program_it_left():
    """The thread has gone over; its texts follow one by one, and the carrier speaks of one that has not yet."""
    world, message = a_sent_text()
    world.store.commit(Update(Thread, ("alice",), set={"program": "harbor"}))
    said(world, message, Status.FAILED_NUMBER)
    thread = world.store.get(Thread, "alice")
    assert (thread.program, thread.note) == ("harbor", "not_sent")


def test_of_an_answer_nobody_speaks_of_the_carriers_own_record_is_asked():
    """It travelled in the response, and its callbacks were lost: a person calls, and the thread does not say "leaving now" for ever."""
    world, answer = a_crisis_answer()
    text = words_of(world, answer, "test")
    line = CarrierRecord("twilio", "SM9", Direction.OUT, "+13035550199", "+13035550101", text, world.clock(), Status.DELIVERED)
    world.clock.advance(seconds=91)
    tick(world)
    assert [text for _, text in world.pager.pages if "not delivered" in text] and again(world, answer).status == Status.UNKNOWN
    world.carriers["twilio"].log = [line]
    world.clock.advance(minutes=1)
    tick(world)
    assert (again(world, answer).status, again(world, answer).carrier_id) == (Status.DELIVERED, "SM9")


def test_of_an_answer_the_carrier_never_had_a_person_reads_not_sent():
    world, answer = a_crisis_answer()
    for _ in range(30):
        world.clock.advance(minutes=1)
        tick(world)
    assert again(world, answer).status == Status.NOT_SENT and dues(world, "reconcile") == []
    assert len([text for _, text in world.pager.pages if "not delivered" in text]) == 1


def test_a_late_word_proves_that_a_text_given_up_was_sent():
    world, message = a_sent_text()
    from chalicelib.core.records import Update

    world.store.commit(Update(Message, (message.thread_id, message.message_id), set={"status": Status.NOT_SENT}))
    assert said(world, message, Status.HANDED_TO_CARRIER).status == Status.HANDED_TO_CARRIER


@pytest.mark.parametrize("row", ["", "alice", "alice.", ".m1", "alice.no-such-row", "nobody.m1"])
def test_a_word_on_a_row_that_is_not_ours_changes_nothing(row):
    world, _ = a_sent_text()
    before = world.store.rows(Message)
    record(world, DeliveryEvent("twilio", "SM7", Status.DELIVERED, world.clock(), row))
    assert world.store.rows(Message) == before


def test_a_conflict_with_our_own_record_is_tried_again():
    store = MeddledStore()
    world, message = a_sent_text(store=store)
    store.about, store.conflicts = touches(Message), 3
    assert said(world, message, Status.DELIVERED).status == Status.DELIVERED


def test_a_store_that_stays_contended_asks_the_carrier_to_repeat():
    store = MeddledStore()
    world, message = a_sent_text(store=store)
    store.about, store.conflicts = touches(Message), 99
    with pytest.raises(Conflict):
        said(world, message, Status.DELIVERED)


class FailingStore(FakeStore):
    """Its `at`-th commit from now does not happen."""

    at = None

    def commit(self, *changes):
        self.at = None if self.at is None else self.at - 1
        if self.at == 0:
            raise StoreUnavailable("simulated")
        return super().commit(*changes)


@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize(("number", "kind"), [("gone", "number_doubt"), ("opted_out", "carrier_stop")])
def test_what_a_word_says_of_the_number_is_kept_with_it_or_the_carrier_says_it_again(number, kind, at):
    store = FailingStore()
    world, message = a_sent_text(store=store)
    event = DeliveryEvent("twilio", "SM7", Status.FAILED_NUMBER, world.clock(), message.row, "30005", number)
    store.at = at
    with suppress(StoreUnavailable):
        record(world, event)
    record(world, event)
    assert [due.target for due in dues(world, kind)] == [message.row]


def test_somebody_who_was_further_at_that_moment_stands():
    store = MeddledStore()
    world, message = a_sent_text(store=store)
    store.about = touches(Message)
    store.meddle = lambda: said(world, message, Status.DELIVERED)
    assert said(world, message, Status.HANDED_TO_CARRIER).status == Status.DELIVERED


# --- a crisis answer that does not arrive --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.FAILED_NUMBER, Status.FAILED_BLOCKED, Status.FAILED_OTHER, Status.EXPIRED])
def test_cr_7_an_undelivered_crisis_answer_pages_call_without_content(status):
    world, answer = a_crisis_answer()
    said(world, answer, status, "30003")
    [incident] = world.store.rows(Incident)
    assert world.pager.pages == [("erin", f"Porchlight: item {incident.code}: reply not delivered: call. Open the console.")]
    assert incident.reply_undelivered and incident.steps[-1].what == "reply_undelivered"


def test_it_pages_once_however_often_the_carrier_says_it():
    world, answer = a_crisis_answer()
    for _ in range(3):
        said(world, answer, Status.FAILED_NUMBER)
    world.clock.advance(seconds=100)
    tick(world)
    assert len(world.pager.pages) == 1


def test_an_undelivered_reply_of_a_person_pages_nobody():
    world, message = a_sent_text()
    said(world, message, Status.FAILED_NUMBER)
    assert world.pager.pages == []


def test_the_page_leaves_although_the_incident_cannot_be_read():
    class Store(FakeStore):
        blind = False

        def get(self, record, *key):
            if self.blind and record is Incident:
                raise StoreUnavailable("down")
            return super().get(record, *key)

    world, answer = a_crisis_answer(store=Store())
    world.store.blind = True
    said(world, answer, Status.FAILED_NUMBER)
    assert world.pager.pages == [("everyone", "Porchlight: urgent item: reply not delivered: call. Open the console.")]


def test_a_page_that_was_not_taken_is_tried_at_each_tick_until_it_is():
    world, answer = a_crisis_answer()
    world.pager.fails += [PageFailed("x")] * 3
    said(world, answer, Status.FAILED_NUMBER)
    assert again(world, answer).status == Status.FAILED_NUMBER
    for _ in range(4):
        tick(world)
        world.clock.advance(seconds=20)
    calls = [text for _, text in world.pager.pages if "reply not delivered" in text]
    assert len(calls) == 1


def test_no_word_within_ninety_seconds_pages_call():
    world, _ = a_crisis_answer()
    world.clock.advance(seconds=89)
    tick(world)
    assert world.pager.pages == []
    world.clock.advance(seconds=1)
    tick(world)
    [(to, text)] = world.pager.pages
    assert to == "erin" and "reply not delivered: call" in text
    assert dues(world, "answer_check") == []


@pytest.mark.parametrize(
    ("status", "pages"), [(Status.QUEUED_AT_CARRIER, 1), (Status.HANDED_TO_CARRIER, 0), (Status.DELIVERED, 0)]
)
def test_only_a_text_that_the_carrier_has_passed_on_counts_as_answered(status, pages):
    world, answer = a_crisis_answer()
    said(world, answer, status)
    world.clock.advance(seconds=90)
    tick(world)
    assert len(world.pager.pages) == pages


@pytest.mark.parametrize("ours", [True, False])
def test_t9_a_failure_that_is_our_own_number_or_account_is_counted_for_the_alarm(ours):
    world, message = a_sent_text()
    event = DeliveryEvent("twilio", "SM7", Status.FAILED_BLOCKED, world.clock(), message.row, "30034", ours=ours)
    for _ in range(2):
        record(world, event)
    assert world.journal.counts.get("carrier_held_back", 0) == ours


def test_a_persons_text_that_did_not_arrive_asks_for_a_person():
    from chalicelib.core.records import Thread
    from chalicelib.flows import outbox

    world = a_world()
    a_patient(world)
    letter = outbox.Letter("alice", "adult", world.hasher.contact_id("+13035550101"), Kind.REPLY, "See you at 3", "carol", "alice")
    world.store.commit(*outbox.queue(world, letter, world.clock()))
    [row] = [row for row in world.store.rows(Message) if row.kind == Kind.REPLY]
    record(world, DeliveryEvent("twilio", "SM1", Status.FAILED_NUMBER, world.clock(), row.row, "30005"))
    assert world.store.get(Thread, "alice").note == "not_sent"
