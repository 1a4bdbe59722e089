"""An urgent item to its end: what its page knows, marks, tasks, signatures, and a transfer that moves everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.incident_clock import by_need, next_clock
from chalicelib.core.incidents import IllegalMove
from chalicelib.core.records import AuditEntry, Contact, Incident, Task, Tasks, Thread
from chalicelib.core.staff import Staff
from chalicelib.errors import NotFound, PageFailed
from chalicelib.flows import desk_tasks
from chalicelib.flows.edit_patient import ForCrisis, edit
from chalicelib.flows.handle_incident import acknowledge, contacted, resolve, unable
from chalicelib.flows.mark_page import mark_page
from chalicelib.flows.read_incident import read_incident
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.sign_off import owes_signature, sign_off
from chalicelib.flows.tick import tick
from chalicelib.flows.transfer_incident import NotTold, transfer
from tests.cast import CAROL, DAN, ERIN, FRANK, a_patient, an_sms
from tests.fakes.world import a_world
from tests.flows.test_edit_patient import _as_is

CRISIS = "I took all my pills"
GRACE = Staff("grace", "supervisor", ("adult",))
HARBOR_LEAD = Staff("lee", "clinical_lead", ("harbor",))


def a_crisis(text=CRISIS):
    world = a_world()
    a_patient(world)
    receive(world, an_sms(text), inline=True)
    return world, world.store.rows(Incident)[0].incident_id


def at(world, incident_id):
    return world.store.get(Incident, incident_id)


def todo(world, program="adult"):
    known = world.store.get(Tasks, program)
    return [(each.kind, each.owner) for each in known.items] if known else []


def actions(world):
    return [(entry.who, entry.action) for entry in world.store.rows(AuditEntry)]


# --- the page ------------------------------------------------------------------------------------------------------


def test_what_a_clinician_needs_at_three_in_the_morning_is_on_one_page():
    world, incident_id = a_crisis()
    known = ForCrisis("Rosa, mother, 303-555-0177", "Her sister's in Aurora", "Chart, safety tab", None)
    edit(world, CAROL, "alice", _as_is(world, crisis=known))
    acknowledge(world, ERIN, incident_id)
    space = read_incident(world, ERIN, incident_id)
    assert next(each.body for each in space.said) == CRISIS and space.answered
    assert (space.number, space.profile.emergency, space.profile.place) == ("+13035550101", known.emergency, known.place)
    assert space.profile.plan == "Chart, safety tab" and not space.shared and not space.cut
    assert ("erin", "read_incident") in actions(world)


def test_n6_it_is_not_there_for_another_program_and_the_attempt_is_kept():
    world, incident_id = a_crisis()
    with pytest.raises(NotFound):
        read_incident(world, HARBOR_LEAD, incident_id)
    entries = [entry for entry in world.store.rows(AuditEntry) if entry.who == "lee"]
    assert [(entry.subject_id, entry.result) for entry in entries] == [("alice", "refused")]
    with pytest.raises(NotFound):
        read_incident(world, FRANK, incident_id)


def test_whoever_was_called_from_elsewhere_can_finish_for_a_day_and_no_longer():
    world, incident_id = a_crisis()
    outside = replace(ERIN, programs=("harbor",))
    acknowledge(world, outside, incident_id)
    resolve(world, outside, incident_id, "false_alarm")
    assert read_incident(world, outside, incident_id).incident.state == "resolved"
    world.clock.advance(hours=25)
    with pytest.raises(NotFound):
        read_incident(world, outside, incident_id)


def test_a_flood_shows_the_first_text_and_the_newest():
    world, incident_id = a_crisis("I took all my pills 0")
    for n in range(1, 40):
        world.clock.advance(seconds=5)
        receive(world, an_sms(f"I took all my pills {n}", at=world.clock()), inline=True)
    space = read_incident(world, ERIN, incident_id)
    theirs = [each.body for each in space.said if each.row.direction == "in"]
    assert space.cut and len(theirs) == 20 and theirs[0].endswith(" 0") and theirs[-1].endswith(" 39")


def test_the_clock_says_what_is_next():
    world, incident_id = a_crisis()
    began = world.clock()
    assert (next_clock(at(world, incident_id)).what, next_clock(at(world, incident_id)).due) == ("acknowledge", began + timedelta(minutes=5))
    acknowledge(world, ERIN, incident_id)
    assert (next_clock(at(world, incident_id)).what, next_clock(at(world, incident_id)).due) == ("contact", began + timedelta(minutes=15))
    contacted(world, ERIN, incident_id)
    assert next_clock(at(world, incident_id)).what == "close"
    resolve(world, ERIN, incident_id, "visit_arranged")
    assert next_clock(at(world, incident_id)) is None


# --- a queue of many ------------------------------------------------------------------------------------------------


def an_item(name, tier, minutes, state="paged"):
    began = a_world().clock() - timedelta(minutes=minutes)
    return Incident(name, "K", "t", "c", "adult", state, tier, (), began, open_in="adult")


def test_ten_at_once_are_sorted_by_tier_then_waiting_and_nothing_starves():
    now = a_world().clock()
    many = [an_item(f"new{n}", 0, n) for n in range(10)]
    queue = [an_item("mine", 0, 90, "acknowledged"), an_item("young", 1, 14), an_item("aged", 1, 61), *many]
    names = [each.incident_id for each in by_need(queue, now)]
    assert names == ["aged", *(f"new{n}" for n in range(9, -1, -1)), "young", "mine"]


# --- marks ---------------------------------------------------------------------------------------------------------


def test_one_click_marks_a_page_and_the_newest_counts():
    world, incident_id = a_crisis()
    mark_page(world, ERIN, incident_id, "false")
    mark_page(world, ERIN, incident_id, "false")
    acknowledge(world, ERIN, incident_id)
    resolve(world, ERIN, incident_id, "false_alarm")
    world.clock.advance(hours=1)
    after = mark_page(world, CAROL, incident_id, "true")
    assert (after.mark, after.state) == ("true", "resolved")
    assert [(step.who, step.detail) for step in after.steps if step.what == "marked"] == [("erin", "false"), ("carol", "true")]
    with pytest.raises(KeyError):
        mark_page(world, ERIN, incident_id, "maybe")
    with pytest.raises(NotFound):
        mark_page(world, FRANK, incident_id, "true")


def test_a_mark_never_stands_in_the_way_of_closing():
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    seen = at(world, incident_id).version
    mark_page(world, CAROL, incident_id, "unsure")
    assert resolve(world, ERIN, incident_id, "false_alarm", seen).state == "resolved"


# --- what is left to do --------------------------------------------------------------------------------------------


def test_an_attempt_says_what_came_of_it():
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    assert unable(world, ERIN, incident_id, "voicemail").steps[-1].detail == "voicemail"
    with pytest.raises(KeyError):
        unable(world, ERIN, incident_id, "a story")


def test_closing_leaves_what_the_policy_asks():
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    contacted(world, ERIN, incident_id)
    resolve(world, ERIN, incident_id, "went_to_hospital")
    assert todo(world) == [("sign_off", ""), ("follow_up", "erin")]
    [_, later] = world.store.get(Tasks, "adult").items
    assert later.due_at.astimezone(world.clinic.zone).strftime("%a %H:%M") == "Wed 08:00"


def test_a_false_alarm_leaves_nothing_to_do():
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    resolve(world, ERIN, incident_id, "false_alarm")
    assert todo(world) == [] and not owes_signature(at(world, incident_id))


def test_a_request_is_asked_once_and_anybody_of_the_program_books_it():
    world, incident_id = a_crisis()
    assert desk_tasks.ask(world, ERIN, at(world, incident_id), "urgent_visit")
    assert desk_tasks.ask(world, CAROL, at(world, incident_id), "urgent_visit")
    assert todo(world) == [("urgent_visit", "")]
    [task] = world.store.get(Tasks, "adult").items
    with pytest.raises(NotFound):
        desk_tasks.end(world, DAN, "adult", task.task_id)
    desk_tasks.end(world, Staff("desk", "front_desk", ("adult",)), "adult", task.task_id)
    desk_tasks.end(world, CAROL, "adult", task.task_id)  # a second press finds it done
    assert todo(world) == [] and ("desk", "end_urgent_visit") in actions(world)


def test_a_caring_text_is_its_owners():
    world, incident_id = a_crisis()
    desk_tasks.ask(world, CAROL, at(world, incident_id), "caring_text", "carol")
    [task] = world.store.get(Tasks, "adult").items
    with pytest.raises(NotFound):
        desk_tasks.end(world, ERIN, "adult", task.task_id)
    desk_tasks.end(world, CAROL, "adult", task.task_id)
    assert todo(world) == []


def test_a_full_list_never_stops_a_crisis_from_being_closed():
    world, incident_id = a_crisis()
    now = world.clock()
    world.store.commit(desk_tasks.add("adult", *(Task(f"t{n}", "follow_up", "x", "erin", now, now) for n in range(500))))
    assert not desk_tasks.ask(world, ERIN, at(world, incident_id), "urgent_visit")
    acknowledge(world, ERIN, incident_id)
    contacted(world, ERIN, incident_id)
    assert resolve(world, ERIN, incident_id, "went_to_hospital").state == "resolved"
    assert owes_signature(at(world, incident_id)) and len(todo(world)) == 500


# --- signatures ----------------------------------------------------------------------------------------------------


def test_a_supervisor_signs_and_nobody_signs_their_own():
    world, incident_id = a_crisis()
    acknowledge(world, GRACE, incident_id)
    contacted(world, GRACE, incident_id)
    resolve(world, GRACE, incident_id, "emergency_services")
    with pytest.raises(IllegalMove):
        sign_off(world, GRACE, incident_id)
    with pytest.raises(NotFound):
        sign_off(world, ERIN, incident_id)
    other = Staff("hana", "clinical_lead", ("adult",))
    assert sign_off(world, other, incident_id).signed_by == "hana"
    assert sign_off(world, other, incident_id).signed_by == "hana"
    assert todo(world) == [("follow_up", "grace")] and [s.who for s in at(world, incident_id).steps if s.what == "signed"] == ["hana"]


def test_nothing_is_signed_that_the_policy_does_not_ask_for():
    world, incident_id = a_crisis()
    with pytest.raises(IllegalMove):
        sign_off(world, GRACE, incident_id)


# --- transfer ------------------------------------------------------------------------------------------------------


def test_a_transfer_moves_everything_and_pages_who_gets_it():
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    desk_tasks.ask(world, ERIN, at(world, incident_id), "caring_text", "erin")
    world.pager.pages.clear()
    after = transfer(world, ERIN, incident_id, "carol")
    assert (after.holder, after.state) == ("carol", "paged") and [to for to, _ in world.pager.pages] == ["carol"]
    [contact] = world.store.rows(Contact)
    assert contact.incidents[0].holder == "carol" and world.store.get(Thread, "alice").owner == "carol"
    assert todo(world) == [("caring_text", "carol")]
    assert acknowledge(world, CAROL, incident_id).state == "acknowledged"


def test_a_transfer_nobody_takes_goes_up_as_a_new_item_does():
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    transfer(world, ERIN, incident_id, "carol")
    for _ in range(30):
        world.clock.advance(minutes=1)
        tick(world)
    assert [to for to, _ in world.pager.pages][-1] == "everyone" and at(world, incident_id).state == "paged"


def test_who_was_reached_is_handed_on_without_a_clock():
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    contacted(world, ERIN, incident_id)
    after = transfer(world, ERIN, incident_id, "carol")
    assert (after.state, after.holder, after.escalate_at) == ("contacted", "carol", None)


def test_a_page_that_does_not_leave_hands_nothing_over():
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    world.pager.fails.append(PageFailed("down"))
    assert transfer(world, ERIN, incident_id, "carol") == NotTold() and at(world, incident_id).holder == "erin"


def test_nobody_hands_over_what_nobody_took():
    world, incident_id = a_crisis()
    with pytest.raises(IllegalMove):
        transfer(world, ERIN, incident_id, "carol")
    acknowledge(world, ERIN, incident_id)
    with pytest.raises(IllegalMove):
        transfer(world, ERIN, incident_id, "erin")
    with pytest.raises(NotFound):
        transfer(world, FRANK, incident_id, "carol")
