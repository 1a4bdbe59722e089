"""Somebody takes an item: the others stand down, and it is open again when no contact is logged in time."""

from __future__ import annotations

import pytest

from chalicelib.core.clinic import read_clinic
from chalicelib.core.records import Contact, Incident, Step, Update
from chalicelib.errors import PageFailed
from chalicelib.flows.acknowledged import stand_down_due
from chalicelib.flows.handle_incident import acknowledge, contacted, resolve, unable
from chalicelib.flows.outbox import keep_due
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.cast import CAROL, ERIN, an_sms
from tests.fakes.world import CLINIC
from tests.flows.post import MeddledStore, dues, touches
from tests.flows.test_escalate import TIER_0, TIER_1, a_crisis, incident, minutes


def the(world):
    return incident(world).incident_id


def told(world):
    """Who was told to stand down, and by whom it is held."""
    return [(to, text.partition("taken by ")[2].partition(".")[0]) for to, text in world.pager.pages if "stand down" in text]


def again(world):
    return [to for to, text in world.pager.pages if "open again" in text]


# --- standing down -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("many", "told_are"), [(40, 40), (41, 1), (200, 1)])
def test_an_item_that_very_many_were_called_for_by_name_can_be_taken(many, told_are):
    world = a_crisis()
    steps = tuple(Step(world.clock(), "pager", "paged", f"person-{at}") for at in range(many - 1))  # and Erin
    world.store.commit(Update(Incident, (incident(world).incident_id,), append={"steps": steps}))
    acknowledge(world, CAROL, incident(world).incident_id)
    assert incident(world).holder == "carol"
    tick(world)
    assert len(told(world)) == told_are


def test_c22_whoever_was_called_before_is_told_who_has_it():
    world = a_crisis()
    minutes(world, 10)  # erin, carol, dan
    acknowledge(world, CAROL, the(world))
    assert told(world) == [("erin", "carol"), ("dan", "carol")] and dues(world, "stand_down") == []


def test_alone_nobody_is_told():
    world = a_crisis()
    acknowledge(world, ERIN, the(world))
    assert told(world) == []


def test_after_a_call_to_everyone_everyone_is_told_once():
    world = a_crisis()
    minutes(world, 15)
    acknowledge(world, ERIN, the(world))
    assert told(world) == [("everyone", "erin")]


def test_a_colleague_who_takes_over_is_no_news_to_those_who_were_told():
    world = a_crisis()
    minutes(world, 5)
    acknowledge(world, ERIN, the(world))
    acknowledge(world, CAROL, the(world))
    assert told(world) == [("carol", "erin")]


def test_c20_one_who_cannot_be_told_does_not_keep_it_from_the_others():
    world = a_crisis()
    minutes(world, 10)
    world.pager.fails.append(PageFailed("x"))
    acknowledge(world, CAROL, the(world))
    assert told(world) == [("dan", "carol")]


def test_what_was_not_told_at_once_the_tick_tells():
    world = a_crisis()
    minutes(world, 5)
    acknowledge(world, ERIN, the(world))
    world.pager.pages.clear()
    world.store.commit(keep_due(stand_down_due(incident(world), world.clock())))  # as if the function had died after the change
    minutes(world, 1)
    assert told(world) == [("carol", "erin")] and dues(world, "stand_down") == []


def test_nobody_is_told_of_an_item_that_is_open_again():
    world = a_crisis()
    minutes(world, 5)
    world.store.commit(keep_due(stand_down_due(incident(world), world.clock())))
    minutes(world, 1)
    assert told(world) == []


# --- lapsing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "holds"), [(TIER_0, 10), (TIER_1, 30)])
def test_pg_3_taken_and_not_followed_up_it_is_open_again(text, holds):
    world = a_crisis(text)
    acknowledge(world, CAROL, the(world))
    minutes(world, holds - 1)
    assert again(world) == [] and incident(world).state == "acknowledged"
    minutes(world, 1)
    assert again(world) == ["erin", "carol"]  # whoever is on call, and who had it
    assert (incident(world).state, incident(world).holder, incident(world).step) == ("paged", "erin", 0)


def test_then_the_steps_begin_anew():
    world = a_crisis()
    acknowledge(world, ERIN, the(world))
    minutes(world, 10 + 15)
    assert [to for to, text in world.pager.pages if "waits" in text] == ["carol", "dan", "everyone"]


