"""Who is on call at any instant: turns, overrides, closed times, holidays, both days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.rota import EVERYONE, OVERLAP, UNACCEPTED, Closed, Layer, OnCall, Override, Rota
from chalicelib.core.rota_file import read_rota
from chalicelib.core.windows import DAYS, Window

from .test_clinic import AUTUMN, SPRING, ZONES, minutes_of

DENVER = ZoneInfo("America/Denver")
ALWAYS = Window(DAYS, time.min, time.max)
MONDAY = date(2026, 3, 2)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


def a_layer(*people, zone=DENVER, **parts):
    turns = {"since": MONDAY} if len(people) > 1 else {}
    return Layer(**{"layer_id": "nights", "step": 0, "programs": (), "zone": zone, "window": ALWAYS, "people": people} | turns | parts)


def at(day, hour=12, minute=0, zone=DENVER):
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


def first(rota, when, program="adult"):
    return rota.on_call(program, when).at(0)


# --- turns ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "hour", "person"),
    [(0, 9, "erin"), (0, 8, EVERYONE), (6, 23, "erin"), (7, 8, "erin"), (7, 9, "carol"), (14, 9, "dan"), (21, 9, "erin"), (21 * 9 + 7, 9, "carol")],
)
def test_people_take_turns_by_the_week_and_change_at_the_hour_that_was_agreed(days, hour, person):
    assert first(Rota((a_layer("erin", "carol", "dan"),)), at(MONDAY + timedelta(days=days), hour)) == person


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("zone", ZONES)
def test_on_a_day_when_clocks_change_a_turn_changes_once_and_no_minute_is_without_a_person(zone, day):
    place = ZoneInfo(zone)
    for turn_at in (time(0), time(1, 30), time(2, 30), time(9)):
        layer = a_layer("erin", "carol", zone=place, since=day - timedelta(days=1), turn_days=1, turn_at=turn_at)
        people = [first(Rota((layer,)), minute) for minute in minutes_of(day, zone)]
        assert set(people) <= {"erin", "carol"}
        assert sum(one != other for one, other in pairwise(people)) == (turn_at != time(0))


@given(INSTANTS, st.integers(1, 30), st.lists(st.sampled_from(["erin", "carol", "dan"]), min_size=1, max_size=4), st.sampled_from(ZONES))
def test_whoever_is_called_is_the_one_whose_turn_began_last(when, days, people, zone):
    layer = a_layer(*people, zone=ZoneInfo(zone), since=date(2025, 12, 1), turn_days=days)
    turn = layer.turn(when)
    assert layer.began(turn) <= when < layer.began(turn + 1)
    assert first(Rota((layer,)), when) == people[turn % len(people)]


# --- handing over --------------------------------------------------------------------------------------------------


def test_pg_4_for_a_quarter_of_an_hour_after_a_turn_changed_both_are_called():
    rota, change = Rota((a_layer("erin", "carol"),), accepted=frozenset({"nights.1"})), at(MONDAY + timedelta(days=7), 9)
    assert rota.on_call("adult", change).also[0] == "erin"
    assert rota.on_call("adult", change + OVERLAP - timedelta(seconds=1)).also[0] == "erin"
    assert rota.on_call("adult", change + OVERLAP).also[0] == ""


def test_pg_4_whoever_has_not_said_yes_is_called_with_the_one_before():
    rota, change = Rota((a_layer("erin", "carol"),)), at(MONDAY + timedelta(days=7), 9)
    for when in (change, change + OVERLAP, change + UNACCEPTED - timedelta(seconds=1)):
        assert (first(rota, when), rota.on_call("adult", when).also[0]) == ("carol", "erin")
    assert rota.on_call("adult", change + UNACCEPTED).also[0] == ""


def test_the_first_turn_has_nobody_before_it():
    assert Rota((a_layer("erin", "carol"),)).on_call("adult", at(MONDAY, 9)).also[0] == ""


def test_a_layer_that_begins_later_leaves_the_hours_to_the_next_one():
    rota = Rota((a_layer("dan", layer_id="new", since=MONDAY + timedelta(days=7)), a_layer("erin")))
    assert [first(rota, at(MONDAY + timedelta(days=days))) for days in (0, 7)] == ["erin", "dan"]


# --- overrides -----------------------------------------------------------------------------------------------------


def an_override(person="dan", accepted=True, **parts):
    hours = {"start": at(MONDAY, 18), "end": at(MONDAY, 22)}
    return Override(**{"override_id": "swap", "step": 0, "programs": (), "person": person, "accepted": accepted} | hours | parts)


@pytest.mark.parametrize(("hour", "person"), [(17, "erin"), (18, "dan"), (21, "dan"), (22, "erin")])
def test_an_agreed_override_counts_for_its_hours(hour, person):
    assert first(Rota((a_layer("erin"),), (an_override(),)), at(MONDAY, hour)) == person


def test_an_override_that_nobody_accepted_changes_nothing():
    rota = Rota((a_layer("erin"),), (an_override(accepted=False),))
    assert first(rota, at(MONDAY, 20)) == "erin" and "dan" not in rota.names()


def test_an_override_touches_its_own_step_and_program_only():
    rota = Rota((a_layer("erin"), a_layer("carol", step=1)), (an_override(step=1, programs=("harbor",)),))
    assert rota.on_call("harbor", at(MONDAY, 20)).steps == ("erin", "dan", "")
    assert rota.on_call("adult", at(MONDAY, 20)).steps == ("erin", "carol", "")


# --- programs, holidays, closed times ------------------------------------------------------------------------------


def test_a_programs_own_layer_comes_first_and_the_clinics_fills_each_step_it_leaves_open():
    rota = Rota((a_layer("erin"), a_layer("carol", step=1), a_layer("dan", layer_id="harbor", programs=("harbor",))))
    assert rota.on_call("harbor", at(MONDAY)).steps == ("dan", "carol", "")
    assert rota.on_call("adult", at(MONDAY)).steps == ("erin", "carol", "")


@pytest.mark.parametrize(("holidays", "on_it", "after_it"), [("too", "dan", "dan"), ("only", "dan", "erin"), ("never", "erin", "dan")])
def test_a_holiday_has_the_people_that_its_layers_say(holidays, on_it, after_it):
    rota = Rota((a_layer("dan", holidays=holidays), a_layer("erin")), holidays=frozenset({MONDAY}))
    assert [first(rota, at(MONDAY + timedelta(days=days))) for days in (0, 1)] == [on_it, after_it]


def test_a_closed_time_says_so_and_still_has_one_person_for_danger():
    night = Closed("nights", (), DENVER, Window(DAYS, time(22), time(6)))
    rota = Rota((a_layer("erin"),), closed=(night,), last_resort="dan")
    shut = rota.on_call("adult", at(MONDAY, 23))
    assert (shut.closed, shut.staffed, shut.at(0), shut.at(1)) == (night, False, "dan", EVERYONE)
    assert rota.on_call("adult", at(MONDAY, 12)).staffed


@given(INSTANTS, st.booleans(), st.booleans(), st.integers(0, 12))
def test_there_is_always_somebody_to_page(when, layers, resort, step):
    night = Closed("nights", (), DENVER, Window(DAYS, time(22), time(6)))
    rota = Rota((a_layer("erin", window=Window(DAYS[:5], time(8), time(17))),) * layers, closed=(night,), last_resort="dan" * resort)
    assert rota.on_call("adult", when).at(step)


def test_nobody_anywhere_pages_everyone():
    assert (OnCall().at(0), Rota().on_call("adult", at(MONDAY)).at(0)) == (EVERYONE, EVERYONE)


# --- where somebody is needed --------------------------------------------------------------------------------------


def test_the_places_that_need_a_person_and_the_people_whom_everyone_means():
    rota = Rota((a_layer("erin", "carol"),), (an_override("dan"),), last_resort="erin", reader="front.desk")
    assert rota.places("erin") == ["nights", "last_resort"] and rota.places("dan") == ["swap"]
    assert rota.places("front.desk") == ["reader"] and rota.places("frank") == []
    assert rota.names() == {"erin", "carol", "dan"}  # who only reads is not paged


# --- as a clinic writes it -----------------------------------------------------------------------------------------

WRITTEN = {
    "rota": {"last_resort": "supervisor", "reader": "front.desk"},
    "layer": [{"id": "nights", "step": "primary", "hours": "17:00-08:00", "days": ["mon"], "people": ["erin", "carol"],
               "since": "2026-03-02", "turn_days": 1, "turn_at": "08:00", "zone": "America/Phoenix", "holidays": "never"}],
    "closed": [{"id": "sundays", "days": ["sun"], "hours": "00:00-24:00", "programs": ["adult"]}],
    "holiday": [{"date": "2026-12-25", "name": "Christmas"}],
    "shift": [{"hours": "00:00-24:00", "primary": "erin", "supervisor": "dan"}],
}  # fmt: skip


def test_a_written_rota_is_read_whole():
    rota = read_rota(WRITTEN, DENVER, {"adult"})
    nights = Layer("nights", 0, (), ZoneInfo("America/Phoenix"), Window(("mon",), time(17), time(8)), ("erin", "carol"), MONDAY, 1, time(8), "never")
    always = [Layer(f"shift1.{step}", at, (), DENVER, ALWAYS, (person,)) for step, at, person in (("primary", 0, "erin"), ("supervisor", 2, "dan"))]
    assert rota.layers == (nights, *always)
    assert rota.closed == (Closed("sundays", ("adult",), DENVER, Window(("sun",), time.min, time.max)),)
    assert (rota.holidays, rota.last_resort, rota.reader) == ({date(2026, 12, 25)}, "supervisor", "front.desk")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"people": []}, "layer 1: 'people' names at least one person"),
        ({"since": None}, "layer 1: None is no day, such as 2026-12-25"),
        ({"since": "soon"}, "layer 1: 'soon' is no day, such as 2026-12-25"),
        ({"step": "boss"}, "layer 1: 'step' is one of primary, backup, supervisor"),
        ({"hours": "late"}, """layer 1: hours 'late': write them as "09:00-17:30\""""),
        ({"days": ["noday"]}, "layer 1: noday is none of mon, tue, wed, thu, fri, sat, sun"),
        ({"programs": ["moon"]}, "layer 1: no such program: moon"),
        ({"zone": "Mars/Olympus"}, "layer 1: 'Mars/Olympus' is no time zone, such as America/Denver"),
        ({"turn_days": 0}, "layer 1: 'turn_days' is a whole number of days, at most 366"),
        ({"turn_at": "9"}, "layer 1: '9' is no time of day, such as 09:00"),
        ({"holidays": "maybe"}, "layer 1: 'holidays' is one of too, only, never"),
        ({"id": ""}, "layer 1: no 'id'"),
        ({"id": "shift1.primary"}, "layer: the id 'shift1.primary' is taken"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(row, says):
    with pytest.raises(ValueError) as wrong:
        read_rota(WRITTEN | {"layer": [WRITTEN["layer"][0] | row]}, DENVER, {"adult"})
    assert str(wrong.value) == says


def test_people_who_take_turns_need_a_first_day():
    row = {name: value for name, value in WRITTEN["layer"][0].items() if name != "since"}
    with pytest.raises(ValueError, match="need 'since'"):
        read_rota({"layer": [row]}, DENVER, {"adult"})
