"""A visit from its booking to what its patient says of it: texts planned, sent, answered, and shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.core.appointments import Appointment
from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import Contact, Due, Message, Patient, Tasks, Thread, Update
from chalicelib.errors import NotFound
from chalicelib.flows.book_appointment import Booked, Changed, Wrong, book, change, set_status
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.appointments import DENVER, FRIDAY, a_wish, again, booked, touches
from tests.cast import ALICE_NUMBER, CAROL, DAN, a_patient, an_sms

from .office import an_open_office, clock, outgoing, store, traces


@pytest.fixture
def world():
    """Tuesday noon in Denver; Alice agreed to texts."""
    office = an_open_office()
    a_patient(office)
    return office


def at(world, when: datetime) -> None:
    """The clock goes there, and a tick and a stream with it."""
    clock(world).now = when.astimezone(clock(world).now.tzinfo)
    tick(world)
    leave(world)


def leave(world) -> None:
    for row in outgoing(world):
        if row.status == Status.QUEUED:
            deliver(world, row.thread_id, row.message_id)


def sent(world) -> list[str]:
    return [sms.body for sms in world.carriers["twilio"].sent]


def says(world, body: str):
    receive(world, an_sms(body, at=clock(world).now), inline=False)
    leave(world)


def alice(world) -> Contact:
    return store(world).get(Contact, world.hasher.contact_id(ALICE_NUMBER))


def thread(world) -> Thread:
    return store(world).get(Thread, "alice")


# --- from booking to the answer ------------------------------------------------------------------------------------


def test_a_visit_is_reminded_of_confirmed_and_thanked_for(world):
    visit = booked(world)
    assert touches(visit) == {
        "14d": ("left_out", "booked_late"), "7d": ("left_out", "booked_late"),
        "3d": ("planned", ""),
        "1d": ("planned", ""), "2h": ("planned", ""),
    }
    at(world, FRIDAY - timedelta(days=1))
    assert sent(world) == [
        "Larkspur: You have an appointment Fri Mar 6 at 3:00 PM. Reply 1 to confirm, 2 for another time, 3 if you can't come. "
        "Or call 303-555-0190."
    ]
    assert again(world, visit).confirmation == "asked"
    says(world, "1")
    assert again(world, visit).confirmation == "confirmed"
    assert sent(world)[1] == "Larkspur: Thank you. See you Fri Mar 6 at 3:00 PM. If anything changes, text us here or call 303-555-0190."
    assert thread(world).waiting_since is None
    at(world, FRIDAY - timedelta(hours=2))
    assert sent(world)[2].startswith("Larkspur: See you Fri Mar 6 at 3:00 PM. Running late?")
    assert touches(again(world, visit))["2h"] == ("sent", "")


def test_the_text_carries_its_end_to_the_carrier(world):
    """T7: a reminder cannot land after the visit."""
    booked(world)
    at(world, FRIDAY - timedelta(days=1))
    assert world.carriers["twilio"].sent[0].expires_at == FRIDAY - timedelta(hours=2)


def test_who_needs_another_time_keeps_this_one_and_is_asked_for_by_a_person(world):
    visit = booked(world)
    at(world, FRIDAY - timedelta(days=1))
    says(world, "2")
    now = again(world, visit)
    assert (now.status, now.confirmation) == ("booked", "wants_move")
    assert (thread(world).note, thread(world).unanswered) == ("wants_move", 1)
    assert "still yours" in sent(world)[1]


def test_who_cannot_come_is_asked_why_once_and_the_answer_does_something(world):
    visit = booked(world)
    at(world, FRIDAY - timedelta(days=1))
    says(world, "3")
    now = again(world, visit)
    assert (now.status, now.confirmation, now.barrier) == ("cancelled", "cannot_come", "asked")
    assert now.cancelled_at == clock(world).now and thread(world).note == "cannot_come"
    assert "is off" in sent(world)[1] and "1 a ride" in sent(world)[1]
    says(world, "1")
    assert again(world, visit).barrier == "transport"
    assert "pay for rides" in sent(world)[2]
    [task] = store(world).get(Tasks, "adult").items
    assert (task.kind, task.about, task.thread_id) == ("barrier", "transport", "alice")
    assert alice(world).prompt is None


def test_not_feeling_well_is_read_by_a_person(world):
    booked(world)
    at(world, FRIDAY - timedelta(days=1))
    says(world, "3")
    says(world, "5")
    assert thread(world).note == "barrier" and thread(world).unanswered == 2
    assert "911" in sent(world)[2]


@pytest.mark.parametrize(
    ("body", "says_of_it", "status"),
    [("ill be there", "confirmed", "booked"), ("cant make it tmrw", "cannot_come", "cancelled"), ("running 10 late", "late", "booked"),
     ("ok 👍", "confirmed", "booked"), ("sí", "confirmed", "booked"), ("I need to reschedule", "wants_move", "booked")],
)  # fmt: skip
def test_what_people_really_write_is_understood(world, body, says_of_it, status):
    visit = booked(world)
    at(world, FRIDAY - timedelta(days=1))
    says(world, body)
    assert (again(world, visit).confirmation, again(world, visit).status) == (says_of_it, status)
    assert thread(world).waiting_since is None or says_of_it != "confirmed"


@pytest.mark.parametrize("body", ["wrong day?", "I have 10 pills left", "my son is sick", "can we do 4 instead"])
def test_a_guess_goes_to_a_person_and_changes_nothing_else(world, body):
    visit = booked(world)
    at(world, FRIDAY - timedelta(days=1))
    before = len(sent(world))
    says(world, body.replace("pills", "stamps"))
    assert again(world, visit).status == "booked" and again(world, visit).confirmation in ("asked", "unsure")
    assert thread(world).unanswered == 1 and len(sent(world)) == before
    assert alice(world).prompt is not None


def test_the_guess_is_kept_with_the_text(world):
    booked(world)
    at(world, FRIDAY - timedelta(days=1))
    says(world, "my son is sick")
    [row] = [row for row in store(world).rows(Message) if row.direction == "in"]
    assert (row.meaning, row.guess, thread(world).note) == ("words", "cannot_come", "visit_guess")


def test_c13_a_number_inside_a_sentence_is_no_answer(world):
    visit = booked(world)
    at(world, FRIDAY - timedelta(days=1))
    says(world, "1 of my cats is ill")
    assert again(world, visit).confirmation == "asked"


def test_t1_a_bare_cancel_is_an_opt_out_and_a_task_and_the_visit_stays(world):
    visit = booked(world)
    at(world, FRIDAY - timedelta(days=1))
    says(world, "CANCEL")
    assert alice(world).stopped_at is not None and thread(world).note == "cancel_word" and thread(world).unanswered == 1
    assert again(world, visit).status == "booked"


def test_n2_a_crisis_in_the_answer_is_a_crisis(world):
    visit = booked(world)
    at(world, FRIDAY - timedelta(days=1))
    receive(world, an_sms("cant make it, I want to kill myself", at=clock(world).now), inline=True)
    assert world.pager.pages and again(world, visit).confirmation == "asked"


def test_a_second_yes_gets_no_second_thanks(world):
    booked(world)
    at(world, FRIDAY - timedelta(days=1))
    says(world, "1")
    says(world, "ok thanks")
    assert len(sent(world)) == 2


def test_who_confirmed_may_change_their_mind(world):
    visit = booked(world)
    at(world, FRIDAY - timedelta(days=1))
    says(world, "1")
    says(world, "cant make it")
    assert again(world, visit).status == "cancelled"


# --- changes -------------------------------------------------------------------------------------------------------


def dues(world) -> list[Due]:
    return [due for due in store(world).rows(Due) if due.kind == "touch"]


def test_a_moved_visit_earns_new_texts_and_an_old_yes_means_nothing(world):
    visit = booked(world)
    at(world, FRIDAY - timedelta(days=1))
    moved = change(world, CAROL, "alice", visit.appointment_id, a_wish(FRIDAY + timedelta(days=3)))
    assert isinstance(moved, Booked) and touches(moved.visit)["2h"] == ("planned", "")
    assert {due.about for due in dues(world)} == {"3d", "1d", "2h"} and alice(world).prompt is None
    says(world, "1")
    assert again(world, visit).confirmation == "" and thread(world).unanswered == 1
    at(world, FRIDAY + timedelta(days=2))
    assert "Mon Mar 9 at 3:00 PM" in sent(world)[-1]
    assert again(world, visit).confirmation == "asked"


def test_c50_a_cancelled_visit_earns_none(world):
    visit = booked(world)
    set_status(world, CAROL, "alice", visit.appointment_id, "cancelled")
    assert dues(world) == []
    at(world, FRIDAY - timedelta(days=1))
    assert sent(world) == []


def test_c50_a_text_that_was_queued_before_the_change_does_not_leave(world):
    visit = booked(world)
    clock(world).now = (FRIDAY - timedelta(days=1)).astimezone(clock(world).now.tzinfo)
    tick(world)
    set_status(world, CAROL, "alice", visit.appointment_id, "cancelled")
    leave(world)
    [row] = outgoing(world)
    assert (row.status, row.status_reason, sent(world)) == (Status.REFUSED, "visit_changed", [])


def test_a_repeated_message_changes_nothing(world):
    visit = booked(world)
    before = store(world).rows(Due), again(world, visit)
    assert change(world, CAROL, "alice", visit.appointment_id, a_wish()) == Booked(visit, True)
    assert book(world, CAROL, "alice", visit.appointment_id, a_wish()) == Booked(visit, True)
    assert (store(world).rows(Due), again(world, visit)) == before


def test_somebody_elses_change_in_between_is_shown(world):
    visit = booked(world)
    set_status(world, CAROL, "alice", visit.appointment_id, "arrived")
    assert isinstance(set_status(world, CAROL, "alice", visit.appointment_id, "noshow", version=visit.version), Changed)


def test_what_is_wrong_is_said_and_nothing_is_written(world):
    done = book(world, CAROL, "alice", "v9", a_wish(minutes=0, link="http://bit.ly/x"))
    assert isinstance(done, Wrong) and set(done.fields) == {"minutes", "link"}
    assert store(world).rows(Appointment) == []


def test_another_programs_people_find_nothing_and_leave_a_trace(world):
    with pytest.raises(NotFound):
        book(world, DAN, "alice", "v9", a_wish())
    assert traces(world, "alice")[-1] == ("dan", "book_appointment", "refused")


# --- at the moment of sending --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "why"),
    [({"status": "hold"}, "on_hold"), ({"status": "hospital"}, "on_hold"), ({"status": "custody"}, "on_hold"),
     ({"status": "deceased"}, "deceased"), ({"consent": {}}, "no_consent"), ({"declined": ("appointments",)}, "declined")],
)  # fmt: skip
def test_n3_is_asked_when_the_text_leaves(world, fields, why):
    visit = booked(world)
    store(world).commit(Update(Patient, ("alice",), set=fields))
    at(world, FRIDAY - timedelta(days=1))
    assert (sent(world), touches(again(world, visit))["1d"]) == ([], ("left_out", why))


def test_a_stopped_number_gets_nothing(world):
    visit = booked(world)
    says(world, "STOP")
    before = len(sent(world))
    at(world, FRIDAY - timedelta(days=1))
    assert len(sent(world)) == before and touches(again(world, visit))["1d"] == ("left_out", "opted_out")


def test_language_and_level_are_read_when_it_leaves(world):
    booked(world, place="200 Elm St")
    store(world).commit(Update(Patient, ("alice",), set={"language": "es", "content_level": 1}))
    at(world, FRIDAY - timedelta(days=1))
    assert sent(world)[0].startswith("Larkspur Counseling: Tiene una cita con nosotros el viernes 6 de marzo a las 3:00 PM en 200 Elm St.")


def test_quiet_hours_defer_and_never_into_nonsense(world):
    """An early visit: the two-hour text has no safe hour left; the day before waits for nine o'clock."""
    visit = booked(world, FRIDAY.replace(hour=8))
    assert touches(visit)["2h"] == ("left_out", "safe_hours")
    [due] = dues(world)
    assert due.at.astimezone(DENVER) == datetime(2026, 3, 5, 9, 0, tzinfo=DENVER)


