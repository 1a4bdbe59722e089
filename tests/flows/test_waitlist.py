"""A time that opens, from the cancelled visit to the one that takes it: offered, held, taken, late, lapsed, moved."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib.core.appointments import Appointment
from chalicelib.core.messages import Status
from chalicelib.core.records import Contact, Due, Message, Slot, Tasks, Thread, WaitlistEntry
from chalicelib.flows.book_appointment import Wrong, book, change, set_status
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.appointments import FRIDAY, a_wish, again, booked, touches
from tests.cast import CAROL, a_patient, an_sms
from tests.waitlist import NUMBERS, opened, slot_now, waiting

from .office import an_open_office, clock, store

LATER = FRIDAY + timedelta(days=14)


@pytest.fixture
def world():
    """Tuesday noon in Denver; four people agreed to texts."""
    office = an_open_office()
    for name in ("alice", "bea", "cleo", "dora", "ella"):
        a_patient(office, name, NUMBERS[name])
    return office


def at(world, when: datetime | None = None) -> None:
    """The clock goes there, and a tick and a stream with it."""
    clock(world).now = when.astimezone(clock(world).now.tzinfo) if when else clock(world).now + timedelta(minutes=1)
    tick(world)
    leave(world)
    spaced = [row.not_before for row in store(world).rows(Message) if row.status == Status.QUEUED and row.not_before]
    if spaced:  # at one part a second, texts leave one after the other
        clock(world).now = max(*spaced, clock(world).now)
        leave(world)


def leave(world) -> None:
    for row in store(world).rows(Message):
        if row.direction == "out" and row.status == Status.QUEUED:
            deliver(world, row.thread_id, row.message_id)


def got(world, patient: str) -> list[str]:
    return [sms.body for sms in world.carriers["twilio"].sent if sms.recipient == NUMBERS[patient]]


def says(world, body: str, patient: str = "alice"):
    receive(world, an_sms(body, NUMBERS[patient], at=clock(world).now), inline=False)
    leave(world)


def thread(world, patient: str = "alice") -> Thread:
    return store(world).get(Thread, patient)


def slots(world) -> list[Slot]:
    return store(world).rows(Slot)


def tasks(world) -> list[tuple[str, str]]:
    return [(task.kind, task.patient_id) for row in store(world).rows(Tasks) for task in row.items]


# --- one time, one person ------------------------------------------------------------------------------------------


def test_a_cancelled_visit_is_offered_taken_and_the_old_time_is_offered_on(world):
    """The whole chain: Bea calls off, Alice moves there, Cleo gets what Alice left."""
    freed, hers = booked(world, FRIDAY, patient_id="bea"), booked(world, LATER)
    third = booked(world, LATER + timedelta(days=7), patient_id="cleo")
    waiting(world, visit_id=hers.appointment_id)
    set_status(world, CAROL, "bea", freed.appointment_id, "cancelled")
    at(world)
    assert got(world, "alice") == [
        "Larkspur: An earlier time is open: Fri Mar 6 at 3:00 PM. Reply 1 to take it or 2 for no thanks, by Tue 1:01 PM. "
        "Until then Fri Mar 20 at 3:00 PM stays yours. Or call 303-555-0190."
    ]
    assert again(world, hers).start_at == LATER  # hers until she has the other
    waiting(world, "cleo", visit_id=third.appointment_id)
    says(world, "1")
    visit = again(world, hers)
    assert (visit.start_at, visit.status, visit.confirmation) == (FRIDAY, "booked", "confirmed")
    assert got(world, "alice")[1] == (
        "Larkspur: Thank you. Your time is now Fri Mar 6 at 3:00 PM, instead of Fri Mar 20 at 3:00 PM. "
        "If anything changes, text us here or call 303-555-0190."
    )
    assert thread(world).waiting_since is None
    at(world)
    assert touches(again(world, hers))["1d"] == ("planned", "") and store(world).get(WaitlistEntry, "adult", "alice") is None
    assert "Fri Mar 20 at 3:00 PM" in got(world, "cleo")[0]
    assert [slot.state for slot in slots(world)] == ["taken", "offered"]


def test_who_has_no_visit_gets_one(world):
    slot = opened(world)
    waiting(world)
    at(world)
    assert got(world, "alice")[0].startswith("Larkspur: A time is open: Fri Mar 6 at 3:00 PM. Reply 1")
    says(world, "1")
    [visit] = store(world).rows(Appointment)
    assert (visit.start_at, visit.status, visit.source, visit.clinician) == (FRIDAY, "booked", "waitlist", "carol")
    assert got(world, "alice")[1].startswith("Larkspur: Thank you. Fri Mar 6 at 3:00 PM is yours.")
    at(world)
    assert touches(again(world, visit))["1d"] == ("planned", "") and slot_now(world, slot).taken_by == visit.ref


def test_the_first_yes_has_it_and_who_is_late_is_thanked_and_nobody_else_hears(world):
    """C58, N7."""
    slot, hers = opened(world), booked(world, LATER, patient_id="bea")
    for name in ("alice", "cleo"):
        waiting(world, name)
    waiting(world, "bea", visit_id=hers.appointment_id)
    at(world)
    assert all(len(got(world, name)) == 1 for name in ("alice", "bea", "cleo"))
    says(world, "1", "alice")
    says(world, "1", "bea")
    assert got(world, "bea")[1] == (
        "Larkspur: Thank you for answering. That time is no longer open. Fri Mar 20 at 3:00 PM is still yours, "
        "and we keep looking for you. You can also call 303-555-0190."
    )
    assert again(world, hers).start_at == LATER and thread(world, "bea").waiting_since is None
    for _ in range(130):
        at(world)
    assert len(got(world, "cleo")) == 1 and slot_now(world, slot).taken_by.startswith("alice.")


def test_no_thanks_ends_the_hold_and_the_next_is_asked(world):
    opened(world)
    for days, name in enumerate(("alice", "bea", "cleo", "dora")):
        waiting(world, name, since=FRIDAY - timedelta(days=40 - days))
    at(world)
    assert not got(world, "dora")
    for name in ("alice", "bea", "cleo"):
        says(world, "2", name)
    assert got(world, "alice")[1] == "Larkspur: Thank you for telling us. We let you know when another time opens."
    at(world)
    assert len(got(world, "dora")) == 1 and len(got(world, "alice")) == 2


def test_a_hold_runs_out_and_a_late_yes_counts_while_nobody_else_holds_it(world):
    slot = opened(world)
    waiting(world)
    at(world)
    at(world, clock(world).now + timedelta(minutes=61))
    assert [offer.state for offer in slot_now(world, slot).offers] == ["lapsed"]
    says(world, "1")
    assert slot_now(world, slot).taken_by.startswith("alice.")


def test_a_late_yes_is_kindly_refused_while_somebody_else_holds_it(world):
    slot = opened(world)
    for days, name in enumerate(("alice", "bea", "cleo", "dora")):
        waiting(world, name, since=FRIDAY - timedelta(days=40 - days))
    at(world)
    at(world, clock(world).now + timedelta(minutes=61))
    assert len(got(world, "dora")) == 1
    says(world, "1", "alice")
    assert "no longer open" in got(world, "alice")[1] and slot_now(world, slot).state == "offered"
    says(world, "1", "dora")
    assert slot_now(world, slot).taken_by.startswith("dora.")


# --- who is asked, and how ----------------------------------------------------------------------------------------


def test_priority_is_asked_first_alone_and_called(world):
    opened(world)
    waiting(world, "alice", since=FRIDAY - timedelta(days=90))
    waiting(world, "bea", priority_by="carol", priority_until=clock(world).now + timedelta(days=7))
    at(world)
    assert got(world, "bea") and not got(world, "alice") and tasks(world) == [("offer_call", "bea")]
    at(world, clock(world).now + timedelta(minutes=61))
    assert got(world, "alice") and tasks(world) == []


def test_a_priority_that_ran_out_is_none(world):
    opened(world)
    waiting(world, "bea", priority_by="carol", priority_until=clock(world).now)
    at(world)
    assert tasks(world) == [] and got(world, "bea")


def test_who_does_not_text_has_the_same_hold_by_phone(world):
    slot = opened(world)
    waiting(world, "alice", by_phone=True)
    waiting(world, "bea")
    at(world)
    alice, bea = sorted(slot_now(world, slot).offers, key=lambda offer: offer.patient_id)
    assert (alice.by, bea.by, alice.until) == ("phone", "text", bea.until)
    assert got(world, "alice") == [] and tasks(world) == [("offer_call", "alice")]


def test_who_sent_stop_is_called_and_who_is_on_hold_is_not_asked(world):
    slot = opened(world)
    says(world, "STOP")
    a_patient(world, "finn", "+13035550125", status="hospital")
    waiting(world, "finn")
    waiting(world, "alice")
    at(world)
    assert [(offer.patient_id, offer.by) for offer in slot_now(world, slot).offers] == [("alice", "phone")]


def test_nobody_is_asked_at_night_and_the_offer_comes_in_the_morning(world):
    clock(world).now = datetime(2026, 3, 4, 5, 0, tzinfo=clock(world).now.tzinfo)  # ten in the evening
    slot = opened(world)
    waiting(world)
    at(world)
    assert got(world, "alice") == [] and slot_now(world, slot).state == "open"
    at(world, datetime(2026, 3, 4, 16, 0, tzinfo=clock(world).now.tzinfo))  # nine in the morning
    assert len(got(world, "alice")) == 1


def test_one_offer_a_day_and_three_a_week(world):
    waiting(world)
    for day in range(6):
        opened(world, FRIDAY + timedelta(days=7, hours=day), f"s{day}")
        at(world, clock(world).now + timedelta(hours=26))
        at(world, clock(world).now + timedelta(minutes=90))
    assert len(got(world, "alice")) == 3


def test_a_question_just_asked_is_not_replaced(world):
    """T16: the "1" that confirms a visit must not take another time."""
    visit = booked(world, FRIDAY)
    at(world, FRIDAY - timedelta(days=1))
    assert "Reply 1 to confirm" in got(world, "alice")[0]
    opened(world, FRIDAY + timedelta(days=3))
    waiting(world, visit_id="")
    at(world)
    assert len(got(world, "alice")) == 1
    says(world, "1")
    assert again(world, visit).confirmation == "confirmed"


def test_a_text_that_waited_too_long_to_leave_does_not(world):
    """C58, N3 at the moment of sending: the time went while the text lay in the outbox."""
    opened(world)
    waiting(world)
    clock(world).advance(minutes=1)
    tick(world)
    booked(world, FRIDAY, patient_id="bea")
    leave(world)
    assert got(world, "alice") == []
    [row] = [row for row in store(world).rows(Message) if row.kind == "offer"]
    assert (row.status, row.status_reason) == ("refused", "slot_gone")


# --- other people's hands -----------------------------------------------------------------------------------------


def test_a_visit_booked_by_hand_takes_the_time(world):
    slot = opened(world)
    waiting(world)
    at(world)
    booked(world, FRIDAY, patient_id="bea")
    assert slot_now(world, slot).state == "withdrawn"
    says(world, "1")
    assert "no longer open" in got(world, "alice")[1]


def test_a_visit_that_goes_to_a_colleague_frees_the_first_ones_time(world):
    visit = booked(world, FRIDAY, patient_id="bea")
    waiting(world)
    change(world, CAROL, "bea", visit.appointment_id, a_wish(FRIDAY, clinician="dan"))
    at(world)
    assert [(slot.clinician, slot.state) for slot in slots(world)] == [("carol", "offered")] and len(got(world, "alice")) == 1


def test_nobody_books_by_hand_what_a_patient_has_just_taken(world):
    opened(world)
    waiting(world)
    at(world)
    says(world, "1")
    outcome = book(world, CAROL, "bea", "v9", a_wish(FRIDAY))
    assert isinstance(outcome, Wrong) and outcome.fields == {"start": "A patient has just taken this time."}


def test_a_visit_that_is_on_again_takes_its_time_back_unless_it_is_taken(world):
    freed = booked(world, FRIDAY, patient_id="bea")
    waiting(world)
    set_status(world, CAROL, "bea", freed.appointment_id, "cancelled")
    at(world)
    set_status(world, CAROL, "bea", freed.appointment_id, "booked")
    assert [slot.state for slot in slots(world)] == ["withdrawn"]
    set_status(world, CAROL, "bea", freed.appointment_id, "cancelled")
    at(world, clock(world).now + timedelta(days=1, minutes=5))
    assert [slot.state for slot in slots(world)] == ["offered"]
    says(world, "1")
    assert isinstance(set_status(world, CAROL, "bea", freed.appointment_id, "booked"), Wrong)


def test_a_time_that_somebody_is_booked_for_is_not_offered(world):
    slot = opened(world)
    waiting(world)
    world.store.commit(*[])
    visit = booked(world, FRIDAY + timedelta(days=1), patient_id="bea")
    from chalicelib.core.appointments import booked_in
    from chalicelib.core.records import Update

    start = FRIDAY.astimezone(clock(world).now.tzinfo)
    fields = {"start_at": start, "booked_in": booked_in("adult", start)}
    store(world).commit(Update(Appointment, ("bea", visit.appointment_id), set=fields))  # by whatever way
    at(world)
    assert got(world, "alice") == [] and slot_now(world, slot).state == "withdrawn"


def test_what_begins_soon_is_not_offered(world):
    slot = opened(world, FRIDAY)
    waiting(world, notice_hours=0)
    at(world, FRIDAY - timedelta(hours=2))
    assert got(world, "alice") == [] and slot_now(world, slot).state == "gone"


def test_a_link_is_never_handed_on(world):
    """N7: a video visit's link may be the other patient's own room."""
    freed = booked(world, FRIDAY, patient_id="bea", link="https://video.example.org/bea", place="200 Elm St")
    waiting(world)
    set_status(world, CAROL, "bea", freed.appointment_id, "cancelled")
    at(world)
    says(world, "1")
    at(world)
    from chalicelib.flows.plan_touches import open_details

    [visit] = [each for each in store(world).rows(Appointment) if each.patient_id == "alice"]
    details = open_details(world, visit, "test")
    assert (details.place, details.link) == ("200 Elm St", "") and ("visit_link", "alice") in tasks(world)


# --- moving is easier than missing ---------------------------------------------------------------------------------


def asked(world) -> Appointment:
    visit = booked(world)
    at(world, FRIDAY - timedelta(days=1))
    for hours in (0, 2, 48):
        opened(world, FRIDAY + timedelta(days=3, hours=hours), f"s{hours}")
    at(world)
    return visit


def test_who_needs_another_time_is_offered_three_and_chooses(world):
    visit = asked(world)
    says(world, "2")
    assert "We will text or call you" in got(world, "alice")[1]
    at(world)
    assert got(world, "alice")[2] == (
        "Larkspur: Open times: 1 Mon Mar 9 at 3:00 PM, 2 Mon Mar 9 at 5:00 PM, 3 Wed Mar 11 at 3:00 PM. Reply with a number by "
        "Thu 4:02 PM. Until then the time you have stays yours. If none suits you, tell us here."
    )
    clock(world).advance(minutes=2)
    says(world, "2")
    assert again(world, visit).start_at == FRIDAY + timedelta(days=3, hours=2)
    at(world)
    states = {slot.slot_id.split("-")[1]: slot.state for slot in slots(world) if not slot.freed_by}
    assert states == {"s0": "open", "s2": "taken", "s48": "open"}


def test_times_are_offered_once(world):
    asked(world)
    says(world, "2")
    for _ in range(5):
        at(world)
    assert len(got(world, "alice")) == 3


def test_nothing_fitting_is_for_a_person(world):
    booked(world)
    at(world, FRIDAY - timedelta(days=1))
    says(world, "2")
    at(world)
    assert len(got(world, "alice")) == 2 and thread(world).note == "wants_move"


def test_a_chosen_time_that_is_gone_is_for_a_person_too(world):
    visit = asked(world)
    says(world, "2")
    at(world)
    clock(world).advance(minutes=2)
    booked(world, FRIDAY + timedelta(days=3), patient_id="bea")
    says(world, "1")
    assert "no longer open" in got(world, "alice")[3] and again(world, visit).start_at == FRIDAY
    assert thread(world).unanswered == 2 and thread(world).note == "wants_move"


@pytest.mark.parametrize(("body", "taken"), [("Yes please", True), ("sí, gracias", True), ("ok 👍", True), ("no thanks", False), ("No puedo", False)])
def test_an_offer_is_answered_in_words(world, body, taken):
    slot = opened(world)
    waiting(world)
    at(world)
    says(world, body)
    assert (slot_now(world, slot).state == "taken") is taken and bool(store(world).rows(Appointment)) is taken
    assert thread(world).waiting_since is None
    assert ("is yours" if taken else "another time opens") in got(world, "alice")[1]


@pytest.mark.parametrize(("body", "picked"), [("the second one", 2), ("la última", 48), ("yes", None), ("the first time I tried", None)])
def test_which_of_three_in_words_and_what_is_not_plain_is_for_a_person(world, body, picked):
    visit = asked(world)
    says(world, "2")
    at(world)
    clock(world).advance(minutes=2)
    says(world, body)
    assert again(world, visit).start_at == (FRIDAY if picked is None else FRIDAY + timedelta(days=3, hours=picked))
    assert thread(world).unanswered == (2 if picked is None else 1)


def test_n2_a_yes_with_distress_in_it_takes_nothing(world):
    slot = opened(world)
    waiting(world)
    at(world)
    says(world, "yes I want to kill myself")
    assert slot_now(world, slot).state == "offered" and thread(world).incident_id


def test_words_in_answer_to_an_offer_are_for_a_person(world):
    slot = opened(world)
    waiting(world)
    at(world)
    says(world, "yes but can it be 4")
    assert slot_now(world, slot).state == "offered" and thread(world).unanswered == 1


def test_n2_a_crisis_in_answer_to_an_offer_is_a_crisis(world):
    slot = opened(world)
    waiting(world)
    at(world)
    receive(world, an_sms("I want to kill myself", at=clock(world).now), inline=True)
    assert world.pager.pages and slot_now(world, slot).state == "offered"


def test_c50_moving_the_visit_by_hand_closes_the_question(world):
    hers = booked(world, LATER)
    opened(world)
    waiting(world, visit_id=hers.appointment_id)
    at(world)
    change(world, CAROL, "alice", hers.appointment_id, a_wish(LATER + timedelta(days=1)))
    assert store(world).get(Contact, world.hasher.contact_id(NUMBERS["alice"])).prompt is None
    says(world, "1")
    assert again(world, hers).start_at == LATER + timedelta(days=1) and thread(world).unanswered == 1


def test_no_due_row_is_left_behind(world):
    opened(world)
    waiting(world)
    at(world)
    says(world, "1")
    at(world)
    at(world, FRIDAY)
    at(world)
    assert [due.kind for due in store(world).rows(Due) if due.kind in ("slot", "slot_taken", "offer_moves")] == []
