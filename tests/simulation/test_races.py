"""Every order of two workers holds, no order is left out, and an order that goes wrong would be named."""

from __future__ import annotations

from math import comb

import pytest

from chalicelib.core.messages import OutboundSms
from chalicelib.core.records import Incident
from chalicelib.flows import handle_incident
from tests.cast import ALICE_NUMBER, CAROL

from .depth import played
from .races import RACES, Race, explore_race
from .turns import Turns, orders

LONG = {  # thousands of orders: `make simulate` plays them
    "two crises", "two crises of a stranger", "one crisis handed in twice", "an unheard reply by two ticks",
    "acknowledging and escalating", "two who acknowledge", "acknowledging and a crisis", "escalating twice", "blocked and silent", "a crisis while a question leaves",
    "a parked crisis and the carrier's log",
}


@pytest.mark.parametrize("race", played(race for race in RACES if race.name not in LONG))
def test_every_order_holds(race):
    points, findings = explore_race(race)
    assert points >= 2
    assert findings == []


def race(name: str) -> Race:
    return next(each for each in RACES if each.name == name)


@pytest.mark.parametrize(("one", "other"), [(1, 1), (2, 2), (3, 4)])
def test_no_order_is_left_out_and_none_comes_twice(one, other):
    def calls(turns: Turns, count: int) -> None:
        for _ in range(count):
            turns.gate("store.get")

    def play(wanted: tuple[int, ...]) -> Turns:
        turns = Turns(wanted)
        turns.play(lambda: calls(turns, one), lambda: calls(turns, other))
        return turns

    played = [tuple(who for who, _ in turns.taken) for turns in orders(play)]
    assert len(played) == len(set(played)) == comb(one + other, one)


def test_of_two_commits_that_meet_the_second_is_cancelled_once():
    heard: list[bool] = []
    turns = Turns(clash=True)
    turns.play(lambda: heard.append(turns.gate("store.commit")), lambda: heard.append(turns.gate("store.commit")))
    assert heard == [False, True]


@pytest.mark.slow
def test_closing_over_an_unread_text_would_be_named():
    def blind(town):
        [incident, *_] = town.store.rows(Incident)
        town.again(lambda: handle_incident.resolve(town.world, CAROL, incident.incident_id, "visit_arranged"), tries=1)

    told = race("resolving and a crisis")
    _, findings = explore_race(Race("blind", blind, told.other, told.before, told.after))
    assert any("nobody had read" in line for finding in findings for line in finding.wrong)


def test_sending_without_a_claim_would_be_named():
    def rash(town):
        for row in town.world.store.newest("alice"):
            if row.direction == "out" and row.status == "queued":
                town.world.carriers["twilio"].send(OutboundSms(row.our_number, ALICE_NUMBER, "See you at 3", row.row))

    told = race("a reply by stream and tick")
    _, findings = explore_race(Race("rash", rash, told.other, told.before))
    assert any(line.startswith("N4") for finding in findings for line in finding.wrong)
