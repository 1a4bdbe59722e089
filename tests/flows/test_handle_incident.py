"""What a clinician does with an incident, who may, and what others do at the same moment."""

from __future__ import annotations

import pytest

from chalicelib.core.incidents import IllegalMove
from chalicelib.core.records import AuditEntry, Contact, Incident, Thread
from chalicelib.core.staff import Staff
from chalicelib.errors import Conflict, NotFound
from chalicelib.flows.handle_incident import acknowledge, contacted, resolve, unable
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.cast import CAROL, DAN, ERIN, FRANK, STRANGER_NUMBER, a_patient, an_sms
from tests.fakes.world import a_world
from tests.flows.post import MeddledStore, alices, change_contact, dues, touches

CRISIS = "I took all my pills"


def a_crisis(text=CRISIS, **parts):
    world = a_world(**parts)
    a_patient(world)
    receive(world, an_sms(text), inline=True)
    [found] = world.store.rows(Incident)
    return world, found.incident_id


def state(world):
    return world.store.rows(Incident)[0].state


# --- the road ------------------------------------------------------------------------------------------------------


def test_from_the_page_to_the_end_with_every_step_and_who():
    world, incident_id = a_crisis()
    for minute, (act, who) in enumerate([(acknowledge, ERIN), (unable, ERIN), (acknowledge, CAROL), (contacted, CAROL)]):
        world.clock.advance(minutes=1)
        act(world, who, incident_id)
        assert world.store.get(Incident, incident_id).steps[-1].at == world.clock(), minute
    done = resolve(world, CAROL, incident_id, "safe_plan_reviewed")
    assert [(step.who, step.what) for step in done.steps] == [
        ("screen", "detected"), ("pager", "paged"), ("erin", "acknowledged"), ("erin", "unable"),
        ("carol", "acknowledged"), ("carol", "contacted"), ("carol", "resolved"),
    ]
    assert (done.state, done.disposition, done.open_in, done.escalate_at) == ("resolved", "safe_plan_reviewed", "", None)
    assert done.steps[-1].detail == "safe_plan_reviewed"


def test_n6_every_step_is_in_the_trail():
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    contacted(world, ERIN, incident_id)
    resolve(world, ERIN, incident_id, "visit_arranged")
    trail = [(entry.subject_id, entry.who, entry.action) for entry in world.store.rows(AuditEntry)]
    assert trail == [("alice", "erin", f"incident_{what}") for what in ("acknowledged", "contacted", "resolved")]


def test_once_it_is_over_the_thread_and_the_door_know_and_the_next_crisis_is_a_new_one():
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    resolve(world, ERIN, incident_id, "false_alarm")
    thread = world.store.get(Thread, "alice")
    assert (thread.incident_id, thread.tier, alices(world).incidents) == ("", None, ())
    assert world.store.open_incidents("adult") == []
    receive(world, an_sms(CRISIS), inline=True)
    assert len(world.store.rows(Incident)) == 2 and len(world.pager.pages) == 2


@pytest.mark.parametrize("act", [contacted, unable])
def test_nobody_is_reached_before_somebody_took_it(act):
    world, incident_id = a_crisis()
    with pytest.raises(IllegalMove):
        act(world, ERIN, incident_id)
    assert state(world) == "paged" and world.store.rows(AuditEntry) == []


@pytest.mark.parametrize("disposition", ["safe_plan_reviewed", "went_to_hospital", "handed_to_team"])
def test_esc_2_it_does_not_end_before_somebody_tried(disposition):
    world, incident_id = a_crisis()
    with pytest.raises(IllegalMove):
        resolve(world, ERIN, incident_id, "false_alarm")
    acknowledge(world, ERIN, incident_id)
    with pytest.raises(IllegalMove):
        resolve(world, ERIN, incident_id, disposition)
    unable(world, ERIN, incident_id)
    assert resolve(world, ERIN, incident_id, disposition).state == "resolved"


@pytest.mark.parametrize("disposition", ["false_alarm", "duplicate"])
def test_a_false_alarm_ends_once_a_person_has_it(disposition):
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    done = resolve(world, ERIN, incident_id, disposition)
    assert (done.state, done.steps[-1].what) == ("resolved", "dismissed")


@pytest.mark.parametrize("act", [acknowledge, contacted, unable, lambda *a: resolve(*a, "false_alarm")])
def test_what_is_over_stays_over(act):
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    resolve(world, ERIN, incident_id, "false_alarm")
    with pytest.raises(IllegalMove):
        act(world, ERIN, incident_id)


def test_an_end_that_is_not_on_the_list_is_none():
    world, incident_id = a_crisis()
    acknowledge(world, ERIN, incident_id)
    with pytest.raises(KeyError):
        resolve(world, ERIN, incident_id, "went_home")
    assert state(world) == "acknowledged"


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [DAN, FRANK, Staff("front.desk", "front_desk", ())])
@pytest.mark.parametrize("act", [acknowledge, contacted, unable, lambda *a: resolve(*a, "false_alarm")])
def test_the_program_wall_another_program_sees_no_incident(who, act):
    world, incident_id = a_crisis()
    with pytest.raises(NotFound):
        act(world, who, incident_id)
    assert state(world) == "paged"


def test_no_incident_and_not_yours_look_the_same():
    world, incident_id = a_crisis()
    for wanted in (incident_id, "no-such-incident"):
        with pytest.raises(NotFound) as refusal:
            acknowledge(world, DAN, wanted)
        assert str(refusal.value) == wanted