def test_hours_that_changed_since_defer_or_drop(world):
    visit = booked(world)
    store(world).commit(Update(Patient, ("alice",), set={"safe_hours": {"thu": "17:00-18:00", "sat": "09:00-10:00"}}))
    at(world, FRIDAY - timedelta(days=1))
    assert sent(world) == [] and [due.at.astimezone(DENVER).hour for due in dues(world) if due.about == "1d"] == [17]
    at(world, datetime(2026, 3, 5, 17, 0, tzinfo=DENVER))
    assert len(sent(world)) == 1
    at(world, FRIDAY - timedelta(hours=2))
    assert touches(again(world, visit))["2h"] == ("left_out", "safe_hours")


def test_ticks_that_come_late_say_nothing_that_helps_nobody(world):
    visit = booked(world)
    at(world, FRIDAY - timedelta(minutes=10))
    assert sent(world) == [] and {touches(again(world, visit))[name] for name in ("1d", "2h")} == {("left_out", "too_late")}


def test_doubled_ticks_send_once(world):
    booked(world)
    at(world, FRIDAY - timedelta(days=1))
    for _ in range(3):
        tick(world)
        leave(world)
    assert len(sent(world)) == 1


def test_several_visits_of_a_day_are_one_text_and_one_answer(world):
    first = booked(world)
    second = booked(world, FRIDAY + timedelta(hours=2))
    assert touches(second)["1d"] == ("left_out", "told_together")
    at(world, FRIDAY - timedelta(days=1))
    assert sent(world)[0].startswith("Larkspur: You have an appointment Fri Mar 6 at 3:00 PM and 5:00 PM.")
    says(world, "1")
    assert [again(world, each).confirmation for each in (first, second)] == ["confirmed", "confirmed"]
    assert "3:00 PM and 5:00 PM" in sent(world)[1]
    assert touches(again(world, second))["1d"] == ("sent", "")


