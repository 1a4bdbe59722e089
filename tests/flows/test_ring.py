"""A telephone rings for an item: who may take it on the phone, what no machine can do, and what goes on whatever happens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.phones import Errand, StaffPhone, Way
from chalicelib.core.records import Due, Incident
from chalicelib.errors import CarrierRefused, CarrierUnknown, PageFailed
from chalicelib.flows.handle_incident import acknowledge, contacted, resolve
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.cast import CAROL, DAN, ERIN, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import FakePager, a_world

from .calls import a_number_for_calls, a_wrong_pin, asks, call_of, ends, pin_of, presses, rung
from .phones import CAROL_PHONE, DAN_PHONE, ERIN_PHONE, a_work_phone, direct, sent, stream

NOW_CRISIS, CRISIS = "I took all my pills", "I want to kill myself"  # tier 0, tier 1


def a_clinic(**parts):
    world = a_world(**parts)
    a_patient(world)
    for who, number in ((ERIN, ERIN_PHONE), (CAROL, CAROL_PHONE)):
        a_work_phone(world, who, number)
        a_number_for_calls(world, who, number)
    return world


def a_crisis(world, body=NOW_CRISIS):
    receive(world, an_sms(body, at=world.clock()), inline=True)
    stream(world)
    return world.store.rows(Incident)[-1]


def at(world, incident):
    return world.store.get(Incident, incident.incident_id)


def whats(world, incident):
    return [step.what for step in at(world, incident).steps]


# --- it falls silent -------------------------------------------------------------------------------------------------


def hung_up(world):
    return world.caller.hung_up


def test_a_ringing_phone_is_hung_up_when_somebody_else_takes_the_item():
    world = a_clinic()
    incident = a_crisis(world)
    acknowledge(world, CAROL, incident.incident_id)
    assert hung_up(world) == []  # the console's door opens no number and rings nobody: the stream's function does it
    stream(world)
    assert hung_up(world) == [ERIN_PHONE] and not world.store.rows(Errand)
    ends(world, "canceled")
    assert len(rung(world)) == 1 and "ring_canceled" in whats(world, incident)


def test_a_call_that_is_over_or_was_placed_long_ago_is_not_hung_up():
    world = a_clinic()
    incident = a_crisis(world)
    ends(world, "no_answer")
    stream(world)  # a second call follows at once
    assert len(rung(world)) == 2
    acknowledge(world, CAROL, incident.incident_id)
    stream(world)
    assert hung_up(world) == [ERIN_PHONE]

    slow = a_clinic()
    incident = a_crisis(slow)
    slow.clock.advance(minutes=3)
    acknowledge(slow, CAROL, incident.incident_id)
    stream(slow)
    assert hung_up(slow) == []


def test_who_takes_it_while_a_call_is_being_placed_leaves_no_phone_ringing():
    world = a_clinic()
    receive(world, an_sms(NOW_CRISIS, at=world.clock()), inline=True)
    [incident] = world.store.rows(Incident)
    place = world.caller.call

    def taken_meanwhile(call):
        acknowledge(world, CAROL, incident.incident_id)
        return place(call)

    world.caller.call = taken_meanwhile
    stream(world)
    assert set(hung_up(world)) == {ERIN_PHONE}  # by whoever sees it first, or both


def test_a_hang_up_that_fails_is_let_be():
    world = a_clinic()
    incident = a_crisis(world)
    acknowledge(world, CAROL, incident.incident_id)
    world.caller.fails.append(CarrierUnknown("down"))
    stream(world)
    assert hung_up(world) == [] and not world.store.rows(Errand) and at(world, incident).holder == "carol"


# --- it rings --------------------------------------------------------------------------------------------------------


def test_danger_now_rings_at_once_beside_the_page_and_the_text():
    world = a_clinic()
    incident = a_crisis(world)
    assert [(each.recipient, each.sender, each.rings) for each in rung(world)] == [(ERIN_PHONE, world.clinic.number, 30)]
    assert [number for number, _ in direct(world)] == [ERIN_PHONE] and [to for to, _ in world.pager.pages] == ["erin"]
    assert not world.store.rows(Errand) and not [due for due in world.store.rows(Due) if due.kind == "errand"]
    assert whats(world, incident).count("rung") == 1


def test_active_danger_rings_after_five_minutes_and_not_when_somebody_took_it():
    world = a_clinic()
    a_crisis(world, CRISIS)
    assert rung(world) == []
    world.clock.advance(minutes=4)
    tick(world)
    assert rung(world) == []
    world.clock.advance(minutes=1, seconds=1)
    tick(world)
    assert [each.recipient for each in rung(world)] == [ERIN_PHONE]

    quiet = a_clinic()
    taken = a_crisis(quiet, CRISIS)
    quiet.clock.advance(minutes=1)
    acknowledge(quiet, CAROL, taken.incident_id)
    quiet.clock.advance(minutes=5)
    tick(quiet)
    assert rung(quiet) == [] and not [each for each in quiet.store.rows(Errand) if each.kind == "ring"]


def test_who_gave_only_a_number_for_calls_is_called():
    world = a_world()
    a_patient(world)
    a_number_for_calls(world, ERIN, ERIN_PHONE)
    a_crisis(world)
    assert [each.recipient for each in rung(world)] == [ERIN_PHONE] and direct(world) == []


def test_neither_path_waits_for_the_other():
    world = a_clinic(pager=FakePager(fails=[PageFailed("erin")]))
    world.carriers["twilio"].fails.append(CarrierRefused("carrier_down", permanent=False))
    receive(world, an_sms(NOW_CRISIS, at=world.clock()), inline=True)
    with pytest.raises(CarrierRefused):
        stream(world)
    stream(world)
    assert len(rung(world)) == 1
    world.clock.advance(minutes=1)
    tick(world)
    assert len(rung(world)) == 1 and [number for number, _ in direct(world)] == [ERIN_PHONE]  # the text, and no second call


def test_a_call_that_was_not_placed_is_placed_by_the_tick():
    world = a_clinic()
    world.caller.fails.append(CarrierRefused("carrier_down", permanent=False))
    receive(world, an_sms(NOW_CRISIS, at=world.clock()), inline=True)
    with pytest.raises(CarrierRefused):
        stream(world)
    assert rung(world) == [] and [number for number, _ in direct(world)] == [ERIN_PHONE]
    world.clock.advance(minutes=1)
    tick(world)
    assert len(rung(world)) == 1


def test_a_call_that_may_ring_is_placed_again_and_both_ask_about_the_same():
    world = a_clinic()
    world.caller.lost.append(CarrierUnknown("timeout"))
    receive(world, an_sms(NOW_CRISIS, at=world.clock()), inline=True)
    with pytest.raises(CarrierUnknown):
        stream(world)
    world.clock.advance(minutes=1)
    tick(world)
    assert len({each.row for each in rung(world)}) == 1 and len(rung(world)) == 2


def test_a_number_that_cannot_be_rung_is_marked_and_its_texts_go_on():
    world = a_clinic()
    world.caller.fails.append(CarrierRefused("bad_number", permanent=True))
    a_crisis(world)
    phone = world.store.get(StaffPhone, "erin")
    assert (phone.method(Way.CALL).trouble, phone.method(Way.TEXT).trouble) == ("bad_number", "")
    assert direct(world) and "ring_failed" in whats(world, world.store.rows(Incident)[0])


def test_everyone_is_rung_where_they_gave_a_number():
    world = a_clinic()
    a_work_phone(world, DAN, DAN_PHONE)
    a_crisis(world)
    for _ in range(3):
        world.clock.advance(minutes=5)
        tick(world)
        stream(world)
    assert {each.recipient for each in rung(world)} == {ERIN_PHONE, CAROL_PHONE}
    assert DAN_PHONE in {number for number, _ in direct(world)}


def test_standing_down_rings_nobody():
    world = a_clinic()
    incident = a_crisis(world)
    rung(world).clear()
    world.clock.advance(seconds=20)
    acknowledge(world, CAROL, incident.incident_id)
    stream(world)
    assert rung(world) == [] and any("stand down" in body for _, body in direct(world))


def test_a_clinic_without_a_number_for_calls_places_none():
    from dataclasses import replace

    world = a_clinic()
    world = replace(world, clinic=replace(world.clinic, voice=""))
    a_crisis(world)
    assert rung(world) == [] and direct(world)


# --- on the phone ----------------------------------------------------------------------------------------------------


def test_the_voice_says_no_word_of_anybody():
    world = a_clinic()
    incident = a_crisis(world)
    spelt = " ".join(incident.code)
    said = asks(world)
    assert said.ask.says.count(spelt) == 2 and said.ask.times == 2
    heard = repr([said, presses(world, "1"), presses(world, pin_of(world, ERIN), "pin"), asks(world)]).lower()
    assert not [word for word in ("alice", "pills", "overdose", "adult", "counseling", "larkspur") if word in heard]


def test_one_and_the_pin_take_it_and_the_others_stand_down():
    world = a_clinic()
    incident = a_crisis(world)
    world.clock.advance(seconds=20)
    assert presses(world, "1").ask.digits == 4
    assert at(world, incident).state == "paged"  # a key alone takes nothing: anybody may have answered
    assert "is yours" in presses(world, pin_of(world, ERIN), "pin").says
    assert (at(world, incident).state, at(world, incident).holder) == ("acknowledged", "erin")
    again = [presses(world, pin_of(world, ERIN), "pin").says for _ in range(3)]  # the carrier says it again
    assert set(again) == {presses(world, "1").says} and whats(world, incident).count("acknowledged") == 1


def test_a_voicemail_box_acknowledges_nothing_and_the_escalation_goes_on():
    world = a_clinic()
    incident = a_crisis(world)
    asks(world)
    ends(world, "", machine=True)
    ends(world, "answered")
    assert whats(world, incident)[-1] == "ring_machine" and at(world, incident).state == "paged"
    world.clock.advance(minutes=5, seconds=1)
    tick(world)
    assert ("carol" in {to for to, _ in world.pager.pages}) and at(world, incident).holder == "carol"


def test_whoever_else_answers_cannot_take_it_and_three_tries_are_all():
    world = a_clinic()
    incident = a_crisis(world)
    wrong = a_wrong_pin(world, ERIN)
    assert "Try again" in presses(world, wrong, "pin").ask.says
    assert "Try again" in presses(world, wrong, "pin").ask.says
    assert "Nothing was done" in presses(world, wrong, "pin").says
    assert "Nothing was done" in presses(world, pin_of(world, ERIN), "pin").says
    assert at(world, incident).state == "paged" and world.journal.counts["wrong_pin"] == 3


def test_two_people_have_two_pins_and_another_can_be_asked_for():
    from chalicelib.flows.staff_phones import another_pin

    world = a_clinic()
    before = pin_of(world, ERIN)
    assert before != pin_of(world, CAROL) and len(before) == 4
    assert another_pin(world, ERIN) is None and pin_of(world, ERIN) != before
    assert before not in repr(world.store.rows(StaffPhone))


def test_two_calls_the_next_person_now_and_once():
    world = a_clinic()
    incident = a_crisis(world)
    first = rung(world)[-1].row
    said = {presses(world, "2", row=first).says for _ in range(3)}
    assert len(said) == 1 and "next person now" in said.pop()
    assert [to for to, _ in world.pager.pages] == ["erin", "carol"] and at(world, incident).holder == "carol"
    assert whats(world, incident).count("passed") == 1
    stream(world)
    assert rung(world)[-1].recipient == CAROL_PHONE


def test_a_pass_that_comes_late_skips_nobody():
    world = a_clinic()
    incident = a_crisis(world)
    first = rung(world)[-1].row
    world.clock.advance(minutes=5, seconds=1)
    tick(world)
    assert "already gone on" in presses(world, "2", row=first).says
    assert at(world, incident).holder == "carol" and "dan" not in {to for to, _ in world.pager.pages}


class Between(FakeStore):
    """Lets somebody else act just before one commit."""

    meanwhile = None

    def commit(self, *changes):
        act, self.meanwhile = self.meanwhile, None
        if act:
            act()
        super().commit(*changes)


def test_a_key_and_the_clock_at_the_same_moment_skip_nobody():
    world = a_clinic(store=Between())
    incident = a_crisis(world)
    row = rung(world)[-1].row
    world.clock.advance(minutes=5, seconds=1)
    world.store.meanwhile = lambda: tick(world)
    assert "already gone on" in presses(world, "2", row=row).says
    assert at(world, incident).holder == "carol" and "dan" not in {to for to, _ in world.pager.pages}


def test_a_key_and_a_colleague_at_the_same_moment_and_the_voice_tells_the_truth():
    world = a_clinic(store=Between())
    incident = a_crisis(world)
    row = rung(world)[-1].row
    world.clock.advance(seconds=20)
    world.store.meanwhile = lambda: acknowledge(world, CAROL, incident.incident_id)
    said = presses(world, pin_of(world, ERIN), "pin", row=row)
    assert ("is yours" in said.says) == (at(world, incident).holder == "erin")


def test_two_ends_told_at_the_same_moment_are_one_line():
    world = a_clinic(store=Between())
    incident = a_crisis(world)
    row = rung(world)[-1].row
    world.store.meanwhile = lambda: ends(world, "no_answer", row=row)
    ends(world, "no_answer", row=row)
    stream(world)
    assert whats(world, incident).count("ring_no_answer") == 1 and len(rung(world)) == 2


def test_a_pass_whose_page_fails_is_the_ticks():
    world = a_clinic()
    incident = a_crisis(world)
    world.pager.fails += [PageFailed("carol")]
    assert "next person" in presses(world, "2").says
    world.clock.advance(minutes=1, seconds=1)
    tick(world)
    assert ("carol" in {to for to, _ in world.pager.pages}) and at(world, incident).state == "paged"


@pytest.mark.parametrize("keys", ["9", "0", "*", "", "11"])
def test_other_keys_say_it_again(keys):
    world = a_clinic()
    a_crisis(world)
    assert presses(world, keys) == asks(world)


def test_what_a_colleague_took_meanwhile_or_what_is_over_is_said():
    world = a_clinic()
    incident = a_crisis(world)
    world.clock.advance(seconds=10)
    acknowledge(world, CAROL, incident.incident_id)
    assert "is taken" in asks(world).says and "is taken" in presses(world, pin_of(world, ERIN), "pin").says
    contacted(world, CAROL, incident.incident_id)
    resolve(world, CAROL, incident.incident_id, "visit_arranged")
    assert "is closed" in asks(world).says


def test_who_calls_the_clinics_number_back_gets_people_or_hears_where_to_turn():
    """A patient who missed a call through the clinic sees that number, and calls it."""
    from chalicelib.core.calls import CallEvent
    from chalicelib.flows.on_the_phone import goes_on

    world = a_clinic()

    def calls(moment="", ended=""):
        return goes_on(world, CallEvent("twilio", "CA9", "", world.clock(), moment, other_ended=ended))

    dial = calls().dial
    assert (dial.number, dial.caller_id) == (world.clinic.phone, "")
    for ended in ("no_answer", "busy", "failed", "canceled"):
        assert "911" in calls(dial.moment, ended).says and "988" in calls(dial.moment, ended).says
    assert calls(dial.moment, "answered").says == ""
    assert not [word for word in ("larkspur", "counseling", "clinic") if word in repr(calls(dial.moment, "busy")).lower()]


def test_a_call_that_nobody_knows_ends_kindly():
    world = a_clinic()
    a_crisis(world)
    assert asks(world, row="no-such-call").says == "Goodbye."
    ends(world, "answered", row="no-such-call")
    assert world.journal.counts["call_unknown"] == 1


# --- how it ended ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ended", "what", "again"),
    [("no_answer", "ring_no_answer", True), ("busy", "ring_busy", True), ("failed", "ring_failed", False), ("answered", "ring_no_key", True)],
)
def test_how_a_call_ended_is_written_once_and_a_second_one_follows(ended, what, again):
    world = a_clinic()
    incident = a_crisis(world)
    first = rung(world)[-1].row
    for _ in range(3):  # the carrier repeats itself
        ends(world, ended, row=first)
    assert whats(world, incident).count(what) == 1
    stream(world)
    assert len(rung(world)) == 1 + again
    if again:  # and no third
        ends(world, ended)
        stream(world)
        assert len(rung(world)) == 2
    assert at(world, incident).state == "paged" and at(world, incident).escalate_at == incident.escalate_at


def test_no_second_call_for_what_was_taken_or_passed():
    world = a_clinic()
    incident = a_crisis(world)
    presses(world, pin_of(world, ERIN), "pin")
    ends(world, "answered")
    stream(world)
    assert len(rung(world)) == 1 and not [what for what in whats(world, incident) if what.startswith("ring_")]


def test_a_call_is_forgotten_after_eight_days():
    world = a_clinic()
    a_crisis(world)
    assert call_of(world, rung(world)[-1].row).expires_at - world.clock() == timedelta(days=8)


# --- the weekly test -------------------------------------------------------------------------------------------------


def test_each_week_the_phone_rings_and_a_key_and_the_pin_pass_the_test():
    world = a_world()
    a_number_for_calls(world, ERIN, ERIN_PHONE)
    world.clock.advance(days=7)
    tick(world)
    stream(world)
    assert [each.recipient for each in rung(world)] == [ERIN_PHONE] and sent(world) == []
    assert "weekly test" in asks(world).ask.says
    assert method(world).passed_at < method(world).asked_at
    world.clock.advance(seconds=30)
    assert presses(world, "1").ask.digits == 4
    assert "Try again" in presses(world, a_wrong_pin(world, ERIN), "pin").ask.says
    assert "Thank you" in presses(world, pin_of(world, ERIN), "pin").says
    assert method(world).passed_at == world.clock()
    world.clock.advance(days=7)
    tick(world)
    stream(world)
    assert len(rung(world)) == 2


def method(world):
    return world.store.get(StaffPhone, "erin").method(Way.CALL)


def test_each_way_has_a_test_of_its_own():
    world = a_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    world.clock.advance(days=1)
    a_number_for_calls(world, ERIN, ERIN_PHONE)
    world.clock.advance(days=6)
    tick(world)
    stream(world)
    assert (len(direct(world)), len(rung(world))) == (1, 0)
    world.clock.advance(days=1)
    tick(world)
    stream(world)
    assert (len(direct(world)), len(rung(world))) == (1, 1)


# --- whose phone it is -----------------------------------------------------------------------------------------------


def test_the_code_for_a_number_is_said_to_who_presses_a_key_and_to_no_machine():
    from chalicelib.flows.phone_code import code_for_phone
    from chalicelib.flows.staff_phones import give, my_phone

    world = a_world()
    assert give(world, ERIN, Way.CALL, ERIN_PHONE) is None
    stream(world)
    assert sent(world) == [] and [each.recipient for each in rung(world)] == [ERIN_PHONE]
    code = " ".join(code_for_phone(world, "erin", my_phone(world, ERIN).method(Way.CALL)))
    assert code not in repr(asks(world))
    assert presses(world, "1").says.count(code) == 2
