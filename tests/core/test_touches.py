"""Planning: named cases, both changes of clocks in every US zone, and what must hold for any visit, patient and hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.appointments import STATUSES, Appointment, booked_in, days_between, rhythm_of, same_day
from chalicelib.core.budget import PER_DAY, PER_WEEK, has_room, next_room
from chalicelib.core.sequences import choose, read_sequences, read_span
from chalicelib.core.touches import WHY, Shape, plan, planned
from chalicelib.texts.visits import sequences
from tests.appointments import DENVER, FRIDAY, an_appointment, touches
from tests.core.test_clinic import AUTUMN, SPRING, ZONES
from tests.core.test_safe_hours import OWN, is_safe

FULL = next(each for each in sequences() if each.sequence_id == "full")
WEEKLY = next(each for each in sequences() if each.sequence_id == "weekly")
LONG_BEFORE = FRIDAY - timedelta(days=30)


def when(visit: Appointment, zone: ZoneInfo = DENVER) -> dict[str, str]:
    return {touch.name: touch.at.astimezone(zone).strftime("%a %d %H:%M") for touch in planned(visit)}


def a_plan(visit: Appointment, now: datetime = LONG_BEFORE, sequence=FULL, **shape) -> Appointment:
    return replace(visit, touches=plan(visit, sequence, Shape(**{"zone": DENVER, **shape}), now))


def test_the_whole_sequence_of_a_visit_a_month_ahead():
    assert when(a_plan(an_appointment())) == {
        "14d": "Fri 20 15:00", "7d": "Fri 27 15:00", "3d": "Tue 03 15:00", "1d": "Thu 05 15:00", "2h": "Fri 06 13:00",
    }


def test_a_weekly_visit_earns_the_day_before_alone():
    assert when(a_plan(an_appointment(), sequence=WEEKLY)) == {"1d": "Thu 05 15:00"}


def test_a_visit_by_video_earns_its_link_at_the_door():
    assert when(a_plan(an_appointment(remote=True), sequence=WEEKLY)) == {"1d": "Thu 05 15:00", "15m": "Fri 06 14:45"}


@pytest.mark.parametrize(
    ("before", "gets"),
    [(timedelta(days=2), {"1d": "Thu 05 15:00", "2h": "Fri 06 13:00"}), (timedelta(hours=20), {"1d": "Thu 05 19:00", "2h": "Fri 06 13:00"}),
     (timedelta(hours=4), {"1d": "Fri 06 11:00"}), (timedelta(hours=1), {"2h": "Fri 06 14:00"}), (timedelta(minutes=20), {})],
    ids=["two days", "the evening before", "four hours", "one hour", "twenty minutes"],
)  # fmt: skip
def test_a_short_notice_booking_still_gets_what_is_left(before, gets):
    assert when(a_plan(an_appointment(), FRIDAY - before)) == gets


def test_quiet_hours_put_off_and_what_comes_too_late_is_left_out():
    early = a_plan(an_appointment(FRIDAY.replace(hour=8)))
    assert when(early)["1d"] == "Thu 05 09:00" and touches(early)["2h"] == ("left_out", "safe_hours")


def test_a_monday_visit_is_told_on_sunday_from_noon():
    assert when(a_plan(an_appointment(FRIDAY.replace(hour=9) + timedelta(days=3))))["1d"] == "Sun 08 12:00"


SATURDAYS = {"sat": "10:00-16:00", "mon": "16:00-20:00"}
MONDAY = FRIDAY.replace(hour=9) + timedelta(days=3)


@pytest.mark.parametrize(
    ("now", "told"),
    [(LONG_BEFORE, "Sat 07 10:00"), (FRIDAY, "Sat 07 10:00"), (FRIDAY.replace(hour=13) + timedelta(days=1), "Sat 07 13:00"),
     (FRIDAY.replace(hour=17) + timedelta(days=1), None)],
    ids=["planned ahead", "booked the day before that", "booked on that day", "booked after it"],
)  # fmt: skip
def test_whose_hours_do_not_come_before_a_visit_is_told_a_day_early(now, told):
    assert when(a_plan(an_appointment(MONDAY), now, safe_hours=SATURDAYS)).get("1d") == told


def test_a_text_brought_forward_is_not_lost_in_the_minute_it_is_due():
    visit, due = a_plan(an_appointment(MONDAY), safe_hours=SATURDAYS), (FRIDAY + timedelta(days=1)).replace(hour=10, minute=1)
    assert when(a_plan(visit, due, safe_hours=SATURDAYS))["1d"] == "Sat 07 10:00"


def test_only_the_most_important_text_comes_early():
    assert touches(a_plan(an_appointment(MONDAY), safe_hours=SATURDAYS))["2h"] == ("left_out", "safe_hours")


def test_no_safe_hour_at_all_leaves_everything_out():
    out = a_plan(an_appointment(), safe_hours={"mon": "06:00-07:00"})
    assert planned(out) == () and {why for _, why in touches(out).values()} == {"no_safe_hours"}


def test_hours_that_cannot_be_read_fail_closed():
    assert {why for _, why in touches(a_plan(an_appointment(), safe_hours={"mon": "all day"})).values()} == {"unreadable_hours"}


def test_where_the_cap_bites_the_day_before_wins():
    """Three texts of other kinds in the visit's week leave room for none; one on Thursday takes the day's room."""
    three = tuple(datetime(2026, 3, day, 10, 0, tzinfo=DENVER) for day in (2, 3, 4))
    out = touches(a_plan(an_appointment(), sent=three))
    assert [out[name] for name in ("3d", "1d", "2h")] == [("left_out", "frequency_cap")] * 3
    two = three[:2]
    out = touches(a_plan(an_appointment(), sent=two))
    assert (out["1d"], out["2h"], out["3d"]) == (("planned", ""), ("left_out", "frequency_cap"), ("left_out", "frequency_cap"))


def test_another_visits_day_before_is_never_crowded_out():
    others = tuple(
        a_plan(an_appointment(FRIDAY - timedelta(days=back), appointment_id=f"o{back}"), sequence=WEEKLY) for back in (2, 3, 4)
    )
    out = a_plan(an_appointment(), others=others)
    assert "3d" not in when(out) and "2h" not in when(out)


def test_several_visits_of_a_day_are_told_with_the_first():
    second = an_appointment(FRIDAY + timedelta(hours=2), appointment_id="v2", remote=True)
    out = a_plan(second, others=(an_appointment(),))
    assert touches(out)["1d"] == ("left_out", "told_together") and touches(out)["15m"] == ("planned", "")
    off = a_plan(second, others=(an_appointment(status="cancelled"),))
    assert touches(off)["1d"] == ("planned", "")


@pytest.mark.parametrize("status", sorted(set(STATUSES) - {"booked", "pending"}))
def test_only_a_visit_that_is_expected_earns_texts(status):
    assert planned(a_plan(an_appointment(status=status))) == ()


def test_planning_again_changes_nothing_not_even_in_the_minute_it_is_due():
    first = a_plan(an_appointment())
    for now in (LONG_BEFORE + timedelta(days=1), planned(first)[0].at + timedelta(seconds=30)):
        assert planned(a_plan(first, now)) == planned(first)


def test_what_was_sent_is_not_sent_again_and_a_new_beginning_earns_anew():
    first = a_plan(an_appointment())
    sent = replace(first, touches=tuple(replace(each, state="sent") if each.name == "14d" else each for each in first.touches))
    assert "14d" not in when(a_plan(sent))
    moved = a_plan(replace(sent, start_at=sent.start_at + timedelta(days=1)))
    assert when(moved)["14d"] == "Sat 21 15:00" and touches(moved)


def test_the_rhythm_is_read_from_the_visits_around():
    visit, near, far = an_appointment(), FRIDAY + timedelta(days=7), FRIDAY + timedelta(days=28)
    other = an_appointment(near, appointment_id="o")
    assert rhythm_of(visit, (other,)) == "weekly"
    assert rhythm_of(visit, (replace(other, status="cancelled"), replace(other, start_at=far))) == "monthly"
    assert rhythm_of(replace(visit, rhythm="monthly"), (other,)) == "monthly"
    same = an_appointment(FRIDAY + timedelta(hours=2), appointment_id="o")
    assert rhythm_of(visit, (same,)) == "monthly"


@pytest.mark.parametrize(
    ("kind", "rhythm", "wanted"),
    [("individual", "weekly", "weekly"), ("group", "weekly", "weekly"), ("intake", "weekly", "full"), ("individual", "monthly", "full"),
     ("urgent", "monthly", "urgent")],
)  # fmt: skip
def test_which_sequence_is_whose(kind, rhythm, wanted):
    found = choose(sequences(), an_appointment(kind=kind), rhythm)
    assert found is not None and found.sequence_id == wanted


# --- changes of clocks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hour", [9, 12, 15])
@pytest.mark.parametrize("offset", range(16))
@pytest.mark.parametrize("day", [SPRING, AUTUMN], ids=["spring", "autumn"])
@pytest.mark.parametrize("zone", ZONES)
def test_a_day_before_is_the_same_wall_clock_and_two_hours_are_two_hours(zone, day, offset, hour):
    """c36, c38: for every US zone and every distance from both changes of clocks."""
    place = ZoneInfo(zone)
    start = datetime.combine(day + timedelta(days=offset), time(hour), place)
    visit = an_appointment(start, zone=zone)
    zone_of = ZoneInfo(visit.zone)
    for step in FULL.steps:
        at = step.before.before(visit.start_at, zone_of).astimezone(place)
        if step.before.days:
            assert (at.date(), at.time()) == (start.date() - timedelta(days=step.before.days), time(hour))
        else:
            assert visit.start_at - at.astimezone(UTC) == step.before.exact
    out = a_plan(visit, start - timedelta(days=40), zone=place)
    assert len({touch.name for touch in planned(out)}) == len(planned(out)) >= 3
    assert all(is_safe(touch.at, zone, {}) for touch in planned(out))


# --- whatever the visit, the patient, the hour ---------------------------------------------------------------------

STARTS = st.datetimes(datetime(2026, 1, 20), datetime(2026, 12, 20), timezones=st.just(UTC))
BEFORE = st.integers(0, 40 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def scenes(draw):
    zone = draw(st.sampled_from(ZONES))
    start, remote = draw(STARTS), draw(st.booleans())
    visit = an_appointment(start, zone=draw(st.sampled_from(ZONES)), remote=remote)
    now = start - draw(BEFORE)
    sent = tuple(now - draw(BEFORE) for _ in range(draw(st.integers(0, 3))))
    gaps = [timedelta(hours=draw(st.integers(-300, 300))) for _ in range(draw(st.integers(0, 3)))]
    others = tuple(
        a_plan(an_appointment(start + gap, appointment_id=f"o{at}"), now, WEEKLY, zone=ZoneInfo(zone)) for at, gap in enumerate(gaps)
    )
    shape = Shape(ZoneInfo(zone), draw(OWN), sent, others)
    return visit, draw(st.sampled_from(sequences())), shape, now, zone


@given(scenes())
def test_nothing_twice_nothing_outside_safe_hours_nothing_after_it_is_useful(scene):
    visit, sequence, shape, now, zone = scene
    out = plan(visit, sequence, shape, now)
    names = [touch.name for touch in out]
    assert len(set(names)) == len(names)
    assert all(touch.state == "planned" or touch.why in WHY for touch in out)
    for touch in (each for each in out if each.state == "planned"):
        assert now <= touch.at < touch.until <= visit.start_at
        assert is_safe(touch.at, zone, dict(shape.safe_hours))
    counted = [touch.at for touch in out if touch.state == "planned" and touch.rank > 0]
    days = [at.astimezone(shape.zone).date() for at in (*counted, *shape.sent)]
    for at in counted:
        day = at.astimezone(shape.zone).date()
        assert days.count(day) <= PER_DAY
        assert sum(each.isocalendar()[:2] == day.isocalendar()[:2] for each in days) <= PER_WEEK


@given(scenes())
def test_the_day_before_gives_way_to_nothing_lesser(scene):
    visit, sequence, shape, now, _ = scene
    out = {touch.name: touch for touch in plan(visit, sequence, shape, now)}
    if out and out["1d"].why == "frequency_cap":
        without = replace(shape, others=(), sent=shape.sent)
        alone = {touch.name: touch for touch in plan(visit, sequence, without, now)}["1d"]
        firm_or_sent = [*shape.sent, *(touch.at for other in shape.others for touch in planned(other) if touch.rank == 1)]
        assert alone.why == "frequency_cap" or not has_room(firm_or_sent, alone.at, shape.zone)


@given(scenes(), st.integers(0, 90))
def test_planning_again_a_little_later_keeps_what_was_planned(scene, minutes):
    visit, sequence, shape, now, _ = scene
    first = replace(visit, touches=plan(visit, sequence, shape, now))
    again = plan(first, sequence, shape, now + timedelta(minutes=minutes))
    for touch in planned(first):
        if touch.until > now + timedelta(minutes=minutes) and visit.start_at > now + timedelta(minutes=minutes):
            assert touch in again


# --- small things --------------------------------------------------------------------------------------------------


def test_room_is_found_at_a_midnight_of_theirs():
    noon = datetime(2026, 3, 3, 12, 0, tzinfo=DENVER)
    assert next_room((), noon, DENVER) == noon
    assert next_room((noon,), noon, DENVER) == datetime(2026, 3, 4, 0, 0, tzinfo=DENVER)
    week = tuple(noon + timedelta(days=day) for day in (-1, 0, 1))
    assert next_room(week, noon, DENVER) == datetime(2026, 3, 9, 0, 0, tzinfo=DENVER)


def test_days_between_touches_every_month():
    since, until = datetime(2026, 1, 31, 23, 0, tzinfo=UTC), datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
    assert list(dict.fromkeys(booked_in("adult", at) for at in days_between(since, until))) == ["adult#2026-01", "adult#2026-02", "adult#2026-03"]


def test_the_visits_of_a_day_are_counted_on_the_wall_of_the_place():
    late = an_appointment(datetime(2026, 3, 6, 23, 0, tzinfo=DENVER), appointment_id="late")
    next_day = an_appointment(datetime(2026, 3, 7, 0, 30, tzinfo=DENVER), appointment_id="next")
    assert [each.appointment_id for each in same_day(an_appointment(), (late, next_day))] == ["v1", "late"]
    assert late.day == date(2026, 3, 6)


@pytest.mark.parametrize("text", ["", "1", "d1", "1w", "-1d", "1d2h"])
def test_what_is_no_span_is_said(text):
    with pytest.raises(ValueError):
        read_span(text)


def test_a_touch_that_would_help_nobody_is_refused():
    row = {"name": "x", "before": "1h", "until": "2h", "template": "t", "purpose": "p", "tone": "t", "rank": 1}
    with pytest.raises(ValueError):
        read_sequences({"sequence": [{"id": "s", "label": "S", "touch": [row]}]})
