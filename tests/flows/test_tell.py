"""Told as one chose, the cover instead of who is away, and a test that goes the whole road."""

from __future__ import annotations

from chalicelib.core.records import AuditEntry, Due, Setting, Thread
from chalicelib.core.telling import Way
from chalicelib.errors import PageFailed
from chalicelib.flows.hand_over import come_back, leave
from chalicelib.flows.own_thread import give_to
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tell import A_TEST, ask_for_test, choose_ways, stands_in, ways_of
from chalicelib.flows.tick import tick
from tests.cast import CAROL, DAN, ERIN, a_patient, an_sms
from tests.fakes.world import FakePager

from .test_answer_owed import a_waiting_world, pages, pass_time

BOTH = (Way.SMS, Way.EMAIL)


def test_who_never_chose_is_paged():
    world = a_waiting_world()
    assert ways_of(world, "carol") == (Way.SMS,)


def test_a_choice_is_kept_with_its_trace_and_can_be_changed():
    world = a_waiting_world()
    assert choose_ways(world, CAROL, BOTH) and ways_of(world, "carol") == BOTH
    assert choose_ways(world, CAROL, ()) and ways_of(world, "carol") == ()
    told = [(e.who, e.result) for e in world.store.rows(AuditEntry) if e.action == "choose_ways"]
    assert told == [("carol", "sms email"), ("carol", "none")]
    assert ways_of(world, "erin") == (Way.SMS,)


def test_the_owner_is_told_by_the_ways_they_chose():
    world = a_waiting_world()
    give_to(world, CAROL, "alice", "carol", "")
    choose_ways(world, CAROL, BOTH)
    pass_time(world, 61)
    assert pages(world) == ["carol", "carol:email"]


def test_who_chose_the_console_alone_is_not_paged_and_the_next_person_is():
    world = a_waiting_world(duty="erin")
    give_to(world, CAROL, "alice", "carol", "")
    choose_ways(world, CAROL, ())
    pass_time(world, 61)
    assert pages(world) == []
    pass_time(world, 61)
    assert pages(world) == ["erin"]


def test_the_last_person_is_told_outside_whatever_they_chose():
    world = a_waiting_world()
    choose_ways(world, DAN, ())
    for _ in range(4):
        pass_time(world, 61)
    assert pages(world) == ["dan"]


def test_who_is_the_last_because_they_have_both_duties_is_told_outside():
    world = a_waiting_world(duty="dan")  # duty, and the supervisor on call
    choose_ways(world, DAN, ())
    pass_time(world, 61)
    assert pages(world) == ["dan"]


def test_one_way_that_fails_does_not_tell_twice_by_the_other():
    world = a_waiting_world(pager=FakePager(fails=[PageFailed("carol")]))
    give_to(world, CAROL, "alice", "carol", "")
    choose_ways(world, CAROL, BOTH)
    for _ in range(3):
        pass_time(world, 10 if pages(world) else 61)
    assert pages(world) == ["carol:email"]


def test_who_covers_is_told_instead_and_after_the_return_the_owner_again():
    world = a_waiting_world(duty="carol")
    leave(world, CAROL, "carol", "erin")
    pass_time(world, 61)
    assert pages(world) == ["erin"]
    come_back(world, CAROL, "carol")
    assert stands_in(world, "carol") == "carol"


def test_a_cover_who_is_away_too_has_a_cover_and_a_circle_ends():
    world = a_waiting_world()
    leave(world, CAROL, "carol", "erin")
    leave(world, ERIN, "erin", "frank")
    assert stands_in(world, "carol") == "frank"
    leave(world, ERIN, "frank", "carol")
    assert stands_in(world, "carol") == "frank"


def test_a_test_goes_out_with_the_next_tick_once():
    world = a_waiting_world()
    choose_ways(world, CAROL, (Way.EMAIL,))
    ask_for_test(world, CAROL)
    for _ in range(3):
        tick(world)
    assert [each for each in world.pager.pages if each[1] == A_TEST] == [("carol:email", A_TEST)]
    assert not [due for due in world.store.rows(Due) if due.kind == "tell_try"]


def test_no_notice_has_a_word_of_a_text():
    world = a_waiting_world()
    give_to(world, CAROL, "alice", "carol", "")
    pass_time(world, 61)
    assert all("hello" not in text and "lice" not in text for _, text in world.pager.pages)
    assert not [row for row in world.store.rows(Setting) if "hello" in repr(row)]


def test_a_pager_that_is_down_is_asked_again():
    world = a_waiting_world(pager=FakePager(fails=[PageFailed("carol")]))
    give_to(world, CAROL, "alice", "carol", "")
    pass_time(world, 61)
    assert pages(world) == []
    pass_time(world, 1)
    assert pages(world) == ["carol"]


def a_night(count=12):
    """Many patients wrote in one night: all of them are late in the same minute."""
    world = a_waiting_world(duty="carol")
    for number in range(count):
        phone = f"+130355502{number:02d}"
        a_patient(world, f"patient{number}", phone)
        receive(world, an_sms("good morning", phone), inline=True)
    return world


def test_forty_late_texts_are_one_notice_to_each_person():
    world = a_night()
    pass_time(world, 61)
    assert pages(world) == ["carol"]
    assert {thread.told for thread in world.store.rows(Thread)} == {2}
    pass_time(world, 61)
    assert pages(world) == ["carol", "dan"]
    assert not [due for due in world.store.rows(Due) if due.kind == "owed"]


def test_what_is_late_soon_after_a_notice_waits_for_the_next_one_and_is_told_then():
    world = a_waiting_world(duty="carol")
    world.clock.advance(minutes=10)
    a_patient(world, "amy", "+13035550290")
    receive(world, an_sms("hello", "+13035550290", at=world.clock()), inline=True)
    pass_time(world, 51)
    assert pages(world) == ["carol"]
    pass_time(world, 10)  # Amy's is late, ten minutes after the notice
    assert pages(world) == ["carol"]
    pass_time(world, 6)
    assert pages(world) == ["carol", "carol"]


def test_a_notice_that_did_not_go_out_quiets_nothing():
    world = a_night(2)
    world.pager.fails += [PageFailed("carol")]
    pass_time(world, 61)
    assert pages(world) == ["carol"]
    pass_time(world, 1)
    assert pages(world) == ["carol"] and {thread.told for thread in world.store.rows(Thread)} == {2}


def test_the_last_is_told_outside_also_when_the_console_alone_told_them_as_the_owner_at_that_moment():
    world = a_night(1)
    choose_ways(world, DAN, ())
    give_to(world, CAROL, "alice", "dan", "")
    pass_time(world, 61)
    assert pages(world) == ["carol"]
    pass_time(world, 61)
    assert pages(world) == ["carol", "carol", "dan"]  # Carol for Alice's, Dan for the other