def test_and_later_texts_page_whoever_is_called_now():
    world = a_crisis()
    acknowledge(world, CAROL, the(world))
    minutes(world, 10)
    [contact] = world.store.rows(Contact)
    assert [ref.holder for ref in contact.incidents] == ["erin"]


@pytest.mark.parametrize("after", [contacted, lambda world, who, one: resolve(world, who, one, "false_alarm")])
def test_contact_or_an_end_stops_the_clock(after):
    world = a_crisis()
    acknowledge(world, ERIN, the(world))
    after(world, ERIN, the(world))
    minutes(world, 60)
    assert again(world) == [] and dues(world, "lapse") == []


def test_taking_it_again_begins_the_time_anew():
    world = a_crisis()
    acknowledge(world, ERIN, the(world))
    minutes(world, 9)
    acknowledge(world, ERIN, the(world))
    minutes(world, 9)
    assert again(world) == []
    minutes(world, 1)
    assert again(world) == ["erin"]


def test_tried_and_not_reached_its_holder_is_reminded_until_it_ends():
    world = a_crisis()
    acknowledge(world, ERIN, the(world))
    unable(world, ERIN, the(world))
    minutes(world, 30)
    assert [to for to, text in world.pager.pages if "not reached yet" in text] == ["erin"] * 3
    assert incident(world).state == "unable"
    resolve(world, ERIN, the(world), "handed_to_team")
    minutes(world, 30)
    assert len([1 for _, text in world.pager.pages if "not reached yet" in text]) == 3


def test_a_page_that_is_not_taken_is_tried_again_a_minute_later():
    world = a_crisis()
    acknowledge(world, ERIN, the(world))
    minutes(world, 9)
    world.pager.fails += [PageFailed("x")]
    minutes(world, 1)
    assert again(world) == [] and incident(world).state == "paged"
    minutes(world, 1)
    assert "waits" in world.pager.pages[-1][1]


def test_a_contact_logged_at_that_moment_wins():
    store = MeddledStore()
    world = a_crisis(store=store)
    acknowledge(world, ERIN, the(world))
    store.about = touches(Incident, "escalate_at")
    store.meddle = lambda: contacted(world, ERIN, the(world))
    minutes(world, 20)
    assert incident(world).state == "contacted" and dues(world, "escalate") == []


# --- who is called -------------------------------------------------------------------------------------------------


def test_pg_4_just_after_a_turn_changed_both_are_called():
    turns = {"id": "nights", "hours": "00:00-24:00", "people": ["erin", "carol"], "since": "2026-03-02", "turn_days": 1, "turn_at": "11:55"}
    world = a_crisis(clinic=read_clinic({**CLINIC, "shift": [], "layer": [turns]}))  # Tuesday, 12:00
    assert [to for to, _ in world.pager.pages] == ["carol", "erin"]
    assert {step.detail for step in incident(world).steps if step.what == "paged"} == {"carol", "erin"}
    acknowledge(world, ERIN, the(world))
    assert told(world) == [("carol", "erin")]


def test_in_a_closed_time_danger_still_wakes_one_person_and_the_patient_is_told_the_truth():
    closed = {"closed": [{"id": "noon", "hours": "11:00-13:00"}], "rota": {"last_resort": "dan"}}
    world = a_crisis(clinic=read_clinic({**CLINIC, **closed}))
    assert [to for to, _ in world.pager.pages] == ["dan"]
    minutes(world, 5)
    assert world.pager.pages[-1][0] == "everyone"


def test_a_clinics_own_policy_goes_before_the_house():
    policy = {"tier": 0, "then": "last", "holds": 5, "step": [{"to": ["supervisor", "primary"], "minutes": 2}, {"to": ["everyone"], "minutes": 2}]}
    world = a_crisis(clinic=read_clinic({**CLINIC, "policy": [policy]}))
    assert [to for to, _ in world.pager.pages] == ["dan", "erin"]
    minutes(world, 2)
    assert world.pager.pages[-1][0] == "everyone"
    acknowledge(world, ERIN, the(world))
    minutes(world, 5)
    assert again(world) == ["dan", "erin"]


def test_two_ticks_at_once_open_it_again_once():
    world = a_crisis()
    receive(world, an_sms("hello"), inline=True)
    acknowledge(world, ERIN, the(world))
    minutes(world, 10)
    tick(world)
    assert len([step for step in incident(world).steps if step.what == "lapsed"]) == 1