def test_cant_come_to_several_visits_of_a_day_is_for_a_person(world):
    visits = booked(world), booked(world, FRIDAY + timedelta(hours=2))
    at(world, FRIDAY - timedelta(days=1))
    says(world, "3")
    assert [(again(world, each).status, again(world, each).confirmation) for each in visits] == [("booked", "unsure")] * 2
    assert (thread(world).note, thread(world).unanswered) == ("visit_guess", 1) and len(sent(world)) == 1
    assert alice(world).prompt is not None


def test_cr_5_who_asks_about_a_visit_while_we_are_closed_is_told_when_we_read(world):
    booked(world)
    at(world, FRIDAY - timedelta(days=1))
    clock(world).now += timedelta(hours=6)
    says(world, "what time is it again")
    assert "Nobody reads texts here right now" in sent(world)[1]


def test_the_second_of_a_day_is_told_when_the_first_is_called_off(world):
    first = booked(world)
    second = booked(world, FRIDAY + timedelta(hours=2))
    set_status(world, CAROL, "alice", first.appointment_id, "cancelled")
    assert touches(again(world, second))["1d"] == ("planned", "")
    at(world, FRIDAY - timedelta(hours=22))
    assert sent(world) == [sent(world)[0]] and "at 5:00 PM." in sent(world)[0]


