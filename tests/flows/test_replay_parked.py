"""A parked text comes back: kept once when the store is there again, and quiet on the queue while it is not."""

from __future__ import annotations

import pytest

from chalicelib.core.records import Message
from chalicelib.errors import StoreUnavailable
from chalicelib.flows.receive_sms import NotKept, receive
from chalicelib.flows.replay_parked import replay
from tests.cast import an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import a_world


class AwayStore(FakeStore):
    """Not there until `back` is set."""

    back = False

    def commit(self, *changes):
        if not self.back:
            raise StoreUnavailable("away")
        return super().commit(*changes)

    def get(self, record, *key):
        if not self.back:
            raise StoreUnavailable("away")
        return super().get(record, *key)

    def get_many(self, wanted):
        if not self.back:
            raise StoreUnavailable("away")
        return super().get_many(wanted)


def parked_crisis():
    world = a_world(store=AwayStore())
    receive(world, an_sms("I took all my pills"), inline=True)
    return world, world.parking.parked.pop()


def test_while_the_store_is_away_a_replay_leaves_it_on_the_queue_and_answers_nobody():
    world, text = parked_crisis()
    for _ in range(3):
        with pytest.raises(NotKept):
            replay(world, text)
    assert world.parking.parked == []
    assert world.carriers["twilio"].sent == []
    assert len(world.pager.pages) == 1


def test_when_the_store_is_back_it_is_kept_once():
    world, text = parked_crisis()
    world.store.back = True
    replay(world, text)
    replay(world, text)
    assert len([row for row in world.store.rows(Message) if row.direction == "in"]) == 1
