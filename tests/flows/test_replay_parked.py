"""A text that the store could not take waits sealed and comes back once, its page not sent twice (N1)."""

from __future__ import annotations

import json

import pytest

from chalicelib.core.records import Incident, Message, Thread
from chalicelib.errors import OpenFailed, PageFailed, StoreUnavailable
from chalicelib.flows.receive_sms import NotKept, receive
from chalicelib.flows.reconcile import reconcile
from chalicelib.flows.replay_parked import replay
from chalicelib.flows.tick import tick
from tests.cast import ALICE_NUMBER, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import FakePager, a_world
from tests.flows.test_reconcile import a_line, log

CRISIS = "I took all my pills"


class DownStore(FakeStore):
    down = False

    def get(self, record, *key):
        if self.down:
            raise StoreUnavailable("down")
        return super().get(record, *key)

    def commit(self, *changes):
        if self.down:
            raise StoreUnavailable("down")
        super().commit(*changes)


def parked(*bodies, **parts):
    """A clinic whose store was down while these texts came."""
    world = a_world(store=DownStore(), **parts)
    a_patient(world)
    world.store.down = True
    for body in bodies:
        receive(world, an_sms(body), inline=True)
    world.store.down = False
    return world


def inbound(world):
    return [m for m in world.store.rows(Message) if m.direction == "in"]


def test_what_waits_on_the_queue_cannot_be_read_there():
    world = parked("my name is Alice", CRISIS)
    for text in world.parking.parked:
        assert not any(mark in text for mark in ("Alice", "pills", ALICE_NUMBER, ALICE_NUMBER[2:]))
        assert set(json.loads(text)) == {"carrier", "carrier_id", "paged", "sealed"}


def test_a_parked_text_is_kept_once_however_often_the_queue_gives_it():
    world = parked("hello")
    for _ in range(3):
        replay(world, world.parking.parked[0])
    [kept] = inbound(world)
    assert kept.thread_id == "alice" and world.store.get(Thread, "alice").unanswered == 1


def test_a_parked_crisis_pages_once_and_has_its_incident_and_its_clock():
    world = parked(CRISIS)
    assert [to for to, _ in world.pager.pages] == ["everyone"]  # nobody could be looked up
    world.clock.advance(minutes=3)
    replay(world, world.parking.parked[0])
    [incident] = world.store.rows(Incident)
    assert len(world.pager.pages) == 1 and incident.state == "paged"
    assert incident.code in world.pager.pages[0][1]
    world.clock.advance(minutes=5)
    tick(world)
    assert [to for to, text in world.pager.pages if "waits" in text] == ["carol"]


def test_a_parked_crisis_whose_page_was_not_taken_is_paged_when_it_comes_back():
    world = parked(CRISIS, pager=FakePager(fails=[PageFailed("x")]))
    assert world.pager.pages == []
    replay(world, world.parking.parked[0])
    assert [to for to, _ in world.pager.pages] == ["erin"]


def test_one_road_only_whichever_of_queue_and_reconciliation_is_first():
    world = parked("hello")
    log(world, a_line(world, "hello", carrier_id=json.loads(world.parking.parked[0])["carrier_id"]))
    assert reconcile(world) == 1
    replay(world, world.parking.parked[0])
    assert len(inbound(world)) == 1


def test_while_the_store_is_away_a_replay_leaves_it_on_the_queue_and_answers_nobody():
    world = parked(CRISIS)
    world.store.down = True
    for _ in range(3):
        with pytest.raises(NotKept):
            replay(world, world.parking.parked[0])
    assert len(world.parking.parked) == len(world.pager.pages) == 1
    assert world.carriers["twilio"].sent == []
    world.store.down = False
    replay(world, world.parking.parked[0])
    assert len(inbound(world)) == 1


@pytest.mark.parametrize("spoil", ["carrier_id", "sealed"])
def test_what_was_tampered_with_on_the_queue_is_refused(spoil):
    world = parked("hello")
    outside = json.loads(world.parking.parked[0])
    outside[spoil] = outside[spoil][:-4] + "AAAA"
    with pytest.raises(OpenFailed):
        replay(world, json.dumps(outside))
    assert inbound(world) == []


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}"])
def test_what_is_no_parked_text_is_an_error_and_stays_on_the_queue(text):
    with pytest.raises((ValueError, KeyError, TypeError)):
        replay(a_world(), text)
