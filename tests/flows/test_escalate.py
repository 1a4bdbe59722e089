"""Nobody acknowledged: the next person is paged, and the next, and then everyone, until somebody does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.clinic import read_clinic
from chalicelib.core.records import Contact, Incident
from chalicelib.errors import PageFailed, StoreUnavailable
from chalicelib.flows.handle_incident import acknowledge, contacted, resolve
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.cast import CAROL, ERIN, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import CLINIC, FakePager, a_world
from tests.flows.post import MeddledStore, alices, change_contact, dues, touches

TIER_0, TIER_1 = "I took all my pills", "I want to kill myself"


def a_crisis(text=TIER_0, **parts):
    world = a_world(**parts)
    a_patient(world)
    receive(world, an_sms(text), inline=True)
    return world


def incident(world):
    [found] = world.store.rows(Incident)
    return found


def called(world):
    """Whom pages called, in order; those that say the answer did not arrive, or that somebody else has it, left out."""
    return [to for to, text in world.pager.pages if "reply not delivered" not in text and "stand down" not in text]


def minutes(world, count, lost=()):
    """So many minutes go by, each with its tick but the lost ones."""
    for at in range(1, count + 1):
        world.clock.advance(minutes=1)
        if at not in lost:
            tick(world)


def test_tier_0_goes_to_backup_supervisor_and_everyone_five_minutes_apart_and_never_ends():
    world = a_crisis()
    expected = ["erin", "carol", "dan", "everyone", "everyone", "everyone"]
    for step in range(1, 6):
        minutes(world, 4)
        assert called(world) == expected[:step]
        minutes(world, 1)
        assert called(world) == expected[: step + 1]
    assert (incident(world).state, incident(world).step) == ("paged", 5)


def test_tier_1_waits_fifteen_minutes():
    world = a_crisis(TIER_1)
    minutes(world, 14)
    assert called(world) == ["erin"]
    minutes(world, 1)
    assert called(world) == ["erin", "carol"]


def test_c19_an_empty_step_costs_no_time():
    shift = {"hours": "00:00-24:00", "primary": "erin", "supervisor": "dan"}
    world = a_crisis(clinic=read_clinic({**CLINIC, "shift": [shift]}))
    minutes(world, 10)
    assert called(world) == ["erin", "dan", "everyone"]


def test_an_escalation_page_says_that_it_waits_and_nothing_else():
    world = a_crisis()
    minutes(world, 5)
    assert world.pager.pages[-1][1] == f"Porchlight: urgent item {incident(world).code} waits. Open the console."


@pytest.mark.parametrize("after", [1, 5, 12])
def test_c22_acknowledging_ends_the_paging(after):
    world = a_crisis()
    minutes(world, after)
    acknowledge(world, ERIN, incident(world).incident_id)
    contacted(world, ERIN, incident(world).incident_id)
    before = called(world)
    minutes(world, 60)
    assert called(world) == before
    assert dues(world, "escalate") == dues(world, "lapse") == dues(world, "stand_down") == []


def test_an_incident_that_is_over_pages_nobody():
    world = a_crisis()
    acknowledge(world, ERIN, incident(world).incident_id)
    resolve(world, ERIN, incident(world).incident_id, "false_alarm")
    minutes(world, 30)
    assert called(world) == ["erin"]


def test_lost_ticks_are_caught_up_at_the_next():
    world = a_crisis()
    minutes(world, 9, lost=range(1, 9))
    assert called(world) == ["erin", "carol"]
    minutes(world, 5)
    assert called(world) == ["erin", "carol", "dan"]


def test_two_ticks_in_a_minute_escalate_once():
    world = a_crisis()
    minutes(world, 5)
    tick(world)
    tick(world)
    assert called(world) == ["erin", "carol"]


def test_two_ticks_at_the_same_instant_may_page_twice_and_never_not_at_all():
    inside = []

    class Pager(FakePager):
        def page(self, to, text):
            super().page(to, text)
            if "waits" in text and not inside:
                inside.append(1)
                tick(world)

    world = a_crisis(pager=Pager())
    minutes(world, 5)
    assert called(world) == ["erin", "carol", "carol"]
    assert incident(world).step == 1
    minutes(world, 5)
    assert called(world)[3:] == ["dan"]


def test_a_page_that_is_not_taken_is_tried_each_minute_at_the_same_person():
    world = a_crisis()
    minutes(world, 4)  # the answer that nobody confirmed has had its page by now
    world.pager.fails += [PageFailed("x")] * 2
    minutes(world, 2)
    assert called(world) == ["erin"] and incident(world).steps[-1].what == "page_failed"
    minutes(world, 1)
    assert called(world) == ["erin", "carol"]
    minutes(world, 5)
    assert called(world) == ["erin", "carol", "dan"]


def test_a_first_page_that_was_not_taken_is_tried_at_the_next_tick_at_the_first_person():
    world = a_crisis(pager=FakePager(fails=[PageFailed("x")]))
    assert called(world) == [] and incident(world).state == "detected"
    minutes(world, 1)
    assert called(world) == ["erin"] and incident(world).state == "paged"
    minutes(world, 5)
    assert called(world) == ["erin", "carol"]


def test_a_store_that_fails_after_the_page_pages_again_rather_than_never():
    class Store(FakeStore):
        down = False

        def commit(self, *changes):
            if self.down:
                raise StoreUnavailable("down")
            super().commit(*changes)

    world = a_crisis(store=Store())
    minutes(world, 4)
    world.store.down = True
    minutes(world, 3)
    world.store.down = False
    minutes(world, 1)
    assert set(called(world)[1:]) == {"carol"} and incident(world).step == 1


# --- a tier that rises ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rises", "paged"), [(1, 6), (4, 9), (9, 14), (13, 15), (14, 15)])
def test_a_worse_text_brings_the_next_step_forward_and_never_puts_it_off(rises, paged):
    world = a_crisis(TIER_1)
    minutes(world, rises)
    receive(world, an_sms(TIER_0), inline=True)
    minutes(world, paged - rises - 1)
    assert "carol" not in called(world)
    minutes(world, 1)
    assert "carol" in called(world)


def test_after_a_rise_the_steps_keep_the_shorter_time_and_no_old_clock_hurries_them():
    world = a_crisis(TIER_1)
    minutes(world, 1)
    receive(world, an_sms(TIER_0), inline=True)
    minutes(world, 24)
    steps = [(step.at - incident(world).detected_at) for step in incident(world).steps if step.what == "paged"]
    assert steps == [timedelta(minutes=at) for at in (0, 1, 6, 11, 16, 21)]


def test_later_texts_do_not_put_the_next_step_off():
    world = a_crisis()
    for _ in range(4):
        minutes(world, 1)
        receive(world, an_sms(TIER_0), inline=True)
    minutes(world, 1)
    assert "carol" in called(world)


# --- later texts reach whoever was called last ---------------------------------------------------------------------


def test_after_an_escalation_later_texts_page_the_person_called_last():
    world = a_crisis()
    minutes(world, 5)
    world.clock.advance(minutes=2)
    receive(world, an_sms(TIER_0), inline=True)
    assert called(world) == ["erin", "carol", "carol"]


def test_the_door_hears_of_the_new_holder_although_the_contact_changes_at_that_moment():
    store = MeddledStore()
    world = a_crisis(store=store)
    store.about = touches(Contact, "incidents")
    store.meddle = lambda: change_contact(world, stopped_at=world.clock())
    minutes(world, 5)
    assert alices(world).incidents[0].holder == "carol" and alices(world).stopped_at


def test_a_contact_that_cannot_be_told_does_not_stop_the_escalation():
    store = MeddledStore()
    world = a_crisis(store=store)
    store.about, store.conflicts = touches(Contact, "incidents"), 99
    minutes(world, 10)
    assert called(world) == ["erin", "carol", "dan"] and incident(world).holder == "dan"


def test_the_incident_and_the_door_agree_on_the_holder_at_every_step():
    world = a_crisis()
    for _ in range(4):
        minutes(world, 5)
        assert alices(world).incidents[0].holder == incident(world).holder == called(world)[-1]


# --- a later text whose page was not taken -------------------------------------------------------------------------


def test_a_later_texts_page_that_failed_is_repeated_until_taken_also_after_acknowledging():
    world = a_crisis()
    acknowledge(world, CAROL, incident(world).incident_id)
    contacted(world, CAROL, incident(world).incident_id)
    minutes(world, 3)
    world.pager.pages.clear()
    world.pager.fails += [PageFailed("x")] * 3
    receive(world, an_sms(TIER_0), inline=True)
    minutes(world, 1)
    minutes(world, 1)
    assert called(world) == []
    minutes(world, 1)
    assert called(world) == ["carol"] and dues(world, "repage") == []
    minutes(world, 5)
    assert called(world) == ["carol"]


def test_a_repage_of_an_incident_that_is_over_is_forgotten():
    world = a_crisis()
    acknowledge(world, CAROL, incident(world).incident_id)
    contacted(world, CAROL, incident(world).incident_id)
    minutes(world, 3)
    world.pager.fails.append(PageFailed("x"))
    receive(world, an_sms(TIER_0), inline=True)
    resolve(world, CAROL, incident(world).incident_id, "duplicate")
    before = called(world)
    minutes(world, 3)
    assert called(world) == before and dues(world, "repage") == []