def test_a_video_visit_gets_its_link_the_day_before_and_at_the_door_on_their_own_clock(world):
    store(world).commit(Update(Patient, ("alice",), set={"zone": "America/New_York"}))
    booked(world, link="https://video.example.org/r/7")
    at(world, FRIDAY - timedelta(days=1))
    assert "Fri Mar 6 at 5:00 PM. Join: https://video.example.org/r/7 Reply 1" in sent(world)[0]
    at(world, FRIDAY - timedelta(hours=2))
    at(world, FRIDAY - timedelta(minutes=15))
    assert sent(world)[2].startswith("Larkspur: Your appointment starts Fri Mar 6 at 5:00 PM. Join: https://video")
    says(world, "ok")
    assert "5:00 PM" in sent(world)[3]


def test_weekly_visits_get_the_day_before_alone(world):
    first = booked(world)
    second = booked(world, FRIDAY + timedelta(days=7))
    assert [again(world, each).sequence for each in (first, second)] == ["weekly", "weekly"]
    assert {due.about for due in dues(world)} == {"1d"}


def test_n5_nothing_of_the_place_or_the_link_is_in_clear(world):
    booked(world, place="200 Elm St", link="https://video.example.org/r/7", chart_id="A-77")
    at(world, FRIDAY - timedelta(days=1))
    rows = [replace(row, sealed_details=b"") for row in store(world).rows(Appointment)]
    assert not any(word in repr((rows, store(world).rows(Due))) for word in ("Elm", "video.example", "A-77"))


