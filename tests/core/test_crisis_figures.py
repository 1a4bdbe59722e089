"""Times, shares and page load from histories, by named examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core.crisis_figures import at_share, by_group, is_night, page_load, precision, times, took
from chalicelib.core.records import Incident, Step

NIGHT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # 2:00 in Denver, a Tuesday
DENVER = ZoneInfo("America/Denver")
MINUTE = timedelta(minutes=1)


def an_item(tier: int = 0, state: str = "resolved", mark: str = "", at: datetime = NIGHT, **steps: float) -> Incident:
    """Minutes after the text by step: `paged=0.5`."""
    history = tuple(Step(at + minutes * MINUTE, "pager", what, "erin") for what, minutes in steps.items())
    return Incident("i", "K", "t", "c", "adult", state, tier, (), at, steps=history, mark=mark)


def test_a_time_is_from_the_text_to_the_first_and_never_less_than_nothing() -> None:
    assert took(an_item(paged=0.5, acknowledged=4), "acknowledge") == 4 * MINUTE
    assert took(an_item(paged=-0.5), "page") == timedelta(0)
    assert took(an_item(paged=1), "contact") is None
    assert took(an_item(dismissed=9), "close") == 9 * MINUTE


@pytest.mark.parametrize(("n", "median", "p90"), [(1, 1, 1), (2, 1, 2), (10, 5, 9), (11, 6, 10)])
def test_the_middle_and_the_ninth_of_ten_are_times_that_happened(n: int, median: int, p90: int) -> None:
    spans = [minute * MINUTE for minute in range(1, n + 1)]
    assert (at_share(spans, 0.5), at_share(spans, 0.9)) == (median * MINUTE, p90 * MINUTE)
    assert at_share([], 0.5) is None


def test_pg_7_the_share_in_time_counts_what_is_late_and_still_owed() -> None:
    items = [
        an_item(acknowledged=4),
        an_item(acknowledged=6),
        an_item(1, acknowledged=14),
        an_item(state="paged"),  # nobody took it, and it is late
        an_item(state="paged", at=NIGHT + 57 * MINUTE),  # not due yet
        an_item(state="resolved"),  # closed without: nothing is owed any more
    ]
    found = times(items, "acknowledge", NIGHT + 60 * MINUTE)
    assert (found.n, found.within, found.promised, found.worst) == (3, 2, 4, 14 * MINUTE)
    assert times(items, "close", NIGHT).promised == 0


def test_groups_stand_in_the_order_of_their_names() -> None:
    found = by_group([an_item(1, acknowledged=3), an_item(0, acknowledged=2)], lambda each: str(each.tier), NIGHT)
    assert list(found) == ["0", "1"] and found["0"]["acknowledge"].median == 2 * MINUTE


def test_precision_is_of_those_that_somebody_was_sure_of() -> None:
    found = precision([an_item(mark=mark) for mark in ("true", "true", "true", "false", "unsure", "")])
    assert (found.share, found.unsure, found.unmarked) == (0.75, 1, 1)
    assert precision([]).share is None


@pytest.mark.parametrize(("clock", "night"), [("22:00", True), ("03:00", True), ("06:59", True), ("07:00", False), ("21:59", False)])
def test_when_it_is_night(clock: str, night: bool) -> None:
    assert is_night(datetime.strptime(clock, "%H:%M").replace(tzinfo=UTC).time()) is night


def test_more_than_two_false_alarms_in_a_week_of_nights_ask_for_a_review() -> None:
    nights = [an_item(mark="false", at=NIGHT + timedelta(days=day), paged=0, acknowledged=1) for day in range(3)]
    day = an_item(mark="false", at=NIGHT + timedelta(hours=10), paged=0)
    [load] = page_load([*nights, day], DENVER)
    assert (load.person, load.week, load.pages, load.night, load.false, load.review) == ("erin", "2026-W10", 4, 3, 3, True)
    [two] = page_load(nights[:2], DENVER)
    assert not two.review
    [again] = page_load([an_item(paged=0, text=1)], DENVER)
    assert again.night == 1
