"""One queued text: claimed by one, asked of N3 at that moment, sent at most once, recorded."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread as Worker

import pytest

from chalicelib.core.messages import DeliveryEvent, Kind, Reason, Status
from chalicelib.core.permission import PER_DAY
from chalicelib.core.records import Contact, Due, Message, Patient, Prompt, Thread, Update
from chalicelib.errors import CarrierRefused, CarrierUnknown, OpenFailed, StoreUnavailable
from chalicelib.flows.deliver import MOST_ATTEMPTS, deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.record_delivery import record
from chalicelib.flows.tick import tick
from tests.cast import ALICE_NUMBER, CLINIC_NUMBER, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.vault import FakeVault
from tests.fakes.world import FakeCarrier, a_world
from tests.flows.post import MeddledStore, again, alices, change_contact, dues, queued, touches


def go(world, message):
    deliver(world, message.thread_id, message.message_id)
    return again(world, message)


def a_clinic(**parts):
    world = a_world(**parts)
    a_patient(world)
    return world


def sent(world):
    return world.carriers["twilio"].sent


# --- it goes -------------------------------------------------------------------------------------------------------


def test_a_reply_leaves_is_recorded_and_forgotten_by_the_tick():
    world = a_clinic()
    message = go(world, queued(world))
    [sms] = sent(world)
    assert (sms.sender, sms.recipient, sms.body, sms.row) == (CLINIC_NUMBER, ALICE_NUMBER, "see you Thursday", message.row)
    assert message.status == Status.QUEUED_AT_CARRIER and message.carrier_id
    assert dues(world) == []


def test_what_was_opened_was_the_number_and_this_text_and_nothing_else():
    world = a_clinic()
    world.vault.opened.clear()
    message = go(world, queued(world))
    assert [(reader, context.kind, row) for reader, context, row in world.vault.opened] == [
        ("job:deliver", "number", message.contact_id), ("job:deliver", "outgoing_text", message.row),
    ]


def test_c8_of_many_who_wake_for_the_same_row_one_sends_it():
    world = a_clinic()
    message = queued(world)
    workers = [Worker(target=deliver, args=(world, message.thread_id, message.message_id)) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(sent(world)) == 1


def test_n4_a_row_that_was_sent_is_never_sent_again():
    world = a_clinic()
    message = go(world, queued(world))
    for _ in range(3):
        go(world, message)
        world.clock.advance(hours=1)
        tick(world)
    assert len(sent(world)) == 1


def test_the_first_text_to_a_new_number_goes_by_the_clinics_own_carrier():
    world = a_clinic()
    change_contact(world, carrier="")
    go(world, queued(world, carrier=""))
    assert len(sent(world)) == 1


def test_a_text_for_a_carrier_that_we_do_not_have_fails_aloud_and_does_not_stay_claimed():
    world = a_clinic()
    message = go(world, queued(world, carrier="pigeon"))
    assert (message.status, message.status_reason) == (Status.FAILED_OTHER, "no_carrier")
    assert world.store.get(Thread, "alice").note == "not_sent"


def test_c17_our_words_are_remembered_so_that_a_reaction_can_be_told():
    world = a_clinic()
    go(world, queued(world, "call 988 any time"))
    receive(world, an_sms("Liked “call 988 any time”"), inline=True)
    assert world.pager.pages == []
    assert len(alices(world).recent_hashes) == 1


def test_only_the_last_ten_texts_are_remembered():
    world = a_clinic()
    for at in range(13):
        go(world, queued(world, f"text {at}"))
    hashes = alices(world).recent_hashes
    assert hashes == tuple(world.hasher.text_hash(f"text {at}") for at in range(3, 13))


# --- N3 at the moment of sending -----------------------------------------------------------------------------------


def test_a_stop_between_the_queue_and_the_sending_holds_the_text_back():
    world = a_clinic()
    message = queued(world)
    receive(world, an_sms("STOP"), inline=True)
    message = go(world, message)
    assert (message.status, message.status_reason, sent(world)) == (Status.REFUSED, "opted_out", [])
    assert world.store.get(Thread, "alice").note == "not_sent"
    assert dues(world, "deliver")[0].target != message.row


def test_a_stop_between_the_claim_and_the_look_still_counts():
    class Store(FakeStore):
        def claim(self, *args):
            claimed = super().claim(*args)
            known = self.get(Contact, claimed.contact_id)
            fields = {"stopped_at": world.clock(), "version": known.version + 1}
            self.commit(Update(Contact, (known.contact_id,), set=fields, expect={"version": known.version}))
            return claimed

    world = a_clinic(store=Store())
    assert go(world, queued(world)).status == Status.REFUSED
    assert sent(world) == []


def test_n4_a_claim_whose_answer_was_lost_is_still_ours_and_the_text_leaves_once_and_at_once():
    class Store(FakeStore):
        lost = 1

        def claim(self, *args):
            claimed = super().claim(*args)
            if self.lost:
                self.lost -= 1
                raise StoreUnavailable("written, and the answer was lost")
            return claimed

    world = a_clinic(store=Store())
    message = go(world, queued(world))
    assert (message.status, message.attempts, len(sent(world))) == (Status.QUEUED_AT_CARRIER, 1, 1)


@pytest.mark.parametrize(("reason", "counted"), [(Reason.SPEND_LIMIT, 1), (Reason.THROTTLED, 1), (Reason.UNAUTHORISED, 1), (Reason.BAD_NUMBER, 0)])
def test_t9_a_carrier_that_holds_us_back_is_counted_for_the_alarm(reason, counted):
    world = a_clinic()
    world.carriers["twilio"].fails.append(CarrierRefused(reason, permanent=False))
    go(world, queued(world))
    assert world.journal.counts.get("carrier_held_back", 0) == counted


def test_c27_the_stop_confirmation_itself_still_goes():
    world = a_clinic()
    receive(world, an_sms("STOP"), inline=True)
    [confirmation] = [m for m in world.store.rows(Message) if m.kind == Kind.STOP_CONFIRMATION]
    assert go(world, confirmation).status == Status.QUEUED_AT_CARRIER


def test_tcpa_7_a_confirmation_that_is_late_is_not_sent():
    world = a_clinic()
    receive(world, an_sms("STOP"), inline=True)
    [confirmation] = [m for m in world.store.rows(Message) if m.kind == Kind.STOP_CONFIRMATION]
    world.clock.advance(minutes=5)
    confirmation = go(world, confirmation)
    assert (confirmation.status, confirmation.status_reason, sent(world)) == (Status.REFUSED, "too_late", [])


def test_c25_the_carrier_learns_when_a_text_is_too_late():
    world = a_clinic()
    until = world.clock() + timedelta(hours=2)
    go(world, queued(world, expires_at=until))
    assert sent(world)[0].expires_at == until


def test_quiet_hours_hold_a_text_that_we_begin_until_morning_and_then_it_goes():
    world = a_clinic()
    world.clock.advance(hours=9)  # 21:00 in Denver
    message = go(world, queued(world, kind=Kind.STAFF))
    assert (message.status, sent(world)) == (Status.QUEUED, [])
    [due] = dues(world)
    assert due.at == message.not_before == world.clock() + timedelta(hours=12)
    world.clock.advance(hours=11, minutes=59)
    assert tick(world) == 0 and sent(world) == []
    world.clock.advance(minutes=1)
    tick(world)
    assert len(sent(world)) == 1 and dues(world) == []


def test_t27_a_reply_is_not_held_by_quiet_hours():
    world = a_clinic()
    world.clock.advance(hours=15)
    assert go(world, queued(world)).status == Status.QUEUED_AT_CARRIER


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"consent": {}}, "no_consent"), ({"status": "deceased"}, "deceased"), ({"contact_id": "another"}, "number_changed"), ({"content_level": 0}, "content_level"),
    ],
)
def test_c43_consent_number_level_and_status_are_read_when_the_text_leaves(change, why):
    world = a_world()
    a_patient(world, content_level=1)
    message = queued(world, kind=Kind.STAFF, content_level=1)
    world.store.commit(Update(Patient, ("alice",), set=change))
    assert go(world, message).status_reason == why
    assert sent(world) == []


def test_the_daily_cap_of_automatic_texts_is_kept():
    world = a_clinic()
    outcomes = [go(world, queued(world, f"notice {at}", kind=Kind.NOTICE, author="auto")) for at in range(PER_DAY + 1)]
    assert [m.status for m in outcomes] == [Status.QUEUED_AT_CARRIER] * PER_DAY + [Status.REFUSED]
    assert outcomes[-1].status_reason == "frequency_cap"
    world.clock.advance(days=1)
    assert go(world, queued(world, "tomorrow", kind=Kind.NOTICE)).status == Status.QUEUED_AT_CARRIER


def test_a_persons_replies_are_not_counted_against_the_cap():
    world = a_clinic()
    for at in range(5):
        go(world, queued(world, f"reply {at}"))
    assert alices(world).auto_sent == ()


# --- what the carrier says -----------------------------------------------------------------------------------------


def test_c7_an_unknown_outcome_is_never_resent_and_is_looked_up():
    world = a_clinic(carriers={"twilio": FakeCarrier(lost=[CarrierUnknown()])})
    message = go(world, queued(world))
    assert (message.status, message.status_reason) == (Status.UNKNOWN, "no_answer")
    [due] = dues(world)
    assert (due.kind, due.target, due.at) == ("reconcile", message.row, world.clock() + timedelta(minutes=2))
    for _ in range(40):
        world.clock.advance(minutes=1)
        tick(world)
    assert len(sent(world)) == 1


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.BAD_NUMBER, Status.FAILED_NUMBER), (Reason.OPTED_OUT, Status.FAILED_BLOCKED), (Reason.BLOCKED, Status.FAILED_BLOCKED),
        (Reason.BAD_REQUEST, Status.FAILED_OTHER),
    ],
)
def test_c29_c60_a_refusal_for_good_is_not_tried_again_and_a_person_is_told(reason, status):
    world = a_clinic(carriers={"twilio": FakeCarrier(fails=[CarrierRefused(reason, permanent=True)])})
    message = go(world, queued(world))
    later = {Reason.BAD_NUMBER: ["number_doubt"], Reason.OPTED_OUT: ["carrier_stop"]}.get(reason, [])  # for the tick
    assert (message.status, message.status_reason, [due.kind for due in dues(world)]) == (status, reason, later)
    assert world.store.get(Thread, "alice").note == "not_sent"


def test_a_refusal_for_now_is_tried_more_and_more_slowly_and_given_up_aloud():
    refusals = [CarrierRefused(Reason.THROTTLED, permanent=False) for _ in range(MOST_ATTEMPTS)]
    world = a_clinic(carriers={"twilio": FakeCarrier(fails=refusals)})
    message, began, waits = queued(world), world.clock(), []
    deliver(world, message.thread_id, message.message_id)
    while again(world, message).status == Status.QUEUED:
        [due] = dues(world)
        waits.append((due.at - world.clock()).total_seconds() / 60)
        world.clock.now = due.at
        tick(world)
    assert waits == [1, 2, 4, 8, 16]
    assert again(world, message).status == Status.FAILED_OTHER and dues(world) == []
    assert world.clock() - began == timedelta(minutes=31)


def test_a_refusal_for_now_that_passes_lets_the_text_go_once():
    world = a_clinic(carriers={"twilio": FakeCarrier(fails=[CarrierRefused(Reason.CARRIER_DOWN, permanent=False)])})
    message = go(world, queued(world))
    go(world, message)  # too early: not claimed
    assert sent(world) == []
    world.clock.advance(minutes=1)
    tick(world)
    assert len(sent(world)) == 1 and again(world, message).status == Status.QUEUED_AT_CARRIER and dues(world) == []


# --- others at the same moment -------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [Status.HANDED_TO_CARRIER, Status.DELIVERED, Status.FAILED_NUMBER])
def test_tw_2_a_callback_before_our_own_record_stands(word):
    class Quick(FakeCarrier):
        def send(self, sms):
            carrier_id = super().send(sms)
            record(world, DeliveryEvent("twilio", carrier_id, word, world.clock(), sms.row))
            return carrier_id

    world = a_clinic(carriers={"twilio": Quick()})
    message = go(world, queued(world))
    assert message.status == word and message.carrier_id
    assert len(alices(world).recent_hashes) == 1 and dues(world) == []


def test_a_callback_before_an_unknown_outcome_is_recorded_makes_it_known():
    class Quick(FakeCarrier):
        def send(self, sms):
            record(world, DeliveryEvent("twilio", "SM1", Status.DELIVERED, world.clock(), sms.row))
            raise CarrierUnknown()

    world = a_clinic(carriers={"twilio": Quick()})
    assert go(world, queued(world)).status == Status.DELIVERED
    assert dues(world, "reconcile") == []


def test_the_record_survives_a_contact_that_changes_all_the_time():
    store = MeddledStore()
    world = a_clinic(store=store)
    message = queued(world)
    store.about = touches(Contact, "recent_hashes")
    store.conflicts = 10
    assert go(world, message).status == Status.QUEUED_AT_CARRIER


def test_a_contact_that_changed_while_we_sent_is_read_again_and_not_overwritten():
    store = MeddledStore()
    world = a_clinic(store=store)
    message = queued(world)
    store.about = touches(Contact, "recent_hashes")
    store.meddle = lambda: change_contact(world, stopped_at=world.clock())
    go(world, message)
    assert alices(world).stopped_at == world.clock() and len(alices(world).recent_hashes) == 1


def test_n4_a_claim_whose_worker_died_becomes_unknown_and_is_never_resent():
    world = a_clinic()
    message = queued(world)
    world.store.claim(message.thread_id, message.message_id, world.clock(), world.clock() + timedelta(seconds=30), "one")
    for _ in range(60):
        world.clock.advance(minutes=1)
        tick(world)
    assert sent(world) == []
    assert again(world, message).status == Status.NOT_SENT  # the carrier never heard of it: a person decides
    assert world.store.get(Thread, "alice").note == "not_sent"


def test_a_store_that_cannot_be_read_after_the_claim_puts_the_text_back():
    class Store(FakeStore):
        down = False

        def get_many(self, wanted):
            if self.down:
                raise StoreUnavailable("down")
            return super().get_many(wanted)

    world = a_clinic(store=Store())
    message = queued(world)
    world.store.down = True
    assert go(world, message).status == Status.QUEUED
    world.store.down = False
    world.clock.advance(minutes=1)
    tick(world)
    assert len(sent(world)) == 1


def test_a_text_that_cannot_be_opened_is_tried_again_and_then_fails_aloud():
    class Vault(FakeVault):
        def open(self, context, row_id, sealed, reader):
            raise OpenFailed("no key")

    world = a_clinic(vault=Vault())
    message = go(world, queued(world))
    assert (message.status, message.status_reason) == (Status.QUEUED, "cannot_open")
    for _ in range(60):
        world.clock.advance(minutes=1)
        tick(world)
    assert again(world, message).status == Status.FAILED_OTHER and sent(world) == []


# --- questions -----------------------------------------------------------------------------------------------------


def a_question(world, prompt_id="p1", hours=4):
    return Prompt(prompt_id, "alice", "confirm", ("1", "2"), world.clock() + timedelta(hours=hours), world.clock())


def test_t16_a_question_opens_when_it_leaves_not_when_it_was_planned():
    world = a_clinic()
    planned = world.clock()
    message = queued(world, "Reply 1 or 2", kind=Kind.STAFF, prompt=a_question(world))
    world.clock.advance(hours=1)
    assert alices(world).prompt is None
    go(world, message)
    prompt = alices(world).prompt
    assert (prompt.prompt_id, prompt.opened_at, prompt.replaced) == ("p1", planned + timedelta(hours=1), False)


def test_t16_a_digit_just_after_another_question_is_asked_again():
    world = a_clinic()
    go(world, queued(world, "Reply 1 or 2", kind=Kind.STAFF, prompt=a_question(world, "p1")))
    world.clock.advance(seconds=30)
    go(world, queued(world, "Now reply 1 or 2", kind=Kind.STAFF, prompt=a_question(world, "p2")))
    assert alices(world).prompt.replaced
    world.clock.advance(seconds=5)
    receive(world, an_sms("1", at=world.clock()), inline=True)
    meanings = [m.meaning for m in world.store.rows(Message) if m.direction == "in"]
    assert meanings == ["ask_again"] and alices(world).prompt.prompt_id == "p2"


def test_t16_it_is_asked_again_also_where_the_questions_were_reminders():
    """Those count against the cap of what we begin; the line that answers a digit does not."""
    world = a_clinic()
    for question in ("p1", "p2"):
        world.clock.advance(seconds=30)
        go(world, queued(world, "Reply 1 or 2", kind=Kind.STAFF, prompt=a_question(world, question)))
    change_contact(world, auto_sent=(world.clock(),))
    world.clock.advance(seconds=5)
    receive(world, an_sms("1", at=world.clock()), inline=True)
    [line] = [m for m in world.store.rows(Message) if m.template == "ask_again"]
    go(world, line)
    assert again(world, line).status == Status.QUEUED_AT_CARRIER


def test_a_question_that_lapsed_is_not_replaced():
    world = a_clinic()
    go(world, queued(world, "Reply 1 or 2", kind=Kind.STAFF, prompt=a_question(world, "p1", hours=1)))
    world.clock.advance(hours=1)
    go(world, queued(world, "Reply 1 or 2?", kind=Kind.STAFF, prompt=a_question(world, "p2")))
    assert not alices(world).prompt.replaced


def test_the_same_question_tried_again_is_not_another_one():
    refusal = CarrierRefused(Reason.THROTTLED, permanent=False)
    world = a_clinic(carriers={"twilio": FakeCarrier(fails=[refusal])})
    go(world, queued(world, "Reply 1 or 2", kind=Kind.STAFF, prompt=a_question(world)))
    world.clock.advance(minutes=1)
    tick(world)
    assert len(sent(world)) == 1 and not alices(world).prompt.replaced


def test_a_question_that_was_held_back_was_never_open():
    world = a_clinic()
    change_contact(world, stopped_at=world.clock())
    go(world, queued(world, "Reply 1 or 2", kind=Kind.STAFF, prompt=a_question(world)))
    assert alices(world).prompt is None


def test_a_question_that_the_carrier_refused_is_closed_again():
    world = a_clinic(carriers={"twilio": FakeCarrier(fails=[CarrierRefused(Reason.BAD_NUMBER, permanent=True)])})
    go(world, queued(world, "Reply 1 or 2", kind=Kind.STAFF, prompt=a_question(world)))
    assert alices(world).prompt is None


def test_a_question_waits_when_the_number_changes_at_that_moment():
    store = MeddledStore()
    world = a_clinic(store=store)
    message = queued(world, "Reply 1 or 2", kind=Kind.STAFF, prompt=a_question(world))
    store.about = touches(Contact, "prompt")
    store.meddle = lambda: change_contact(world, stopped_at=world.clock())
    message = go(world, message)
    assert (message.status, sent(world)) == (Status.QUEUED, [])
    world.clock.advance(minutes=1)
    tick(world)
    assert again(world, message).status_reason == "opted_out" and sent(world) == []


def test_nothing_is_due_after_a_text_is_done():
    world = a_clinic()
    for kind in (Kind.REPLY, Kind.STAFF):
        go(world, queued(world, kind=kind))
    assert world.store.rows(Due) == []
