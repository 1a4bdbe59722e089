"""The rota's pages: everybody sees who is on call, supervisors change it, each person answers for themselves."""

from __future__ import annotations

import re

from chalicelib.core.clinic import read_clinic
from chalicelib.core.staff import Staff
from chalicelib.flows.plan_rota import gaps_in, offer, read_rota_now, week_ahead

from ..cast import CAROL, ERIN, FRANK
from ..fakes.world import CLINIC, a_world
from ..flows.test_plan_rota import LAYERS
from .office import Desk, an_office, text

BOSS = Staff("boss", "supervisor", ("adult", "harbor"))


def _at(who, **parts):
    from ulid import ULID

    world = a_world(clinic=read_clinic({**CLINIC, "shift": [], "layer": LAYERS} | parts), ids=lambda at: str(ULID.from_datetime(at)))
    an_office(BOSS, CAROL, ERIN, FRANK, world=world)
    desk = Desk()
    desk.sign_in(who.staff_id)
    return desk, world


def test_everybody_sees_who_is_on_call() -> None:
    desk, _ = _at(FRANK)
    said = text(desk.get("/console/rota"))
    assert "Who is on call" in said and "Carol, then Dan" in said and "Adult counseling, Harbor" in said
    assert "Layers" not in said


def test_the_week_and_its_gaps_are_worked_out_once_from_now() -> None:
    """A gap begins where a row of the table does: there is one week, not two of different beginnings."""
    _, world = _at(FRANK)
    world.clock.advance(minutes=17)
    rota, at = read_rota_now(world), world.clock()
    ahead = week_ahead(world, rota, at)
    assert {rows[0].start for rows in ahead.values()} == {at}
    found = gaps_in(world, rota, ahead)
    assert found and all(gap.start in {row.start for row in ahead[gap.program]} for gap in found)


def test_a_person_says_yes_to_their_turn() -> None:
    desk, world = _at(CAROL)
    page = desk.get("/console/rota")
    assert "Your turn in nights begins" in text(page)
    desk.follow(desk.post("/console/rota", {**_token(page), "do": "yes", "layer": "nights", "turn": "1"}))
    assert "nights.1" in read_rota_now(world).rota.accepted


def test_hours_are_asked_for_and_accepted() -> None:
    desk, world = _at(ERIN)
    page = desk.get("/console/rota")
    asked = {"person": "carol", "step": "backup", "start_day": "2026-03-04", "start_clock": "18:00", "end_day": "2026-03-05", "end_clock": "08:00"}
    assert "not answered yet" in text(desk.follow(desk.post("/console/rota", {**_token(page), "do": "offer", **asked})))
    desk = Desk()
    desk.sign_in("carol")
    page = desk.get("/console/rota")
    assert "Erin asks you to be on call" in text(page)
    [row] = read_rota_now(world).offers()
    override = row.setting_id.removeprefix("override.")
    desk.follow(desk.post("/console/rota", {**_token(page), "do": "accepted", "override": override}))
    assert [one.accepted for one in read_rota_now(world).rota.overrides] == [True]


def test_hours_that_make_no_sense_are_told_beside_the_form() -> None:
    desk, world = _at(ERIN)
    page = desk.get("/console/rota")
    answer = desk.post("/console/rota", {**_token(page), "do": "offer", "person": "carol", "step": "backup", "start_day": "x"})
    assert answer.status_code == 400 and "from when until when" in text(answer) and read_rota_now(world).offers() == []


def test_only_who_treats_patients_is_asked_to_be_on_call() -> None:
    """Frank sees no patient, and the front desk takes no urgent item."""
    desk, world = _at(BOSS)
    page = desk.get("/console/rota")
    fields = {name: page.body.decode().partition(f'id="{name}"')[2].partition("</select>")[0] for name in ("person", "reader")}
    assert re.findall(r'<option value="(\w+)">', fields["person"]) == ["boss", "carol", "erin"]
    assert ">Frank</option>" in fields["reader"]  # who reads what waits may be anybody
    asked = {"step": "backup", "start_day": "2026-03-04", "start_clock": "18:00", "end_day": "2026-03-05", "end_clock": "08:00"}
    answer = desk.post("/console/rota", {**_token(page), "do": "offer", "person": "frank", **asked})
    assert answer.status_code == 400 and "who is on call treats patients" in text(answer) and read_rota_now(world).offers() == []


def test_a_supervisor_changes_a_layer_and_takes_it_back() -> None:
    desk, world = _at(BOSS)
    page = desk.get("/console/rota/layers/second")
    assert page.body.decode().count(" checked>") == 8  # and the one for keys
    days = {f"day_{day}": "on" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    fields = {"step": "backup", "people": "erin", "from": "00:00", "until": "00:00", "holidays": "too", "turn_days": "7", "turn_at": "09:00"}
    changed = desk.follow(desk.post("/console/rota/layers/second", {**_token(page), "version": "0", "do": "save", **days, **fields}))
    assert "Changed." in text(changed) and "Carol, then Erin" in text(changed)
    page = desk.get("/console/rota/layers/second")
    assert "people: dan → erin" in text(page)
    back = desk.follow(desk.post("/console/rota/layers/second", {**_token(page), "version": "1", "do": "undo", "undone": "1"}))
    assert "Carol, then Dan" in text(back)
    assert read_rota_now(world).rota.layers[1].people == ("dan",)


def test_a_layer_that_cannot_be_says_why_and_keeps_what_was_typed() -> None:
    desk, _ = _at(BOSS)
    page = desk.get("/console/rota/layers/new")
    answer = desk.post("/console/rota/layers/new", {**_token(page), "version": "0", "do": "save", "name": "Week ends", "people": "erin, carol", "day_sat": "on", "from": "00:00", "until": "00:00", "step": "primary", "holidays": "too"})
    said = answer.body.decode()
    assert answer.status_code == 400 and "need &#39;since&#39;" in said and 'value="erin, carol"' in said and 'value="Week ends"' in said


def test_who_may_not_change_it_finds_no_page_for_it() -> None:
    desk, _ = _at(CAROL)
    assert desk.get("/console/rota/layers/second").status_code == 404
    page = desk.get("/console/rota")
    assert desk.post("/console/rota/layers/second", {**_token(page), "version": "0", "do": "remove"}).status_code == 404


def test_days_ahead_without_anybody_are_said_first() -> None:
    desk, _ = _at(BOSS, layer=[{"id": "days", "hours": "08:00-17:00", "people": ["erin"]}])
    said = text(desk.get("/console/rota"))
    assert said.index("In the next seven days") < said.index("Seven days from now")
    assert "nobody is on call: danger pages everyone" in said


def _token(page) -> dict[str, str]:
    from .office import forms

    return next({"csrf": form["hidden"]["csrf"]} for form in forms(page) if "csrf" in form["hidden"])


def test_an_offer_that_was_withdrawn_is_gone() -> None:
    desk, world = _at(ERIN)
    from datetime import timedelta

    start = world.clock() + timedelta(hours=1)
    override = offer(world, ERIN, {"person": "carol", "step": "primary"}, start, start + timedelta(hours=1))
    page = desk.get("/console/rota")
    desk.follow(desk.post("/console/rota", {**_token(page), "do": "withdrawn", "override": override}))
    assert read_rota_now(world).offers() == []
