"""The crisis board: who may see it, what it counts, and that it holds nobody's name, number or words."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from chalicelib.core.records import Incident, Tasks
from chalicelib.core.staff import Staff
from chalicelib.flows import handle_incident
from chalicelib.flows.mark_page import mark_page
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, ERIN, FRANK, a_patient, an_sms
from ..fakes.world import FakeClock
from .office import at_desk, text

GRACE = Staff("grace", "clinical_lead", ("adult",))
CRISIS = "I took all my pills"


def _a_night(world: World, mark: str = "") -> str:
    """An item at 2 AM, taken after three minutes and closed."""
    assert isinstance(world.clock, FakeClock)
    receive(world, an_sms(CRISIS, at=world.clock()), inline=True)
    incident = world.store.open_incidents("adult")[0]
    world.clock.advance(minutes=3)
    handle_incident.acknowledge(world, ERIN, incident.incident_id)
    handle_incident.resolve(world, ERIN, incident.incident_id, "false_alarm")
    if mark:
        mark_page(world, ERIN, incident.incident_id, mark)
    return str(incident.incident_id)


def test_times_marks_and_page_load_stand_on_one_page_without_a_name() -> None:
    desk, world = at_desk(GRACE)
    a_patient(world)
    assert isinstance(world.clock, FakeClock)
    world.clock.advance(hours=14)
    _a_night(world, "true")
    world.clock.advance(minutes=1)
    receive(world, an_sms(CRISIS, at=world.clock()), inline=True)
    desk.sign_in("grace")
    page = desk.get("/console/crisis-board")
    says = text(page)
    assert page.status_code == 200 and "3 min" in says and "1 of 1" in says and "100%" in says
    assert "Open now 1" in says and "taken: due in 5 min" in says and "Erin" in says
    assert "Alice" not in says and CRISIS not in says and "555-0101" not in page.body.decode()


def test_the_file_holds_ids_and_instants() -> None:
    desk, world = at_desk(GRACE)
    a_patient(world)
    incident_id = _a_night(world, "false")
    answer = desk.get("/console/crisis-board/file?month=2026-03")
    assert answer.headers["Content-Type"].startswith("text/csv") and "attachment" in answer.headers["Content-Disposition"]
    [row] = csv.DictReader(io.StringIO(answer.body.decode()))
    assert (row["incident"], row["mark"], row["disposition"]) == (incident_id, "false", "false_alarm")
    assert row["taken_at"] == "2026-03-03T19:03:00+00:00" and "alice" not in answer.body.decode().lower()


def test_another_month_is_empty_and_a_month_that_is_none_is_this_one() -> None:
    desk, world = at_desk(GRACE)
    a_patient(world)
    _a_night(world)
    assert "No urgent item began in Feb 2026" in text(desk.get("/console/crisis-board?month=2026-02"))
    assert "Mar 2026" in text(desk.get("/console/crisis-board?month=2026-3%27"))


@pytest.mark.parametrize("who", [CAROL, FRANK, Staff("ada", "administrator", ("adult",)), Staff("joe", "front_desk", ("adult",))])
def test_it_is_not_there_for_others(who: Staff) -> None:
    desk, _ = at_desk(who)
    assert desk.get("/console/crisis-board").status_code == desk.get("/console/crisis-board/file").status_code == 404


def test_a_lead_sees_their_own_programs_only() -> None:
    desk, world = at_desk(Staff("lee", "clinical_lead", ("harbor",)))
    a_patient(world)
    _a_night(world)
    assert "No urgent item began" in text(desk.get("/console/crisis-board"))


def test_a_third_false_alarm_at_night_in_a_week_opens_one_review() -> None:
    desk, world = at_desk(GRACE)
    a_patient(world)
    assert isinstance(world.clock, FakeClock)
    world.clock.advance(hours=14)
    for n in range(4):
        _a_night(world, "false")
        known = world.store.get(Tasks, "adult")
        assert [each.about for each in known.items if each.kind == "page_review"] == ["erin 2026-W10"] if n >= 2 else known is None
        world.clock.now += timedelta(hours=24) - timedelta(minutes=3)
    desk.sign_in("grace")
    assert "Too many false pages at night" in text(desk.get("/console/inbox?program=adult"))
    assert "Look at it: more than two" in text(desk.get("/console/crisis-board"))
    assert len(world.store.rows(Incident)) == 4  # type: ignore[attr-defined]
