"""The rota changed in the console: layers, turns said yes to, hours offered and accepted, and days ahead looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.absence import Absence
from chalicelib.core.clinic import read_clinic
from chalicelib.core.records import Put, Revision, Setting
from chalicelib.core.rota_overlay import texts_of
from chalicelib.core.settings_overlay import overlaid
from chalicelib.core.staff import Staff
from chalicelib.errors import Conflict, NotFound
from chalicelib.flows.plan_rota import (
    answer_offer,
    change_house,
    change_layer,
    gaps_ahead,
    offer,
    read_layer_now,
    read_rota_now,
    say_yes,
    undo_layer,
)
from tests.cast import CAROL, DAN, ERIN
from tests.fakes.world import CLINIC, a_world

from .phones import working_phones

BOSS = Staff("boss", "supervisor", ("adult",))
LAYERS = [
    {"id": "nights", "hours": "00:00-24:00", "people": ["erin", "carol"], "since": "2026-03-02", "turn_days": 1},
    {"id": "second", "step": "backup", "hours": "00:00-24:00", "people": ["dan"]},
]
FIELDS = {"step": "primary", "hours": "00:00-24:00", "people": "dan", "turn_days": "7", "turn_at": "09:00", "holidays": "too"}


def a_clinic(**parts):
    return a_world(clinic=read_clinic({**CLINIC, "shift": [], "layer": LAYERS} | parts))


def on_call(world, ahead=timedelta()):
    """As the service sees it: the file, and over it what is stored."""
    return overlaid(world.clinic, world.store.settings("rota")).on_call("adult", world.clock() + ahead).at(0)


# --- layers --------------------------------------------------------------------------------------------------------


def test_a_changed_layer_is_who_is_called_and_its_history_says_what_moved():
    world = a_clinic()
    assert on_call(world) == "carol"
    change_layer(world, BOSS, "nights", {**texts_of(world.clinic.rota.layers[0]), "people": "dan", "since": ""}, 0, "Carol moved away")
    assert on_call(world) == "dan"
    _, fields, [line] = read_layer_now(world, BOSS, "nights")
    assert fields["people"] == "dan" and (line.who, line.why) == ("boss", "Carol moved away")
    assert line.before == {"people": "erin,carol", "since": "2026-03-02"} and line.after == {"people": "dan", "since": ""}


def test_a_change_is_taken_back():
    world = a_clinic()
    change_layer(world, BOSS, "nights", {"gone": "yes"}, 0, "")
    assert on_call(world) == "dan"  # the backup is all that is left
    undo_layer(world, BOSS, "nights", 1, 1)
    assert on_call(world) == "carol" and len(world.store.rows(Revision)) == 2


def test_a_new_layer_of_a_program_goes_before_the_clinics():
    world = a_clinic()
    change_layer(world, BOSS, "adult-days", FIELDS | {"programs": "adult", "hours": "08:00-17:00"}, 0, "")
    assert [on_call(world, timedelta(hours=hours)) for hours in (0, 6)] == ["dan", "carol"]


@pytest.mark.parametrize(
    ("name", "fields"),
    [("nights", FIELDS | {"hours": "late"}), ("nights", FIELDS | {"people": ""}), ("no id, a name", FIELDS), ("", FIELDS), ("x" * 41, FIELDS)],
)
def test_what_no_rota_could_hold_is_not_kept(name, fields):
    world = a_clinic()
    with pytest.raises(ValueError):
        change_layer(world, BOSS, name, fields, 0, "")
    assert world.store.rows(Setting) == []


def test_only_who_may_changes_it_and_two_at_once_do_not_overwrite_each_other():
    world = a_clinic()
    for who in (CAROL, Staff("frank", "compliance", ())):
        with pytest.raises(NotFound):
            change_layer(world, who, "nights", FIELDS, 0, "")
    change_layer(world, BOSS, "nights", FIELDS, 0, "")
    with pytest.raises(Conflict):
        change_layer(world, replace(BOSS, staff_id="other"), "nights", FIELDS | {"people": "erin"}, 0, "")
    assert on_call(world) == "dan"


def test_a_row_that_cannot_be_read_leaves_the_files_word():
    world = a_clinic()
    world.store.commit(Put(Setting("rota", "layer.nights", 1, {"hours": "??"})), Put(Setting("rota", "override.x", 1, {"start": "soon"})))
    assert on_call(world) == "carol"


def test_last_resort_and_reader():
    world = a_clinic()
    change_house(world, BOSS, {"last_resort": "dan", "reader": "erin"}, 0, "")
    rota = read_rota_now(world).rota
    assert (rota.last_resort, rota.reader) == ("dan", "erin")


# --- turns and hours -----------------------------------------------------------------------------------------------


def test_pg_4_a_yes_frees_the_one_before():
    world = a_clinic()  # Tuesday noon: Carol's turn began at nine
    assert read_rota_now(world).rota.on_call("adult", world.clock()).also[0] == "erin"
    say_yes(world, CAROL, "nights", 1)
    assert read_rota_now(world).rota.on_call("adult", world.clock()).also[0] == ""


@pytest.mark.parametrize(("who", "layer", "turn"), [(ERIN, "nights", 1), (CAROL, "nights", 2), (CAROL, "moon", 1)])
def test_nobody_says_yes_for_another(who, layer, turn):
    with pytest.raises(NotFound):
        say_yes(a_clinic(), who, layer, turn)


def an_offer(world, person="dan", hours=4):
    start = world.clock() + timedelta(hours=1)
    return offer(world, CAROL, {"person": person, "step": "primary"}, start, start + timedelta(hours=hours))


@pytest.mark.parametrize(("answer", "called"), [("accepted", "dan"), ("declined", "carol")])
def test_hours_go_over_when_they_are_accepted_and_only_then(answer, called):
    world = a_clinic()
    made = an_offer(world)
    assert on_call(world, timedelta(hours=2)) == "carol"
    answer_offer(world, DAN, made, answer)
    assert [on_call(world, timedelta(hours=hours)) for hours in (0, 2, 6)] == ["carol", called, "carol"]


def test_an_offer_is_withdrawn_by_who_made_it_and_answered_by_whom_it_asks():
    world = a_clinic()
    made = an_offer(world)
    for who, answer in ((ERIN, "accepted"), (CAROL, "accepted"), (DAN, "withdrawn"), (DAN, "anything")):
        with pytest.raises(NotFound):
            answer_offer(world, who, made, answer)
    answer_offer(world, CAROL, made, "withdrawn")
    assert read_rota_now(world).offers() == [] and on_call(world, timedelta(hours=2)) == "carol"


def test_an_offer_without_end_is_none():
    world = a_clinic()
    with pytest.raises(ValueError):
        an_offer(world, hours=0)


# --- the days ahead ------------------------------------------------------------------------------------------------


def gaps_of(world):
    return [(gap.why, gap.person, gap.program) for gap in gaps_ahead(world, read_rota_now(world), world.clock()) if gap.program == "adult"]


def reachable(world):
    return working_phones(world, "carol", "dan", "erin")


def test_pg_4_who_has_no_phone_that_a_page_reaches_is_a_gap_days_ahead():
    world = working_phones(a_clinic(), "carol", "dan")
    assert set(gaps_of(world)) == {("unverified", "erin", "adult")}
    working_phones(world, "erin")
    assert gaps_of(world) == []


def test_pg_4_a_last_resort_without_a_phone_is_a_gap_of_the_closed_time():
    world = working_phones(a_clinic(closed=[{"id": "sundays", "days": ["sun"], "hours": "00:00-24:00"}]), "carol", "erin")
    change_house(world, BOSS, {"last_resort": "dan"}, 0, "")
    found = [gap for gap in gaps_ahead(world, read_rota_now(world), world.clock()) if gap.program == "adult"]
    sunday = [gap for gap in found if gap.step == 0 and gap.person == "dan"]
    assert sunday and all((gap.why, gap.end - gap.start) == ("unverified", timedelta(hours=23)) for gap in sunday)  # clocks go forward that day


def test_a_week_with_people_has_no_gap():
    assert gaps_of(reachable(a_clinic())) == []


def test_hours_with_nobody_are_seen_days_before():
    days = [{"id": "days", "hours": "08:00-17:00", "people": ["erin"]}]
    world = reachable(a_clinic(layer=days))
    found = [gap for gap in gaps_ahead(world, read_rota_now(world), world.clock()) if gap.program == "adult"]
    assert [gap.why for gap in found] == ["nobody"] * 7
    first = found[0]
    assert (first.start - world.clock(), first.end - first.start) == (timedelta(hours=5), timedelta(hours=15))


def test_somebody_on_leave_is_a_gap_until_they_are_back():
    world = reachable(a_clinic())
    until = world.clock() + timedelta(days=3)
    world.store.commit(Put(Absence("dan", "erin", "away", world.clock(), "dan", until=until)))
    found = [gap for gap in gaps_ahead(world, read_rota_now(world), world.clock()) if gap.program == "adult"]
    assert {(gap.why, gap.person, gap.step) for gap in found} == {("away", "dan", 1)} and max(gap.end for gap in found) == until


def test_a_closed_time_needs_a_last_resort():
    world = reachable(a_clinic(closed=[{"id": "sundays", "days": ["sun"], "hours": "00:00-24:00"}]))
    assert gaps_of(world) == [("no_last_resort", "", "adult")]
    change_house(world, BOSS, {"last_resort": "dan"}, 0, "")
    assert gaps_of(world) == []