def test_who_was_paged_may_act_although_it_is_another_program():
    world, incident_id = a_crisis()
    for _ in range(10):  # erin, carol, then dan of harbor
        world.clock.advance(minutes=1)
        tick(world)
    assert world.pager.pages[-1][0] == "dan"
    assert acknowledge(world, DAN, incident_id).holder == "dan"


def test_a_number_of_nobody_is_handled_by_whoever_sees_the_unmatched_or_was_paged():
    world = a_world()
    receive(world, an_sms(CRISIS, STRANGER_NUMBER), inline=True)
    [found] = world.store.rows(Incident)
    with pytest.raises(NotFound):
        acknowledge(world, CAROL, found.incident_id)
    assert acknowledge(world, ERIN, found.incident_id).holder == "erin"


# --- who holds it --------------------------------------------------------------------------------------------------


def test_acknowledging_makes_the_holder_whom_later_texts_page():
    world, incident_id = a_crisis()
    acknowledge(world, CAROL, incident_id)
    world.clock.advance(minutes=2)
    receive(world, an_sms(CRISIS), inline=True)
    assert [to for to, text in world.pager.pages if "stand down" not in text] == ["erin", "carol"]


def test_a_colleague_takes_over_and_is_paged_from_then_on():
    world, incident_id = a_crisis()
    acknowledge(world, CAROL, incident_id)
    contacted(world, CAROL, incident_id)
    assert acknowledge(world, ERIN, incident_id).state == "contacted"
    assert alices(world).incidents[0].holder == world.store.get(Incident, incident_id).holder == "erin"


@pytest.mark.parametrize("acts", [[acknowledge], [acknowledge, contacted], [acknowledge, unable]])
def test_neither_taking_it_nor_reaching_the_patient_mutes_the_patient(acts):
    world, incident_id = a_crisis()
    for act in acts:
        act(world, ERIN, incident_id)
    world.clock.advance(minutes=2)
    receive(world, an_sms("I will kill myself"), inline=True)
    assert len(world.pager.pages) == 2


# --- at the same moment --------------------------------------------------------------------------------------------


def test_two_acknowledge_at_once_both_stand_in_the_history_and_the_last_holds_it():
    store = MeddledStore()
    world, incident_id = a_crisis(store=store)
    store.about = touches(Incident)
    store.meddle = lambda: acknowledge(world, CAROL, incident_id)
    acknowledge(world, ERIN, incident_id)
    found = world.store.get(Incident, incident_id)
    assert [step.who for step in found.steps if step.what == "acknowledged"] == ["carol", "erin"]
    assert found.holder == alices(world).incidents[0].holder == "erin"


def test_an_escalation_at_the_moment_of_acknowledging_does_not_undo_it():
    store = MeddledStore()
    world, incident_id = a_crisis(store=store)
    world.clock.advance(minutes=5)
    store.about = touches(Incident, "escalate_at")
    store.meddle = lambda: tick(world)
    assert acknowledge(world, ERIN, incident_id).state == "acknowledged"
    contacted(world, ERIN, incident_id)
    for _ in range(20):
        world.clock.advance(minutes=1)
        tick(world)
    assert [to for to, text in world.pager.pages if "waits" in text] == ["carol"]
    assert alices(world).incidents[0].holder == "erin" and dues(world, "escalate") == []


def test_a_contact_that_changes_meanwhile_is_read_again():
    store = MeddledStore()
    world, incident_id = a_crisis(store=store)
    store.about = touches(Contact, "incidents")
    store.meddle = lambda: change_contact(world, stopped_at=world.clock())
    acknowledge(world, CAROL, incident_id)
    assert alices(world).stopped_at and alices(world).incidents[0].holder == "carol"


def test_nobody_closes_over_a_text_that_came_at_that_moment():
    store = MeddledStore()
    world, incident_id = a_crisis(store=store)
    acknowledge(world, ERIN, incident_id)
    contacted(world, ERIN, incident_id)
    store.about = touches(Incident)
    store.meddle = lambda: receive(world, an_sms("now I will kill myself"), inline=True)
    with pytest.raises(Conflict):
        resolve(world, ERIN, incident_id, "safe_plan_reviewed")
    assert state(world) == "contacted"
    assert resolve(world, ERIN, incident_id, "safe_plan_reviewed").state == "resolved"


def test_nobody_closes_over_a_text_that_came_after_the_page_was_shown():
    world, incident_id = a_crisis()
    seen = acknowledge(world, ERIN, incident_id).version
    receive(world, an_sms("now I will kill myself"), inline=True)
    with pytest.raises(Conflict):
        resolve(world, ERIN, incident_id, "false_alarm", seen=seen)
    assert state(world) == "acknowledged"
    newer = world.store.get(Incident, incident_id).version
    assert resolve(world, ERIN, incident_id, "false_alarm", seen=newer).state == "resolved"


def test_a_store_that_stays_contended_is_an_error_and_no_half_step():
    store = MeddledStore()
    world, incident_id = a_crisis(store=store)
    store.about, store.conflicts = touches(Incident), 99
    with pytest.raises(Conflict):
        acknowledge(world, ERIN, incident_id)
    assert state(world) == "paged" and world.store.rows(AuditEntry) == []
