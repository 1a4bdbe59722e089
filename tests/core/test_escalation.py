"""Whom a page goes to at each step, and that there is always a next step."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import chalicelib.texts
from chalicelib.core.escalation import read_policies
from chalicelib.core.rota import EVERYONE, OnCall

FILE = Path(chalicelib.texts.__file__).with_name("escalation.toml")
POLICIES = read_policies(tomllib.loads(FILE.read_text())["policy"])
FULL = OnCall(("erin", "carol", "dan"))


def called(tier, on_call, steps=5):
    return [POLICIES[tier].call(on_call, step).to for step in range(steps)]


@pytest.mark.parametrize("tier", [0, 1])
def test_pg_3_from_one_to_the_next_and_then_to_everyone_for_ever(tier):
    assert called(tier, FULL) == [("erin",), ("carol",), ("dan",), (EVERYONE,), (EVERYONE,)]


def test_pg_3_a_policy_may_widen_with_every_step():
    rungs = [{"to": ["primary"], "minutes": 5}, {"to": ["backup", "primary"], "minutes": 5}, {"to": ["everyone"], "minutes": 5}]
    policy = read_policies([A | {"step": rungs}])[0]
    assert [policy.call(FULL, step).to for step in range(3)] == [("erin",), ("carol", "erin"), (EVERYONE,)]
    assert [policy.call(OnCall(("erin", "", "")), step).to for step in range(2)] == [("erin",), (EVERYONE,)]


@pytest.mark.parametrize(("tier", "minutes", "holds"), [(0, 5, 10), (1, 15, 30)])
def test_rules_3_4_the_times(tier, minutes, holds):
    assert all(POLICIES[tier].call(FULL, step).wait == timedelta(minutes=minutes) for step in range(9))
    assert POLICIES[tier].holds == timedelta(minutes=holds)


@pytest.mark.parametrize(("tier", "minutes"), [(0, 0), (1, 5)])
def test_rules_3_4_danger_now_rings_at_once_and_active_danger_a_while_later(tier, minutes):
    assert all(POLICIES[tier].call(FULL, step).ring == timedelta(minutes=minutes) for step in range(9))


@pytest.mark.parametrize(("said", "ring"), [({}, timedelta()), ({"ring": 7}, timedelta(minutes=7)), ({"ring": False}, None)])
def test_a_clinics_own_step_rings_at_once_unless_it_says_when_or_never(said, ring):
    policy = read_policies([A | {"step": [{"to": ["everyone"], "minutes": 5, **said}]}])[0]
    assert policy.call(FULL, 0).ring == ring


@pytest.mark.parametrize("ring", [True, -1, 121, "5", 2.5])
def test_a_ring_that_is_no_time_is_named_with_its_place(ring):
    with pytest.raises(ValueError, match="policy 1, step 1: 'ring'"):
        read_policies([A | {"step": [{"to": ["everyone"], "minutes": 5, "ring": ring}]}])


@pytest.mark.parametrize(
    ("on_call", "first", "second"),
    [
        (OnCall(("erin", "", "dan")), ("erin",), ("dan",)),
        (OnCall(("", "carol", "")), ("carol",), (EVERYONE,)),
        (OnCall(), (EVERYONE,), (EVERYONE,)),
        (OnCall(last_resort="dan"), ("dan",), (EVERYONE,)),
        (OnCall(("erin", "carol", ""), also=("dan", "", "")), ("erin", "dan"), ("carol",)),
        (OnCall(("erin", "erin", "erin")), ("erin",), ("erin",)),
    ],
)
def test_c19_a_step_that_asks_nobody_new_takes_no_time(on_call, first, second):
    assert called(0, on_call, 2) == [first, second]


@given(st.sampled_from((0, 1)), st.tuples(*[st.sampled_from(("", "erin", "carol", "dan"))] * 3), st.sampled_from(("", "dan")), st.integers(0, 10_000))
def test_tier_0_and_1_never_run_out_of_steps(tier, steps, resort, step):
    call = POLICIES[tier].call(OnCall(steps if any(steps) else (), last_resort=resort), step)
    assert call.to and call.wait > timedelta(0)
    assert step < 4 or call.to == (EVERYONE,)


def test_a_policy_may_begin_anew():
    policy = read_policies([A | {"then": "all"}])[0]
    assert [policy.call(FULL, step).to for step in range(5)] == [("erin",), (EVERYONE,)] * 2 + [("erin",)]


def test_a_policy_whose_people_are_all_away_still_calls_everyone():
    policy = read_policies([A | {"step": [{"to": ["primary", "everyone"], "minutes": 5}, {"to": ["backup"], "minutes": 5}]}])[0]
    assert [policy.call(OnCall(), step).to for step in (0, 1, 7)] == [(EVERYONE,)] * 3


A = {"tier": 0, "then": "last", "holds": 10, "step": [{"to": ["primary"], "minutes": 5}, {"to": ["everyone"], "minutes": 5}]}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"tier": 2}, "policy 1: 'tier' is one of 0, 1"),
        ({"then": "stop"}, "policy 1: 'then' is \"last\" or \"all\": an escalation never ends by itself"),
        ({"step": []}, "policy 1: no 'step' that calls everyone: a danger must never wait for one person alone"),
        ({"step": [{"to": ["primary"], "minutes": 5}]}, "policy 1: no 'step' that calls everyone: a danger must never wait for one person alone"),
        ({"step": [{"to": ["everyone"], "minutes": 0}]}, "policy 1, step 1: 'minutes' is a whole number of minutes, at most 120"),
        ({"holds": "long"}, "policy 1: 'holds' is a whole number of minutes, at most 120"),
        ({"step": [{"to": [], "minutes": 5}]}, "policy 1, step 1: 'to' names at least one of primary, backup, supervisor, last_resort, everyone, or a staff id"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(row, says):
    with pytest.raises(ValueError) as wrong:
        read_policies([A | row])
    assert str(wrong.value) == says


def test_two_policies_for_one_tier_are_one_too_many():
    with pytest.raises(ValueError, match="policy 2: tier 0 has one already"):
        read_policies([A, A])
