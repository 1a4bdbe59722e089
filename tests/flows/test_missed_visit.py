"""A visit is missed: a call first where there is reason, a line without blame otherwise, and a door that stays open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.records import Appointment, Contact, Due, Message, Patient, Reengagement, Tasks, Thread, Update
from chalicelib.core.reengagement import CAREFUL
from chalicelib.flows import desk_tasks, reengage
from chalicelib.flows.book_appointment import Booked, set_status
from chalicelib.flows.deliver import deliver
from chalicelib.flows.missed_visit import was_before
from chalicelib.flows.patient_standing import change_status, record_declined
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.send_reengagement import send
from chalicelib.flows.tick import tick
from chalicelib.ports import World
from tests.appointments import DAY, FRIDAY, HOUR, booked, touches
from tests.appointments import again as visit_now
from tests.cast import CAROL, a_patient, an_sms
from tests.waitlist import opened, slot_now

from .office import an_open_office, clock, outgoing, store

MISSED = "v1"
OURS = ("missed", "reengage")


def an_office(**fields):
    world = an_open_office()
    a_patient(world, **{"consent": agreed(world)} | fields)
    booked(world, FRIDAY, MISSED)
    clock(world).now = (FRIDAY + HOUR).astimezone(clock(world).now.tzinfo)
    return world


def agreed(world: World) -> dict[str, object]:
    return dict.fromkeys(("conversation", "re_engagement"), world.clock())


def miss(world: World, visit_id: str = MISSED) -> Appointment:
    done = set_status(world, CAROL, "alice", visit_id, "noshow")
    assert isinstance(done, Booked), done
    return done.visit


def minutes(world: World, many: int = 12) -> None:
    """Time passes, and what is due is done; what is queued leaves."""
    clock(world).advance(minutes=many)
    tick(world)
    for row in store(world).rows(Message):
        if row.direction == "out" and row.status == "queued":
            deliver(world, row.thread_id, row.message_id)


def days(world: World, many: int) -> None:
    for _ in range(many):
        minutes(world, 24 * 60)


def texts(world: World, *kinds: str) -> list[str]:
    """Templates of what left, in order."""
    return [row.template for row in outgoing(world) if row.kind in (kinds or OURS) and row.status == "queued_at_carrier"]


def row_of(world: World) -> Reengagement:
    [row] = store(world).rows(Reengagement)
    return row


def says(world: World, body: str) -> None:
    receive(world, an_sms(body, at=clock(world).now), inline=True)


def calls(world: World):
    return [task for row in store(world).rows(Tasks) for task in row.items if task.kind == "missed_call"]


def test_the_same_day_a_line_without_blame_and_then_a_door_that_stays_open_for_six_weeks():
    world = an_office()
    visit = miss(world)
    assert visit.missed_at == clock(world).now and [step.what for step in visit.steps][-1] == "back_planned"
    minutes(world, 9)
    assert texts(world) == []  # a click on the wrong row can still be taken back
    minutes(world, 3)
    assert texts(world) == ["missed_visit"]
    asked = store(world).rows(Contact)[0].prompt
    assert asked is not None and (asked.kind, asked.accepted, asked.about) == ("missed", tuple("123456789"), (MISSED,))
    days(world, 50)
    assert texts(world) == ["missed_visit", "come_back", "door_open", "last_word"]
    days(world, 14)
    assert (row_of(world).state, row_of(world).stopped_why) == ("done", "done")
    assert not [due for due in store(world).due(0, clock(world).now + 90 * DAY) if due.kind == "reengage"]


def test_reminders_of_the_visit_end_and_the_same_click_twice_changes_nothing():
    world = an_office()
    miss(world)
    before = store(world).rows(Reengagement)
    again = set_status(world, CAROL, "alice", MISSED, "noshow")
    assert isinstance(again, Booked) and again.again and store(world).rows(Reengagement) == before
    assert not any(state == "planned" for state, _ in touches(visit_now(world, again.visit)).values())


KINDS = ("appointments", "re_engagement")
ENDS = {
    "a text": (lambda w: says(w, "sorry, was ill"), "replied"),
    "a text, answered since": (lambda w: (says(w, "sorry"), w.store.commit(answered())), "replied"),
    "an answer": (lambda w: says(w, "1"), "replied"),
    "a booking": (lambda w: booked(w, FRIDAY + 7 * DAY, "v2"), "booked"),
    "STOP": (lambda w: says(w, "STOP"), "opted_out"),
    "a hold": (lambda w: change_status(w, CAROL, "alice", "hold"), "on_hold"),
    "their death": (lambda w: change_status(w, CAROL, "alice", "deceased"), "deceased"),
    "no texts of these kinds": (lambda w: [record_declined(w, CAROL, "alice", kind, True, "verbal") for kind in KINDS], "declined"),
    "a crisis": (lambda w: says(w, "i want to kill myself"), "incident"),
    "a positive item 9": (lambda w: w.store.commit(marked(item9_at=clock(w).now)), "item9"),
    "a colleague": (lambda w: reengage.stop(w, CAROL, "alice", row_of(w).reengagement_id), "by_staff"),
    "another program": (lambda w: w.store.commit(marked(program="harbor")), "moved"),
}


def answered() -> Update:
    return Update(Thread, ("alice",), set={"waiting_since": None})


def marked(**fields) -> Update:
    return Update(Patient, ("alice",), set=fields)


@pytest.mark.parametrize("what", ENDS)
def test_it_stops_at(what):
    """And the page says why, before its next text would have been due."""
    act, why = ENDS[what]
    world = an_office()
    miss(world)
    minutes(world)
    clock(world).advance(minutes=60)
    act(world)
    patient, thread = world.store.get(Patient, "alice"), world.store.get(Thread, "alice")
    shown = reengage.as_it_stands(row_of(world), patient, thread, world.store.appointments_of("alice"), clock(world).now)
    assert shown.state == "stopped" or what == "no texts of these kinds"  # what only N3 knows shows with the next text
    days(world, 60)
    assert texts(world) == ["missed_visit"]
    assert (row_of(world).state, row_of(world).stopped_why) == ("stopped", why)


@pytest.mark.parametrize("what", sorted(set(ENDS) - {"another program"}))
def test_n3_what_ends_it_between_the_queue_and_the_carrier_keeps_the_text_here(what):
    world = an_office()
    miss(world)
    clock(world).advance(minutes=11)
    tick(world)
    [row] = [each for each in outgoing(world) if each.kind == "missed"]
    assert row.status == "queued"
    clock(world).advance(minutes=1)
    ENDS[what][0](world)
    deliver(world, row.thread_id, row.message_id)
    assert visit_row(world, row).status == "refused", visit_row(world, row)
    assert texts(world) == []


def visit_row(world: World, row: Message) -> Message:
    found = world.store.get(Message, row.thread_id, row.message_id)
    assert found is not None
    return found


FACTS = {
    "a crisis text": lambda w: says(w, "i want to kill myself"),
    "an item 9": lambda w: w.store.commit(marked(item9_at=clock(w).now)),
    "a stay in hospital": lambda w: (change_status(w, CAROL, "alice", "hospital"), change_status(w, CAROL, "alice", "active")),
    "a discharge": lambda w: (change_status(w, CAROL, "alice", "discharged"), change_status(w, CAROL, "alice", "active")),
}


@pytest.mark.parametrize("what", FACTS)
def test_within_90_days_of_a_fact_a_clinician_calls_the_same_day_and_no_automatic_text_leaves_until_then(what):
    world = an_open_office()
    a_patient(world)
    booked(world, FRIDAY, MISSED)
    booked(world, FRIDAY + 2 * DAY, "v2", rhythm="weekly")
    FACTS[what](world)
    clock(world).now = (FRIDAY + HOUR).astimezone(clock(world).now.tzinfo)
    visit = miss(world)
    assert visit.steps[-1].what == "call_asked"
    [task] = calls(world)
    assert task.about.endswith(f".{MISSED}") and task.due_at.astimezone(world.clinic.zone).date() == FRIDAY.date()
    assert store(world).rows(Reengagement) == []
    days(world, 1)
    assert [row.kind for row in outgoing(world) if row.status == "queued_at_carrier" and row.kind != "crisis_answer"] == []
    assert reengage.start(world, CAROL, "alice") == "call"  # no way around it
    assert calls(world) == [task]
    desk_tasks.end(world, CAROL, "adult", task.task_id)
    patient = world.store.get(Patient, "alice")
    assert (patient.call_first, patient.called_at) == ("", clock(world).now)


def test_after_the_call_a_person_may_begin_the_texts():
    world = an_office()
    world.store.commit(marked(item9_at=clock(world).now - 3 * DAY))
    miss(world)
    desk_tasks.end(world, CAROL, "adult", calls(world)[0].task_id)
    clock(world).advance(minutes=5)
    assert reengage.start(world, CAROL, "alice") == "begun"
    minutes(world)
    assert texts(world) == ["a_while"]


def test_ninety_days_and_a_moment_later_it_is_a_missed_visit_like_any_other():
    for ago, called in ((CAREFUL, 1), (CAREFUL + timedelta(seconds=1), 0)):
        world = an_office()
        world.store.commit(marked(item9_at=clock(world).now - ago))
        miss(world)
        assert len(calls(world)) == called and len(store(world).rows(Reengagement)) == 1 - called


@pytest.mark.parametrize("status", ["deceased", "hospital", "custody", "hold", "discharged"])
def test_nobody_who_is_away_gets_a_text(status):
    world = an_office()
    world.store.commit(marked(status=status))
    miss(world)
    days(world, 60)
    assert texts(world) == [] and store(world).rows(Reengagement) == []


def test_a_visit_of_long_ago_begins_nothing():
    """A first import of years must not text anybody, nor fill a list of calls."""
    world = an_office()
    world.store.commit(marked(item9_at=clock(world).now))
    clock(world).advance(minutes=15 * 24 * 60)
    miss(world)
    assert store(world).rows(Reengagement) == [] and calls(world) == []


@pytest.mark.parametrize("careful", [True, False])
def test_a_click_taken_back_leaves_nothing_behind(careful):
    world = an_office()
    if careful:
        world.store.commit(marked(discharged_at=clock(world).now))
    visit = miss(world)
    clock(world).advance(minutes=4)
    done = set_status(world, CAROL, "alice", MISSED, was_before(visit))
    assert isinstance(done, Booked) and (done.visit.status, done.visit.missed_at) == ("booked", None)
    assert calls(world) == [] and world.store.get(Patient, "alice").call_first == ""
    days(world, 20)
    assert texts(world) == []
    clock(world).now = (FRIDAY + 2 * HOUR).astimezone(clock(world).now.tzinfo)
    miss(world)  # and marked again, it begins again
    assert len(calls(world)) == int(careful)


@pytest.mark.parametrize("level", [0, 1])
@pytest.mark.parametrize("language", ["en", "es"])
def test_it_speaks_their_language_at_their_level_in_their_hours(language, level):
    world = an_office(language=language, content_level=level, safe_hours={"sat": "10:00-12:00"})
    miss(world)
    minutes(world, 20 * 60)  # Saturday at noon, in Denver: too late for this week
    assert texts(world) == []
    world = an_office(language=language, content_level=level, safe_hours={"sat": "10:00-14:00"})
    miss(world)
    minutes(world, 20 * 60)
    [row] = [each for each in outgoing(world) if each.kind == "missed"]
    assert (row.language, row.content_level, row.status) == (language, level, "queued_at_carrier")


def test_what_got_in_the_way_and_then_a_new_time_by_reply():
    world = an_office()
    slots = [opened(world, FRIDAY + at * DAY, f"s{at}") for at in (3, 4, 5)]
    miss(world)
    minutes(world)
    says(world, "1")
    visit = visit_now(world, visit_named(world))
    assert (visit.barrier, visit.answered_at) == ("transport", clock(world).now)
    clock(world).advance(minutes=2)
    says(world, "8")  # the way back stays open
    minutes(world, 1)
    minutes(world, 1)
    assert texts(world, "moves") == ["back_3"]
    says(world, "2")
    minutes(world, 1)
    new = [each for each in world.store.appointments_of("alice") if each.appointment_id != MISSED]
    assert [each.start_at for each in new] == [slots[1].start_at] and slot_now(world, slots[1]).state == "taken"
    assert visit_now(world, visit).status == "noshow"  # what was missed stays missed: the figures need it
    days(world, 30)
    assert texts(world) == ["missed_visit"]


def visit_named(world: World, visit_id: str = MISSED) -> Appointment:
    found = world.store.get(Appointment, "alice", visit_id)
    assert found is not None
    return found


def test_nine_is_for_a_person_and_without_open_times_so_is_eight():
    for digit, note in (("9", "back_talk"), ("8", "back_times")):
        world = an_office()
        miss(world)
        minutes(world)
        says(world, digit)
        minutes(world, 1)
        thread = world.store.get(Thread, "alice")
        assert thread.note == note and thread.waiting_since is not None
        assert texts(world, "visit_answer") == [note] and texts(world, "moves") == []


def test_who_has_next_weeks_visit_gets_the_line_of_the_day_and_no_more():
    world = an_open_office()
    a_patient(world, consent=agreed(world))
    booked(world, FRIDAY, MISSED)
    booked(world, FRIDAY + 30 * DAY, "v2")
    clock(world).now = (FRIDAY + HOUR).astimezone(clock(world).now.tzinfo)
    miss(world)
    minutes(world)
    assert texts(world) == ["missed_visit"]
    days(world, 6)
    assert row_of(world).stopped_why == "booked" and texts(world) == ["missed_visit"]


def test_ctia_6_who_agreed_to_texts_alone_gets_the_line_and_no_more():
    """The line is news of a visit; what comes weeks later needs a yes of its own."""
    world = an_office(consent={"conversation": FRIDAY})
    miss(world)
    days(world, 50)
    assert texts(world) == ["missed_visit"] and row_of(world).stopped_why == "no_consent_kind"
    assert reengage.start(world, CAROL, "alice") == "no_consent_kind"


def test_a_text_that_waits_for_an_answer_is_answered_by_a_person():
    world = an_office()
    says(world, "my car broke down, so sorry")
    miss(world)
    assert store(world).rows(Reengagement) == []


def test_n3_while_a_call_is_owed_even_a_queued_reminder_waits():
    world = an_open_office()
    a_patient(world)
    booked(world, FRIDAY, MISSED)
    booked(world, FRIDAY + 3 * DAY, "v2")
    clock(world).now = (FRIDAY + 2 * DAY).astimezone(clock(world).now.tzinfo)
    tick(world)
    [row] = [each for each in outgoing(world) if each.kind == "reminder" and each.status == "queued"][-1:]
    world.store.commit(marked(item9_at=clock(world).now))
    miss(world)
    deliver(world, row.thread_id, row.message_id)
    waits = visit_row(world, row)
    assert (waits.status, waits.status_reason) == ("queued", "call_first")


def test_nobody_else_of_the_phone_is_meant():
    """N7, C45: Bob shares Alice's phone; he is asked nothing, and her answer changes nothing of his."""
    world = an_office()
    a_patient(world, "bob", program="harbor")
    miss(world)
    minutes(world)
    assert [row.patient_id for row in store(world).rows(Message) if row.kind in OURS] == ["alice"]


def test_a_stale_due_row_and_a_doubled_tick_change_nothing():
    world = an_office()
    miss(world)
    [due] = [each for each in store(world).rows(Due) if each.kind == "reengage"]
    minutes(world)
    send(world, due)
    send(world, replace(due, tries=2))
    assert texts(world) == ["missed_visit"] and len([r for r in outgoing(world) if r.kind in OURS]) == 1
