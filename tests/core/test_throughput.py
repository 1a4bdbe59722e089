"""A number's parts, second by second and day by day: never too many, nobody starves, and no answer waits behind a broadcast."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.clinic import read_clinic
from chalicelib.core.messages import Kind
from chalicelib.core.plan_of_day import Planned, duration, fits, forecast
from chalicelib.core.throughput import (
    MOST_PARTS,
    OF_KIND,
    PACED,
    RESERVED,
    TICK,
    Lane,
    PacedDay,
    Throughput,
    bucket_of,
    carrier_day,
    day_ends,
    kept_for_others,
    lane_of,
)
from tests.fakes.world import CLINIC

NOON = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)
SPRING, AUTUMN = (
    datetime(2026, 3, 8, tzinfo=ZoneInfo("America/Los_Angeles")),
    datetime(2026, 11, 1, tzinfo=ZoneInfo("America/Los_Angeles")),
)
RATES = st.sampled_from((0.2, 1.0, 1.25, 4.0, 40.0, 75.0))  # DLC-3, and AT&T's class T


def released(limits: Throughput, texts: list[tuple[float, int]], since: datetime = NOON) -> list[tuple[datetime, int]]:
    """Texts of so many parts that ask after so many seconds, through one bucket: when each begins."""
    day, found, bucket = "", [], None
    taken: Counter[str] = Counter()
    for after, parts in sorted(texts):
        now = since + timedelta(seconds=after)
        if bucket is None or now > bucket.free_at or carrier_day(now) != day:
            free_at, day = bucket.free_at if bucket else None, carrier_day(now)
            bucket = bucket_of(PacedDay(day, free_at, taken[day]), limits, now)
        if bucket.has(parts, bucket.free_at + TICK):
            at, bucket = bucket.take(parts)
            found.append((at, parts))
            taken[carrier_day(at)] += parts
    return found


@pytest.mark.parametrize("kind", Kind)
def test_what_a_person_waits_for_is_in_no_row(kind: Kind) -> None:
    begun_by_us = {Kind.REMINDER, Kind.ACCESS, Kind.OFFER, Kind.MISSED, Kind.REENGAGE, Kind.CAMPAIGN}
    assert (lane_of(kind) is Lane.PERSON) == (kind not in begun_by_us)
    assert lane_of("a kind of tomorrow") is Lane.PERSON and set(OF_KIND) == begun_by_us


@settings(max_examples=60, deadline=None)
@given(RATES, st.lists(st.tuples(st.floats(0, 300), st.integers(1, MOST_PARTS)), max_size=120))
def test_no_second_and_no_window_takes_more_than_its_share(rate: float, texts: list[tuple[float, int]]) -> None:
    limits = Throughput(rate, 200_000)
    found = released(limits, texts)
    for first, (begins, _) in enumerate(found):
        parts = 0
        for at, each in found[first:]:
            parts += each
            span = (at - begins).total_seconds()
            assert parts - each <= span * rate * (1 - RESERVED) + 1e-6  # what began before this one had its time
            if span < 1:
                assert parts <= max(MOST_PARTS, rate * (1 - RESERVED) + MOST_PARTS)


@settings(max_examples=60, deadline=None)
@given(
    RATES,
    st.lists(st.tuples(st.floats(0, 60), st.integers(1, MOST_PARTS)), min_size=1, max_size=80),
    st.lists(st.tuples(st.floats(0, 60), st.integers(1, MOST_PARTS)), min_size=1, max_size=8),
)
def test_an_answer_waits_for_one_text_of_ours_at_most_and_for_other_answers(
    rate: float, bulk: list[tuple[float, int]], answers: list[tuple[float, int]]
) -> None:
    """The carrier as one queue that sends `rate` parts a second, first come first served: X is two parts' time (two seconds at one
    part a second), besides the answers before it."""
    ours = [((at - NOON).total_seconds(), parts, False) for at, parts in released(Throughput(rate, 200_000), bulk)]
    free, behind = 0.0, 0.0  # when the carrier is free; how much of what it has was answers
    for at, parts, answer in sorted([*ours, *((at, parts, True) for at, parts in answers)]):
        waits = max(0.0, free - at)
        behind = min(behind, waits) if waits else 0.0
        if answer:
            spread = sum(each for when, each in answers if when <= at) / rate  # answers that came before, all of them
            assert waits <= MOST_PARTS / rate + spread / (1 - RESERVED) + 1e-6
        free = max(free, at) + parts / rate
    if len(answers) == 1:
        free = 0.0
        for at, parts, answer in sorted([*ours, *((at, parts, True) for at, parts in answers)]):
            if answer:
                assert free - at <= MOST_PARTS / rate + 1e-6
            free = max(free, at) + parts / rate


@pytest.mark.parametrize(
    "day", [SPRING, AUTUMN, datetime(2026, 3, 3, tzinfo=ZoneInfo("America/Los_Angeles"))], ids=["23 h", "25 h", "24 h"]
)
def test_the_carriers_day_is_never_overdrawn_on_days_of_both_clocks(day: datetime) -> None:
    """DLC-4: midnight Pacific, on the days on which clocks change too; a fifth stays for answers."""
    limits = Throughput(75.0, 1000)
    begins = day.astimezone(UTC)
    hours = (day_ends(begins) - begins) / timedelta(hours=1)
    assert hours == {SPRING: 23, AUTUMN: 25}.get(day, 24)
    texts = [(float(second), 2) for second in range(0, int(hours + 20) * 3600, 60)]
    by_day: dict[str, int] = {}
    for at, parts in released(limits, texts, begins):
        by_day[carrier_day(at)] = by_day.get(carrier_day(at), 0) + parts
    assert list(by_day.values()) == [800, 800] and max(by_day.values()) <= limits.parts_per_day * (1 - RESERVED)


def test_a_text_is_through_before_the_carriers_day_ends() -> None:
    ends = day_ends(NOON)
    late = bucket_of(None, Throughput(), ends - timedelta(seconds=2))
    assert late.has(1, ends) and not late.has(2, ends)


def test_nobody_starves_a_full_lane_leaves_one_text_for_each_below() -> None:
    everybody = dict.fromkeys(PACED, 5)
    assert [kept_for_others(lane, everybody) for lane in PACED] == [6, 4, 2, 0]
    assert kept_for_others(Lane.VISITS, {Lane.CAMPAIGNS: 1}) == MOST_PARTS and kept_for_others(Lane.VISITS, {}) == 0
    for rate in (0.2, 1.0):  # the slowest number still has room for one of each
        assert Throughput(rate).in_time(TICK) > kept_for_others(Lane.VISITS, everybody)


@pytest.mark.parametrize(
    ("name", "value"),
    [("parts_per_second", 0), ("parts_per_second", "fast"), ("parts_per_day", 1.5), ("parts_per_day", 3)],
)
def test_a_clinics_file_that_says_something_else_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        read_clinic({**CLINIC, "clinic": {**CLINIC["clinic"], name: value}})


def test_a_number_that_nobody_asked_more_for_has_the_lowest_row() -> None:
    limits = read_clinic(CLINIC).throughput
    assert (limits.parts_per_second, limits.parts_per_day, limits.a_day) == (1.0, 2000, 1600)
    assert limits.each == timedelta(seconds=1.25) and duration(48, limits) == TICK


def texts(count: int, lane: Lane, at: datetime = NOON, parts: float = 2) -> Planned:
    return Planned(at, lane, count, count * parts)


def test_the_forecast_says_when_each_lane_is_through_and_what_does_not_fit() -> None:
    until = NOON + timedelta(hours=1)
    found = forecast(
        [texts(120, Lane.VISITS), texts(24, Lane.OFFERS), texts(2000, Lane.CAMPAIGNS)],
        Throughput(1.0, 9000),
        NOON,
        until,
        {},
    )
    assert found[Lane.VISITS].through is not None and found[Lane.VISITS].through < NOON + timedelta(minutes=7)
    assert found[Lane.OFFERS].through is not None and found[Lane.VISITS].through < found[Lane.OFFERS].through
    assert found[Lane.CAMPAIGNS].through is None and found[Lane.CAMPAIGNS].over == 2000 + 144 - 60 * 24
    assert not fits(found) and fits(forecast([texts(3, Lane.VISITS)], Throughput(), NOON, until, {}))
    assert found[Lane.COMING_BACK].texts == 0 and found[Lane.COMING_BACK].through is None


def test_the_forecast_keeps_the_carriers_day_and_what_it_has_given_away() -> None:
    until, day = NOON + timedelta(hours=3), carrier_day(NOON)
    found = forecast([texts(100, Lane.VISITS)], Throughput(10.0, 250), NOON, until, {day: 100})
    assert (found[Lane.VISITS].texts, found[Lane.VISITS].over) == (100, 50)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(PACED), st.integers(0, 170), st.integers(1, 60)), max_size=12),
    st.sampled_from((0.5, 1.0, 4.0)),
)
def test_the_forecast_loses_nobody_and_promises_no_more_than_the_number_carries(
    asked: list[tuple[Lane, int, int]], rate: float
) -> None:
    limits, until = Throughput(rate, 2000), NOON + timedelta(hours=3)
    planned = [texts(count, lane, NOON + timedelta(minutes=minute)) for lane, minute, count in asked]
    found = forecast(planned, limits, NOON, until, {})
    assert sum(each.texts for each in found.values()) == sum(count for _, _, count in asked)
    gone = sum((each.texts - each.over) * 2 for each in found.values())
    assert gone <= min(limits.a_day, limits.in_time(until - NOON)) + 2 * len(PACED)
    assert all(each.through is None or each.through <= until for each in found.values())