def test_the_reminder_is_of_its_kind(world):
    booked(world)
    at(world, FRIDAY - timedelta(days=1))
    [row] = outgoing(world)
    assert (row.kind, row.template, row.author) == (Kind.REMINDER, "visit_confirm", "auto")


# --- what the clinic does with a visit -----------------------------------------------------------------------------


def test_c50_who_is_moved_is_told_and_asked(world):
    visit = booked(world)
    change(world, CAROL, "alice", visit.appointment_id, a_wish(FRIDAY + timedelta(days=3)), tell=True)
    leave(world)
    assert sent(world) == [
        "Larkspur: Your appointment is now Mon Mar 9 at 3:00 PM, not Fri Mar 6 at 3:00 PM. Reply 1 if that works, 2 for another time, "
        "3 if you can't come. Or call 303-555-0190."
    ]
    says(world, "1")
    assert again(world, visit).confirmation == "confirmed"


def test_c50_who_is_called_off_is_told(world):
    visit = booked(world)
    set_status(world, CAROL, "alice", visit.appointment_id, "cancelled", tell=True)
    leave(world)
    assert sent(world)[0].startswith("Larkspur: We are sorry: your appointment Fri Mar 6 at 3:00 PM will not take place.")
    assert alice(world).prompt is None


def test_news_waits_for_a_safe_hour_and_stays_when_the_visit_changed_again(world):
    visit = booked(world)
    clock(world).advance(hours=9)  # nine in the evening
    change(world, CAROL, "alice", visit.appointment_id, a_wish(FRIDAY + timedelta(days=3)), tell=True)
    leave(world)
    set_status(world, CAROL, "alice", visit.appointment_id, "cancelled", tell=True)
    leave(world)
    assert sent(world) == []
    at(world, FRIDAY.replace(day=4, hour=9))
    assert len(sent(world)) == 1 and "will not take place" in sent(world)[0]
    assert sorted((row.status, row.status_reason) for row in outgoing(world) if row.status == Status.REFUSED) == [(Status.REFUSED, "visit_changed")]


def test_a_visit_that_is_on_again_is_not_told_to_be_off(world):
    visit = booked(world)
    clock(world).advance(hours=9)
    set_status(world, CAROL, "alice", visit.appointment_id, "cancelled", tell=True)
    leave(world)
    set_status(world, CAROL, "alice", visit.appointment_id, "booked", tell=True)
    at(world, FRIDAY.replace(day=4, hour=9))
    assert sent(world) == []


def test_news_that_would_come_too_late_does_not_leave_and_says_so(world):
    visit = booked(world, FRIDAY.replace(day=4, hour=8))
    clock(world).advance(hours=9)
    set_status(world, CAROL, "alice", visit.appointment_id, "cancelled", tell=True)
    leave(world)
    at(world, FRIDAY.replace(day=4, hour=9))
    assert sent(world) == [] and thread(world).note == "not_sent"


@pytest.mark.parametrize(("status", "told"), [("arrived", 0), ("noshow", 0), ("entered-in-error", 0), ("cancelled", 1)])
def test_only_what_concerns_them_is_told(world, status, told):
    visit = booked(world)
    set_status(world, CAROL, "alice", visit.appointment_id, status, tell=True)
    leave(world)
    assert len(sent(world)) == told


def test_nobody_who_declined_or_is_on_hold_is_told(world):
    visit = booked(world)
    store(world).commit(Update(Patient, ("alice",), set={"declined": ("appointments",)}))
    set_status(world, CAROL, "alice", visit.appointment_id, "cancelled", tell=True)
    leave(world)
    assert sent(world) == [] and outgoing(world)[0].status_reason == "declined"
