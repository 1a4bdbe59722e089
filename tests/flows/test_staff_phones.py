"""A person's own work phone: given, shown to be theirs, tested each week, taken away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.phones import MOST_TRIES, StaffPhone, Way, passed_lately
from chalicelib.core.records import AuditEntry, Contact, Due, Errand, Message, Thread, Update
from chalicelib.errors import CarrierRefused
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.staff_phones import Refused, ask_again, give, my_phone, number_of, take_away, verify
from chalicelib.flows.tick import tick
from tests.cast import ALICE_NUMBER, CAROL, ERIN, FRANK, a_patient, an_sms
from tests.fakes.world import a_world

from .phones import CAROL_PHONE, ERIN_PHONE, a_work_phone, code_in, direct, stream

TEXT = Way.TEXT


def method(world, who=ERIN):
    return my_phone(world, who).method(TEXT)


def given():
    world = a_world()
    assert give(world, ERIN, TEXT, ERIN_PHONE) is None
    stream(world)
    return world


def test_a_number_counts_once_its_code_came_back():
    world = given()
    assert not method(world).works and contact(world).staff == ""
    assert verify(world, ERIN, TEXT, f" {code_in(world)} ") is None
    assert method(world).works and contact(world).staff == "erin" and passed_lately(method(world), world.clock())


def contact(world, number=ERIN_PHONE):
    return world.store.get(Contact, world.hasher.contact_id(number))


def test_the_code_and_the_number_stand_in_no_row():
    world = given()
    code = code_in(world)
    rows = [*world.store.rows(StaffPhone), *world.store.rows(Contact), *world.store.rows(Errand), *world.store.rows(Due)]
    assert not [row for row in rows if code in repr(row).replace("sealed_number", "") or ERIN_PHONE in repr(row).split("sealed")[0]]


def test_a_wrong_code_is_refused_and_only_five_times():
    world = given()
    right = code_in(world)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(MOST_TRIES):
        assert verify(world, ERIN, TEXT, wrong) == Refused("wrong")
    assert verify(world, ERIN, TEXT, right) == Refused("tries")
    world.clock.advance(seconds=1)
    assert ask_again(world, ERIN, TEXT) is None
    stream(world)
    assert code_in(world) != right and verify(world, ERIN, TEXT, code_in(world)) is None


def test_a_code_is_good_for_a_quarter_of_an_hour():
    world = given()
    world.clock.advance(minutes=16)
    assert verify(world, ERIN, TEXT, code_in(world)) == Refused("late")


def test_one_persons_code_is_no_use_to_another():
    world = given()
    assert verify(world, CAROL, TEXT, code_in(world)) == Refused("none")
    assert give(world, CAROL, TEXT, CAROL_PHONE) is None
    assert verify(world, CAROL, TEXT, code_in(world)) == Refused("wrong")


def test_a_number_is_one_persons():
    world = a_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    assert give(world, CAROL, TEXT, ERIN_PHONE) == Refused("taken")


def test_two_who_claim_one_number_and_only_who_has_it_in_hand_gets_it():
    world = given()
    assert give(world, CAROL, TEXT, ERIN_PHONE) is None  # nobody has shown anything yet
    stream(world)
    assert verify(world, CAROL, TEXT, code_in(world)) is None
    assert verify(world, ERIN, TEXT, "123456") == Refused("wrong")
    assert contact(world).staff == "carol"


def test_a_patients_number_can_be_a_colleagues_too():
    world = a_world()
    a_patient(world)
    a_work_phone(world, ERIN, ALICE_NUMBER)
    assert contact(world, ALICE_NUMBER).staff == "erin" and [p.patient_id for p in contact(world, ALICE_NUMBER).patients] == ["alice"]


def test_another_number_takes_the_place_of_the_first_and_must_be_shown_again():
    world = a_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    a_work_phone(world, ERIN, CAROL_PHONE)
    assert contact(world).staff == "" and contact(world, CAROL_PHONE).staff == "erin"
    assert [each.works for each in my_phone(world, ERIN).methods] == [True]


def test_taken_away_it_takes_no_items_and_no_tests():
    world = a_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    assert take_away(world, ERIN, TEXT) is None
    assert contact(world).staff == "" and my_phone(world, ERIN).methods == ()
    assert take_away(world, ERIN, TEXT) == Refused("none")
    world.clock.advance(days=8)
    tick(world)
    stream(world)
    assert direct(world) == [] and not [due for due in world.store.rows(Due) if due.kind == "phone_test"]


def test_its_owner_reads_the_number_and_the_trail_says_what_was_done():
    world = a_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    assert number_of(world, ERIN, method(world)) == ERIN_PHONE
    assert [(e.who, e.action) for e in world.store.rows(AuditEntry)] == [("erin", "give_phone"), ("erin", "verify_phone")]


# --- the weekly test -----------------------------------------------------------------------------------------------


def a_week_later(days=7):
    world = a_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    world.clock.advance(days=days)
    tick(world)
    stream(world)
    return world


def says(world, body, number=ERIN_PHONE):
    receive(world, an_sms(body, number, at=world.clock()), inline=True)
    stream(world)


def test_each_week_the_phone_is_tested_and_an_ok_passes_it():
    world = a_week_later()
    assert direct(world) == [(ERIN_PHONE, "Porchlight test: reply OK.")]
    world.clock.advance(minutes=5)
    says(world, "ok")
    assert method(world).passed_at == world.clock()
    assert direct(world)[-1] == (ERIN_PHONE, "Porchlight: thank you, this phone works.")


def test_the_next_one_is_a_week_after_that():
    world = a_week_later()
    [due] = [due for due in world.store.rows(Due) if due.kind == "phone_test"]
    assert timedelta(days=6) < due.at - world.clock() <= timedelta(days=7)


def test_one_that_nobody_answers_shows_after_a_day():
    world = a_week_later()
    assert passed_lately(method(world), world.clock())
    world.clock.advance(days=1, minutes=1)
    assert not passed_lately(method(world), world.clock())


def test_an_ok_without_a_test_means_nothing():
    world = a_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    before = method(world)
    world.clock.advance(days=1)
    says(world, "OK")
    assert method(world) == before and direct(world) == []


def test_an_ok_from_another_phone_passes_nothing():
    world = a_week_later()
    a_work_phone(world, FRANK, CAROL_PHONE)
    says(world, "OK", CAROL_PHONE)
    assert method(world).passed_at < method(world).asked_at


def test_a_test_that_is_answered_makes_a_marked_number_good_again():
    world = a_week_later()
    phone = my_phone(world, ERIN)
    marked = phone.with_method(replace(method(world), trouble="opted_out"))
    world.store.commit(Update(StaffPhone, ("erin",), set={"methods": marked}))
    world.clock.advance(minutes=1)
    says(world, "OK")
    assert method(world).works


@pytest.mark.parametrize("body", ["OK", "okay!"])
def test_the_ok_is_kept_and_asks_nobody_for_an_answer(body):
    world = a_week_later()
    says(world, body)
    [row] = [row for row in world.store.rows(Message) if row.direction == "in"]
    assert row.meaning == "staff_ok" and world.store.get(Thread, row.thread_id).waiting_since is None


@pytest.mark.parametrize("reason", ["opted_out", "bad_number"])
def test_a_test_that_the_carrier_never_takes_marks_the_phone_on_a_weekday_and_the_next_one_is_tried_all_the_same(reason):
    world = a_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    refuse(world, reason)
    a_week_passes(world)
    assert (method(world).trouble, direct(world), world.store.rows(Errand)) == (reason, [], [])
    a_week_passes(world)
    assert [number for number, _ in direct(world)] == [ERIN_PHONE]
    world.clock.advance(minutes=1)
    says(world, "OK")
    assert method(world).works


def test_a_phone_that_says_start_again_is_tested_at_once_and_not_within_the_week():
    world = a_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    says(world, "STOP")
    a_week_passes(world)
    assert method(world).trouble == "opted_out" and not method(world).works
    world.clock.advance(hours=2)
    says(world, "START")
    assert direct(world)[-1] == (ERIN_PHONE, "Porchlight test: reply OK.")
    world.clock.advance(minutes=1)
    says(world, "OK")
    assert method(world).works and not world.store.rows(Errand)


def test_a_start_that_changes_nothing_asks_for_no_test():
    """Within two minutes of STOP it may have been sent before it."""
    world = a_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    a_week_passes(world)
    refuse(world, "bad_number")
    a_week_passes(world)
    asked_at = method(world).asked_at
    says(world, "STOP")
    world.clock.advance(seconds=30)
    says(world, "START")
    assert method(world).trouble and method(world).asked_at == asked_at and not world.store.rows(Errand)


@pytest.mark.parametrize("before", ["START", "OK"])
def test_a_start_asks_nothing_of_a_phone_that_nothing_speaks_against(before):
    world = a_week_later()
    says(world, before)
    direct_before, asked_at = direct(world), method(world).asked_at
    world.clock.advance(minutes=1)
    says(world, "START")
    assert [body for _, body in direct(world)[len(direct_before):] if "test" in body] == [] and method(world).asked_at == asked_at


def test_a_start_of_a_number_that_is_for_calls_alone_or_not_verified_tests_nothing():
    world = given()
    says(world, "START")
    assert [body for _, body in direct(world) if "test" in body] == []


def test_a_code_that_the_carrier_never_takes_says_so_instead_of_being_waited_for():
    world = a_world()
    refuse(world, "opted_out")
    assert give(world, ERIN, TEXT, ERIN_PHONE) is None
    stream(world)
    assert (method(world).trouble, direct(world), world.store.rows(Errand)) == ("opted_out", [], [])
    assert ask_again(world, ERIN, TEXT) is None
    stream(world)
    assert verify(world, ERIN, TEXT, code_in(world)) is None and method(world).works


def test_a_number_that_was_changed_meanwhile_is_not_marked_for_the_old_one():
    world = a_week_before_its_test()
    refuse(world, "bad_number")
    assert give(world, ERIN, TEXT, CAROL_PHONE) is None
    stream(world)
    assert method(world).contact_id == world.hasher.contact_id(CAROL_PHONE) and not method(world).trouble


def refuse(world, reason):
    world.carriers["twilio"].fails.append(CarrierRefused(reason, permanent=True))


def a_week_passes(world):
    world.clock.advance(days=7)
    tick(world)
    stream(world)


def a_week_before_its_test():
    """Its test is asked, and waits in the stream."""
    world = a_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    world.clock.advance(days=7)
    tick(world)
    return world
