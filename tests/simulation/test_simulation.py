"""The explorer finds nothing, and would find something: defects built in on purpose are all named."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from chalicelib.core.messages import Status
from chalicelib.core.records import Incident, Message, Update

from . import settings_races
from .depth import DEEP, played
from .explorer import explore_pairs, explore_story, run
from .faults import Fault, one_of
from .laws import violations
from .levels import EVERY_RACE
from .stories import STORIES, Story, crisis, deliver_a_reply, ordinary
from .town import Town


@pytest.mark.parametrize("story", played(STORIES))
def test_every_point_of_a_story_holds(story):
    points, findings = explore_story(story)
    assert points >= 20
    assert findings == []


def test_what_is_left_to_make_slow_is_there():
    """A name that nothing bears any more would leave its successor unmarked."""
    assert {each.name for each in (*STORIES, *EVERY_RACE, *settings_races.RACES)} >= DEEP


@pytest.mark.parametrize("name", ["an ordinary text", "a reply leaves", "a question leaves"])
def test_every_pair_of_faults_holds(name):
    points, findings = explore_pairs(story(name))
    assert points >= 300
    assert findings == []


@pytest.mark.parametrize("name", ["a crisis", "a crisis in two texts", "a lost text comes back", "a number is matched"])
def test_faults_that_are_told_once_are_one_story(name):
    """A read that took effect and then failed leaves the same town as one that failed (`faults.one_of`)."""
    told, seen = story(name), 0
    for at, call in enumerate(run(told)[0].plan.calls):
        for fault in Fault:
            if (like := one_of(fault, call)) is not fault:
                seen += 1
                assert left(*run(told, at, fault)) == left(*run(told, at, like)), f"{at} {call} {fault}"
    assert seen >= 9


def left(town: Town, wrong: list[str]) -> list[str]:
    """All that a run left behind. The carrier's ids of what patients write count on from run to run, and items are called after them."""
    kept = [f"{place} {sorted(row.items())}" for place, row in sorted(town.store._rows.items(), key=str)]
    phones = [f"{number} {phone.got}" for number, phone in town.phones.items()]
    said = "\n".join([*kept, *phones, *map(repr, (town.pages, town.sent, town.rang, town.plan.calls, town.clock.now, wrong))])
    named = "|".join(["SM[0-9a-f]{32}", r"(?<=urgent item )\w{4}", *(incident.code for incident in town.store.rows(Incident))])
    ids: dict[str, str] = {}
    return re.sub(named, lambda found: ids.setdefault(found[0], f"name {len(ids)}"), said).split("\n")


@pytest.mark.parametrize("fault", [Fault.AFTER, Fault.HANG_AFTER])
def test_a_claim_that_was_applied_and_whose_answer_was_lost_delays_no_text(fault):
    told = story("a reply leaves")
    town, _ = run(told)
    at = town.plan.calls.index("store.claim")
    town, wrong = run(told, at, fault)
    [row] = [row for row in town.store.rows(Message) if row.kind == "reply"]
    assert wrong == [] and row.attempts == 1 and town.carriers["twilio"].by_row[row.row] == 1
    assert row.status in (Status.QUEUED_AT_CARRIER, Status.HANDED_TO_CARRIER, Status.DELIVERED)
    assert row.status_at - row.at < timedelta(minutes=1)


def story(name: str) -> Story:
    return next(each for each in STORIES if each.name == name)


def test_a_lost_text_would_be_named():
    def forgets(town):
        ordinary(town)
        town.store._rows = {place: row for place, row in town.store._rows.items() if row.get("direction") != "in"}

    _, wrong = run(Story("forgets", forgets))
    assert any(line.startswith("N1") for line in wrong)


def test_a_silent_crisis_would_be_named():
    class Deaf:
        def look(self, text):
            from chalicelib.core.triage import FirstLook

            return FirstLook(3, (), ())

    def deaf(town):
        object.__setattr__(town.world, "screen", Deaf())
        crisis(town)

    _, wrong = run(Story("deaf", deaf))
    assert any("nobody was paged" in line for line in wrong)
    assert any("no answer" in line for line in wrong)


def test_a_blind_resend_would_be_named():
    def resends(town):
        deliver_a_reply(town)
        for row in town.store.rows(Message):
            town.store.commit(Update(type(row), (row.thread_id, row.message_id), set={"status": Status.QUEUED}))

    _, wrong = run(Story("resends", resends, story("a reply leaves").before))
    assert any(line.startswith("N4") for line in wrong)


def test_a_page_after_the_store_would_be_named_when_the_process_dies_between():
    """The order page-then-keep is what saves this point: dying at the first commit still leaves a page."""
    town, wrong = run(story("a crisis"), at=_first(story("a crisis"), "store.commit"), fault=Fault.DIE)
    assert wrong == [] and town.pages[0][1] == "erin"


def _first(told: Story, call: str) -> int:
    town, _ = run(told)
    return town.plan.calls.index(call)


def test_the_laws_hold_for_a_town_where_nothing_happened():
    town, _ = run(Story("nothing", lambda town: None))
    assert violations(town) == []
