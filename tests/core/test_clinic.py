"""The clinic's own file: who is on call at any minute, when somebody reads, and what is wrong with a file."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.clinic import DAYS, EVERYONE, OnCall, read_clinic, read_window
from tests.fakes.world import CLINIC

ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "America/Adak", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam",
)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # US clocks change


def a_clinic(zone="America/Denver", shifts=(), **program):
    data = deepcopy(CLINIC)
    data["clinic"]["zone"] = zone
    data["shift"] = list(shifts)
    data["program"][0] |= program
    return read_clinic(data)


def day_and_night(**people):
    return [
        {"hours": "08:00-20:00", "primary": "erin", **people},
        {"hours": "20:00-08:00", "primary": "carol", **people},
    ]


def minutes_of(day, zone):
    """Every instant of a local day, minute by minute, whatever the clocks do."""
    at = datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC)
    while at < end:
        yield at
        at += timedelta(minutes=1)


# --- the rota ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("zone", ZONES)
def test_every_minute_of_a_day_when_clocks_change_has_the_person_that_the_wall_clock_says(zone, day):
    clinic = a_clinic(zone, day_and_night())
    for at in minutes_of(day, zone):
        hour = at.astimezone(ZoneInfo(zone)).hour
        assert clinic.on_call("adult", at).at(0) == ("erin" if 8 <= hour < 20 else "carol"), at


@pytest.mark.parametrize(("zone", "day", "hours"), [("America/Denver", SPRING, 23), ("America/Denver", AUTUMN, 25), ("America/Phoenix", SPRING, 24)])
def test_a_day_has_as_many_hours_as_its_zone_says(zone, day, hours):
    assert len(list(minutes_of(day, zone))) == hours * 60


@given(
    zone=st.sampled_from(ZONES),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    handover=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
def test_two_shifts_that_meet_leave_no_instant_uncovered(zone, at, handover):
    mark, noon = handover.strftime("%H:%M"), "13:00" if handover.hour == 12 else "12:00"
    shifts = [{"hours": f"{mark}-{noon}", "primary": "erin"}, {"hours": f"{noon}-{mark}", "primary": "carol"}]
    assert a_clinic(zone, shifts).on_call("adult", at).staffed


@given(at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))
def test_around_the_clock_means_to_the_last_microsecond(at):
    clinic = a_clinic(shifts=[{"hours": "00:00-24:00", "primary": "erin"}])
    last = datetime.combine(at.date(), time.max, ZoneInfo("America/Denver"))
    assert clinic.on_call("adult", at).at(0) == clinic.on_call("adult", last).at(0) == "erin"


def test_a_night_shift_belongs_to_the_day_it_begins_on():
    clinic = a_clinic(shifts=[{"hours": "22:00-06:00", "days": ["fri"], "primary": "erin"}])
    friday = datetime(2026, 3, 6, 23, 0, tzinfo=ZoneInfo("America/Denver"))
    assert clinic.on_call("adult", friday).at(0) == "erin"
    assert clinic.on_call("adult", friday + timedelta(hours=6, minutes=59)).at(0) == "erin"  # Saturday 05:59
    assert clinic.on_call("adult", friday + timedelta(hours=7)).at(0) == EVERYONE
    assert clinic.on_call("adult", friday - timedelta(hours=18)).at(0) == EVERYONE  # Friday 05:00


def test_a_programs_own_shift_comes_before_the_clinics_wherever_it_stands():
    shifts = [{"hours": "00:00-24:00", "primary": "erin"}, {"hours": "00:00-24:00", "programs": ["harbor"], "primary": "dan"}]
    clinic, noon = a_clinic(shifts=shifts), datetime(2026, 3, 3, 19, tzinfo=UTC)
    assert clinic.on_call("harbor", noon).at(0) == "dan"
    assert clinic.on_call("adult", noon).at(0) == clinic.on_call("unmatched", noon).at(0) == "erin"


def test_nobody_on_call_pages_everyone_and_is_not_called_staffed():
    nobody = a_clinic().on_call("adult", datetime(2026, 3, 3, 19, tzinfo=UTC))
    assert (nobody.at(0), nobody.at(9), nobody.staffed) == (EVERYONE, EVERYONE, False)


@pytest.mark.parametrize(
    ("steps", "paged"),
    [
        (("erin", "carol", "dan"), ["erin", "carol", "dan", EVERYONE, EVERYONE]),
        (("erin", "", "dan"), ["erin", "dan", EVERYONE, EVERYONE, EVERYONE]),
        (("", "", "dan"), ["dan", EVERYONE, EVERYONE, EVERYONE, EVERYONE]),
        (("", "", ""), [EVERYONE] * 5),
        ((), [EVERYONE] * 5),
    ],
)
def test_c19_an_empty_step_is_skipped_at_once_and_past_the_last_comes_everyone(steps, paged):
    assert [OnCall(steps).at(step) for step in range(5)] == paged


# --- hours ---------------------------------------------------------------------------------------------------------

WEEKDAYS = dict.fromkeys(DAYS[:5], "08:00-17:00")


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-03T12:00", "2026-03-03T12:00"),  # open: now
        ("2026-03-03T07:59", "2026-03-03T08:00"),
        ("2026-03-03T17:00", "2026-03-04T08:00"),  # the closing minute is closed
        ("2026-03-06T17:30", "2026-03-09T08:00"),  # Friday evening to Monday, over a change of clocks
        ("2026-10-30T18:00", "2026-11-02T08:00"),
    ],
)
def test_next_open(now, opens):
    zone = ZoneInfo("America/Denver")
    clinic = a_clinic(hours=WEEKDAYS)
    found = clinic.next_open("adult", datetime.fromisoformat(now).replace(tzinfo=zone).astimezone(UTC))
    assert found == datetime.fromisoformat(opens).replace(tzinfo=zone)
    assert found.tzinfo == zone


@pytest.mark.parametrize(("now", "opens"), [("2026-03-03T23:00", "2026-03-03T23:00"), ("2026-03-04T03:00", "2026-03-04T03:00"), ("2026-03-04T05:00", "2026-03-10T20:00")])
def test_hours_may_run_past_midnight(now, opens):
    zone = ZoneInfo("America/Denver")
    clinic = a_clinic(hours={"tue": "20:00-04:00"})
    found = clinic.next_open("adult", datetime.fromisoformat(now).replace(tzinfo=zone))
    assert found == datetime.fromisoformat(opens).replace(tzinfo=zone)


def test_a_program_without_hours_or_without_a_name_never_opens():
    now = datetime(2026, 3, 3, 19, tzinfo=UTC)
    assert a_clinic(hours={}).next_open("adult", now) is None
    assert a_clinic().next_open("unmatched", now) is None


@given(zone=st.sampled_from(ZONES), at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))
def test_next_open_is_never_past_never_far_and_inside_the_hours(zone, at):
    found = a_clinic(zone, hours=WEEKDAYS).next_open("adult", at)
    assert at <= found <= at + timedelta(days=3, hours=2)
    assert found.weekday() < 5 and time(8) <= found.time() < time(17)


# --- a file with something wrong -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("window", "start", "end"), [("09:00-17:30", time(9), time(17, 30)), ("00:00-24:00", time(0), time.max), (" 22:00 - 06:00 ", time(22), time(6))])
def test_a_window(window, start, end):
    assert read_window(window) == (start, end)


@pytest.mark.parametrize("window", ["", "09:00", "9-17", "9:00-17:00", "09:00-25:00", "24:00-09:00", "09:60-10:00", "09:00+01:00-17:00", "09:00–17:00", "noon-night"])
def test_a_window_that_cannot_be_read_is_quoted(window):
    with pytest.raises(ValueError) as problem:
        read_window(window)
    assert repr(window) in str(problem.value)


def broken(change):
    data = deepcopy(CLINIC)
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.pop("clinic"), "no [clinic]"),
        (lambda d: d["clinic"].pop("sender"), "clinic: no 'sender'"),
        (lambda d: d["clinic"].update(display_name=""), "clinic: no 'display_name'"),
        (lambda d: d["clinic"].update(zone="Mountain"), "'Mountain' is no time zone"),
        (lambda d: d["clinic"].update(zone="../etc"), "'../etc' is no time zone"),
        (lambda d: d["clinic"].pop("number"), "clinic: no 'number'"),
        (lambda d: d["program"][1].pop("phone"), "program 2: no 'phone'"),
        (lambda d: d["program"][1].update(phone="555-0100"), "program 2: 'phone' is not a number"),
        (lambda d: d["program"][0].pop("id"), "program 1: no 'id'"),
        (lambda d: d["program"][1].update(id="adult"), "program 2: the id 'adult' is taken"),
        (lambda d: d["program"][0].update(hours={"monday": "08:00-17:00"}), "program 1: monday is none of mon"),
        (lambda d: d["program"][0].update(hours={"mon": "8-5"}), "program 1: hours '8-5'"),
        (lambda d: d["shift"][0].pop("hours"), "shift 1: no 'hours'"),
        (lambda d: d["shift"][0].update(hours="late"), "shift 1: hours 'late'"),
        (lambda d: d["shift"][0].update(days=["weekdays"]), "shift 1: weekdays is none of mon"),
        (lambda d: d["shift"][0].update(programs=["harbour"]), "shift 1: no such program: harbour"),
    ],
)
def test_a_clinic_file_that_is_wrong_says_where_and_what(change, says):
    with pytest.raises(ValueError) as problem:
        read_clinic(broken(change))
    assert says in str(problem.value)


def test_the_file_as_it_should_be():
    clinic = read_clinic(CLINIC)
    assert clinic.programs["harbor"].substance_use and not clinic.programs["adult"].substance_use
    assert [layer.people for layer in clinic.rota.layers] == [("erin",), ("carol",), ("dan",)]
    assert clinic.carrier == "twilio"


@pytest.mark.parametrize(
    ("head", "voice"),
    [
        ({}, "+13035550199"),
        ({"number": "MG" + "c" * 32}, ""),  # a pool of numbers calls nobody …
        ({"number": "MG" + "c" * 32, "voice": "+13035550198"}, "+13035550198"),  # … unless one is named
    ],
)
def test_the_number_that_calls_come_from(head, voice):
    from tests.fakes.world import CLINIC

    assert read_clinic({**CLINIC, "clinic": {**CLINIC["clinic"], **head}}).voice == voice


def test_a_number_for_calls_that_is_none_says_so():
    from tests.fakes.world import CLINIC

    with pytest.raises(ValueError, match="clinic: 'voice' is not a number"):
        read_clinic({**CLINIC, "clinic": {**CLINIC["clinic"], "voice": "303"}})
