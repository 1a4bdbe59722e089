"""The reply-by clock: who is told, once each, and nobody once it is answered."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.core.clinic import read_clinic
from chalicelib.core.records import Due, Thread, Update
from chalicelib.errors import PageFailed
from chalicelib.flows.own_thread import close, give_to
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.cast import CAROL, a_patient, an_sms
from tests.fakes.world import CLINIC, FakePager, a_world

from .looked import looked


def a_waiting_world(duty: str = "", **parts):
    clinic = read_clinic(CLINIC)
    adult = replace(clinic.programs["adult"], response_minutes=60, duty=duty)
    world = a_world(clinic=replace(clinic, programs={**clinic.programs, "adult": adult}), **parts)
    a_patient(world)
    receive(world, an_sms("hello", at=world.clock()), inline=True)
    looked(world)
    return world


def pages(world):
    return [to for to, text in world.pager.pages if "waits longer" in text]


def pass_time(world, minutes):
    world.clock.advance(minutes=minutes)
    tick(world)


def test_the_clock_is_the_programs_promise_in_open_minutes():
    world = a_waiting_world()
    thread = world.store.get(Thread, "alice")
    assert (thread.reply_by - thread.waiting_since).total_seconds() == 3600


def test_nobody_is_told_before_the_promise_runs_out():
    world = a_waiting_world(duty="carol")
    pass_time(world, 59)
    assert pages(world) == []


def test_owner_then_duty_then_supervisor_are_told_once_each():
    world = a_waiting_world(duty="carol")
    give_to(world, CAROL, "alice", "frontdesk", "")
    for _ in range(5):
        pass_time(world, 61)
    assert pages(world) == ["frontdesk", "carol", "dan"]


def test_a_step_without_a_person_of_its_own_pages_nobody_twice():
    world = a_waiting_world(duty="dan")
    for _ in range(5):
        pass_time(world, 61)
    assert pages(world) == ["dan"]


def test_an_answer_or_a_close_stops_the_clock():
    world = a_waiting_world(duty="carol")
    close(world, CAROL, "alice", world.store.get(Thread, "alice").last_at, "answered_by_phone")
    pass_time(world, 61)
    assert pages(world) == [] and [d for d in world.store.rows(Due) if d.kind == "owed"] == []


def test_several_texts_in_one_waiting_have_one_clock():
    world = a_waiting_world(duty="carol")
    for _ in range(3):
        world.clock.advance(minutes=1)
        receive(world, an_sms("are you there?", at=world.clock()), inline=True)
    pass_time(world, 56)
    assert pages(world) == []
    pass_time(world, 2)
    assert pages(world) == ["carol"]


def test_c19_a_step_without_a_person_does_not_wait_its_hour():
    world = a_waiting_world()  # no owner, no duty
    pass_time(world, 60)
    assert pages(world) == ["dan"]
    for _ in range(3):
        pass_time(world, 61)
    assert pages(world) == ["dan"]


def test_texts_of_one_night_share_a_deadline_and_are_all_kept():
    world = a_waiting_world()
    world.clock.advance(hours=12)
    close(world, CAROL, "alice", world.store.get(Thread, "alice").last_at, "answered_by_phone")
    for _ in range(3):
        receive(world, an_sms("awake", at=world.clock()), inline=True)
        world.clock.advance(minutes=10)
    assert world.store.get(Thread, "alice").unanswered == 3
    assert len([d for d in world.store.rows(Due) if d.kind == "owed" and d.at > world.clock()]) == 1


def test_a_pager_that_fails_is_tried_again():
    world = a_waiting_world(duty="", pager=FakePager(fails=[]))
    give_to(world, CAROL, "alice", "carol", "")
    world.pager.fails.append(PageFailed("x"))
    pass_time(world, 61)
    assert pages(world) == []
    pass_time(world, 2)
    assert pages(world) == ["carol"]


def test_the_message_says_nothing_about_anybody():
    world = a_waiting_world(duty="carol")
    pass_time(world, 61)
    pass_time(world, 61)
    assert {text for _, text in world.pager.pages} == {"Porchlight: a text waits longer than promised. Open the console."}


def test_a_clock_of_an_earlier_waiting_is_forgotten():
    world = a_waiting_world(duty="carol")
    old = world.store.get(Thread, "alice").reply_by
    world.store.commit(Update(Thread, ("alice",), set={"waiting_since": None, "reply_by": None}))
    world.clock.advance(minutes=30)
    receive(world, an_sms("and another", at=world.clock()), inline=True)
    pass_time(world, 31)
    assert world.store.get(Thread, "alice").reply_by > old and pages(world) == []
