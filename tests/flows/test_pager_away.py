"""SNS takes nothing for an hour: who is called goes on by the clock, on the phones that the second path reaches (PG-5)."""

from __future__ import annotations

from collections import Counter

from chalicelib.core.records import Incident, Update
from chalicelib.errors import PageFailed
from chalicelib.flows.handle_incident import acknowledge
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.cast import CAROL, DAN, ERIN, a_patient, an_sms
from tests.fakes.world import FakePager, a_world

from .phones import CAROL_PHONE, DAN_PHONE, ERIN_PHONE, a_work_phone, direct, minutes, stream

URGENT = "urgent item"


class Away(FakePager):
    """Takes nothing until it is back."""

    back = False
    asked = 0

    def page(self, to, text):
        self.asked += 1
        if not self.back:
            raise PageFailed("x")
        super().page(to, text)


def a_crisis(pager):
    world = a_world(pager=pager)
    a_patient(world)
    for who, number in ((ERIN, ERIN_PHONE), (CAROL, CAROL_PHONE), (DAN, DAN_PHONE)):
        a_work_phone(world, who, number)
    receive(world, an_sms("I took all my pills", at=world.clock()), inline=True)
    stream(world)
    return world


def texted(world):
    """How often each phone was called for the item; "reply not delivered" left out."""
    return Counter(number for number, words in direct(world) if URGENT in words)


def the_item(world):
    [found] = world.store.rows(Incident)
    return found


def test_n2_the_steps_go_on_while_the_pager_takes_nothing():
    world = a_crisis(Away())
    assert texted(world) == {ERIN_PHONE: 1}
    minutes(world, 4)
    assert texted(world) == {ERIN_PHONE: 1} and world.pager.asked >= 5  # the pager each minute, the phone once a step
    minutes(world, 1)
    assert texted(world) == {ERIN_PHONE: 1, CAROL_PHONE: 1}
    minutes(world, 5)
    assert texted(world) == {ERIN_PHONE: 1, CAROL_PHONE: 1, DAN_PHONE: 1}
    minutes(world, 5)
    assert texted(world) == {ERIN_PHONE: 2, CAROL_PHONE: 2, DAN_PHONE: 2} and the_item(world).holder == "everyone"
    assert acknowledge(world, DAN, the_item(world).incident_id).state == "acknowledged"


def test_an_item_for_which_nobody_was_called_yet_is_called_on_both_ways():
    """Its text owed no page, since an item was open when it came, and that one was closed at this very moment."""
    world = a_crisis(Away())
    found = the_item(world)
    world.store.commit(Update(Incident, (found.incident_id,), set={"steps": found.steps[:1]}))
    minutes(world, 2)
    assert texted(world) == {ERIN_PHONE: 2}  # with its text, and now; the pager alone after that


def test_the_pager_that_is_back_pages_the_step_that_is_called_by_then():
    world = a_crisis(Away())
    minutes(world, 7)
    assert (the_item(world).step, the_item(world).page_owed) == (1, True)
    world.pager.back = True
    minutes(world, 1)
    assert [to for to, words in world.pager.pages if URGENT in words] == ["carol"]
    assert (the_item(world).state, the_item(world).page_owed, texted(world)[CAROL_PHONE]) == ("paged", False, 1)
    minutes(world, 2)
    assert [to for to, words in world.pager.pages if URGENT in words] == ["carol", "dan"]  # by the step's clock, not the pager's


def test_one_that_lapses_while_the_pager_is_away_goes_on_too():
    world = a_crisis(Away())
    acknowledge(world, ERIN, the_item(world).incident_id)
    stream(world)
    minutes(world, 10)
    before = texted(world)
    minutes(world, 5)
    assert texted(world) - before == {CAROL_PHONE: 1}


def test_whom_the_pager_never_took_is_asked_for_with_the_next_step_too():
    """A tick that comes but every five minutes: a page that failed has no other chance, and it may be the only way to them."""
    world = a_crisis(Away())
    world.pager.back = True
    five_minutes(world)
    world.pager.back = False
    five_minutes(world)
    world.pager.back = True
    five_minutes(world)
    assert [to for to, words in world.pager.pages if URGENT in words] == ["carol", "erin", "everyone", "dan"]


def five_minutes(world):
    world.clock.advance(minutes=5, seconds=1)
    tick(world)
    stream(world)
