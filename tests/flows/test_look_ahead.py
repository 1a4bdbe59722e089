"""Days ahead without anybody are told before they come; on closed days somebody reads what waits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.core.clinic import read_clinic
from chalicelib.core.going_live import GO_LIVE, HOUSE
from chalicelib.core.records import Due, Put, Setting
from chalicelib.errors import PageFailed
from chalicelib.flows.look_ahead import GAP, KIND, UNREAD, ask
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.cast import STRANGER_NUMBER, a_patient, an_sms
from tests.fakes.world import CLINIC, FakeClock, a_world
from tests.flows.phones import working_phones
from tests.flows.post import dues

TUESDAY, SUNDAY = datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC)
DAYS = [{"id": "days", "hours": "08:00-17:00", "people": ["erin"]}, {"id": "third", "step": "supervisor", "hours": "08:00-17:00", "people": ["dan"]}]


def at(day, hour, **parts):
    """That hour in Denver (winter, until two in the morning of the Sunday)."""
    behind = 7 if day is TUESDAY else 6
    clock = FakeClock(day.replace(hour=(hour + behind) % 24))
    world = a_world(clock=clock, clinic=read_clinic({**CLINIC, "rota": {"reader": "carol"}} | parts))
    a_patient(world)
    return world


def hour_of(world):
    ask(world)
    tick(world)
    return [(to, text) for to, text in world.pager.pages if text in (GAP, UNREAD)]


@pytest.mark.parametrize(("hour", "told"), [(8, []), (9, [("dan", GAP)]), (12, []), (15, [("dan", GAP)]), (16, [])])
def test_a_gap_in_the_next_days_is_told_twice_a_day_to_the_supervisor(hour, told):
    assert hour_of(at(TUESDAY, hour, shift=[], layer=DAYS)) == told


def test_a_week_with_people_tells_nobody():
    world = at(TUESDAY, 9)
    assert hour_of(world) == [("dan", GAP)]  # nobody of it has a phone that was verified (PG-4)
    world = working_phones(at(TUESDAY, 9), "erin", "carol", "dan")
    assert hour_of(world) == [] and dues(world, KIND) == []


@pytest.mark.parametrize(("until", "counted"), [("2026-04-02", 1), ("2026-04-03", 0), ("2026-03-01", 1)])
def test_papers_that_end_within_a_month_are_counted_each_hour(until, counted):
    world = at(TUESDAY, 12)
    world.store.commit(Put(Setting(GO_LIVE, HOUSE, 1, {"vendor.twilio.until": until})))
    hour_of(world)
    assert world.journal.counts["papers_lapsing"] == counted


def test_a_gap_that_nobody_can_mend_is_told_to_everyone():
    assert hour_of(at(TUESDAY, 9, shift=[], layer=[])) == [("everyone", GAP)]


@pytest.mark.parametrize(("hour", "told"), [(9, []), (10, [("carol", UNREAD)]), (16, [("carol", UNREAD)]), (20, [])])
def test_on_a_closed_day_somebody_reads_what_waits_at_least_twice(hour, told):
    world = working_phones(at(SUNDAY, hour), "erin", "carol", "dan")
    receive(world, an_sms("I feel low today", at=world.clock()), inline=True)
    assert hour_of(world) == told


def test_on_an_open_day_the_desk_reads_it():
    world = at(TUESDAY, 10)
    receive(world, an_sms("I feel low today", at=world.clock()), inline=True)
    assert hour_of(world) == []


def test_a_holiday_is_a_closed_day():
    world = at(TUESDAY, 10, holiday=[{"date": "2026-03-03", "name": "A day off"}])
    receive(world, an_sms("I feel low today", at=world.clock()), inline=True)
    assert hour_of(world) == [("carol", UNREAD)]


def test_a_stranger_who_wrote_on_a_closed_day_is_read_too():
    world = at(SUNDAY, 10)
    receive(world, an_sms("is this the clinic", STRANGER_NUMBER, at=world.clock()), inline=True)
    assert hour_of(world) == [("carol", UNREAD)]


def test_a_closed_day_with_nothing_unread_disturbs_nobody():
    assert hour_of(at(SUNDAY, 10)) == []


def test_an_hour_is_asked_for_once_and_a_page_that_fails_does_not_keep_the_row():
    world = at(TUESDAY, 9, shift=[], layer=DAYS)
    world.pager.fails.append(PageFailed("x"))
    ask(world)
    ask(world)
    assert len(world.store.rows(Due)) == 1
    tick(world)
    assert world.store.rows(Due) == [] and hour_of(world) == [("dan", GAP)]
