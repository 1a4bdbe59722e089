"""Drills on the pages: who starts one, what everybody sees of it, and that no figure holds it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.console.drill_view import WAY_IN as WORDS
from chalicelib.core.exercise import DEAD_MAN, WAY_IN, SelfTest
from chalicelib.core.records import Incident, Put, Update
from chalicelib.core.staff import Staff
from chalicelib.flows import self_test
from chalicelib.flows.way_in import NOT_TAKEN, WHY
from chalicelib.ports import World

from ..cast import CAROL, ERIN, FRANK
from ..flows.exercising import an_exercise_world, stream
from .office import Desk, an_office, text

GRACE = Staff("grace", "supervisor", ("adult",))
SURE = {"program": "adult", "tier": "0", "sure": "yes"}


def at_desk(*people: Staff, second: str = "") -> tuple[Desk, World]:
    """`second`: the number that tries the clinic's."""
    made = an_exercise_world()
    world = an_office(*people, world=replace(made, clinic=replace(made.clinic, test_sender=second)), practised=True)
    desk = Desk()
    desk.sign_in(people[0].staff_id)
    return desk, world


def a_drill(desk: Desk, world: World) -> Incident:
    desk.submit(desk.get("/console/drills"), "/drills", **SURE)
    stream(world)
    [incident] = world.store.open_incidents("adult")
    return incident


def test_a_supervisor_starts_one_and_sees_its_times() -> None:
    desk, world = at_desk(GRACE, ERIN)
    assert "(calls Erin first)" in text(desk.get("/console/drills"))
    desk.submit(desk.get("/console/drills"), "/drills", **SURE)
    assert "It begins now" in text(desk.get("/console/drills?done=started"))
    stream(world)
    world.clock.advance(seconds=42)  # type: ignore[attr-defined]
    [incident] = world.store.open_incidents("adult")
    desk.sign_in("erin")
    desk.submit(desk.get(f"/console/incidents/{incident.incident_id}"), "/acknowledge")
    over = text(desk.get(f"/console/incidents/{incident.incident_id}"))
    assert "Over: taken" in over and "42 s after the text, by Erin, at step 1" in over
    desk.sign_in("grace")
    says = text(desk.get("/console/drills"))
    assert incident.code in says and "42 s" in says and "Erin" in says and "Taken" in says


@pytest.mark.parametrize("missing", ["sure", "tier"])
def test_without_the_box_or_the_tier_nothing_begins(missing: str) -> None:
    desk, world = at_desk(GRACE)
    answer = desk.submit(desk.get("/console/drills"), "/drills", **{name: value for name, value in SURE.items() if name != missing})
    stream(world)
    assert answer.status_code == 400 and not world.store.open_incidents("adult")


def test_a_second_one_of_the_program_waits() -> None:
    desk, world = at_desk(GRACE)
    a_drill(desk, world)
    answer = desk.submit(desk.get("/console/drills"), "/drills", **SURE)
    assert answer.status_code == 409 and "not over yet" in text(answer)


@pytest.mark.parametrize("who", [CAROL, FRANK, Staff("ada", "administrator", ("adult",))])
def test_it_is_not_there_for_others(who: Staff) -> None:
    desk, world = at_desk(who)
    assert desk.get("/console/drills").status_code == 404
    assert desk.post("/console/drills", SURE).status_code in (403, 404)
    stream(world)
    assert not world.store.open_incidents("adult")


def test_ordinary_staff_see_plainly_that_it_is_a_drill() -> None:
    desk, world = at_desk(GRACE, CAROL)
    incident = a_drill(desk, world)
    desk.sign_in("carol")
    inbox = text(desk.get("/console/inbox?program=adult"))
    assert "Drill: nobody is in danger" in inbox and "Call nobody" in inbox
    page = desk.get(f"/console/incidents/{incident.incident_id}")
    assert "call nobody, write to nobody" in text(page) and "tel:" not in page.body.decode()
    thread = desk.get(f"/console/threads/{incident.thread_id}")
    assert thread.status_code == 200 and "Drill: nobody is in danger" in text(thread) and "tel:" not in thread.body.decode()


def test_the_board_shows_it_apart_and_its_file_only_when_asked() -> None:
    desk, world = at_desk(GRACE, ERIN)
    incident = a_drill(desk, world)
    page = text(desk.get("/console/crisis-board"))
    assert "No urgent item began in Mar 2026" in page and f"{incident.code} Drill" in page and "Drills 1" in page
    without = desk.get("/console/crisis-board/file?month=2026-03").body.decode()
    assert list(csv.DictReader(io.StringIO(without))) == []
    [row] = csv.DictReader(io.StringIO(desk.get("/console/crisis-board/file?month=2026-03&drills=yes").body.decode()))
    assert (row["incident"], row["drill"], row["program"]) == (incident.incident_id, "yes", "adult")


def test_the_board_shows_the_next_two_weeks_coverage() -> None:
    desk, world = at_desk(GRACE)
    says = text(desk.get("/console/crisis-board"))
    assert "Coverage in the next 14 days" in says and "Erin has no phone that was tried" in says
    from ..flows.phones import working_phones

    working_phones(world, "erin", "carol", "dan")
    assert "Somebody can be paged at every minute" in text(desk.get("/console/crisis-board"))


def test_the_health_page_says_when_the_last_self_test_passed() -> None:
    desk, world = at_desk(GRACE)
    assert "No self-test has passed yet" in text(desk.get("/console/health"))
    self_test.run(world)
    world.clock.advance(minutes=3)  # type: ignore[attr-defined]
    says = text(desk.get("/console/health"))
    assert "Last self-test passed 3 min ago." in says
    assert "failed" not in says and "One is due" not in says


def test_the_health_page_says_what_failed_and_that_one_is_overdue() -> None:
    desk, world = at_desk(GRACE)
    passed = world.clock() - timedelta(minutes=45)
    world.store.commit(Put(SelfTest(DEAD_MAN, world.clock(), passed, 0, ("page", "stream"))))
    says = text(desk.get("/console/health"))
    assert "Last self-test passed 45 min ago" in says and "One is due every 15 minutes" in says
    assert "The newest one failed: the page, the stream" in says


SECOND = "+13035550188"


def test_the_health_page_says_how_the_weeks_text_in_went_or_that_there_is_none() -> None:
    desk, world = at_desk(GRACE)
    world.store.commit(Put(SelfTest(WAY_IN, world.clock(), None, 0, ("nowhere",))))  # of a number that the file no longer names
    says = text(desk.get("/console/health"))
    assert "the clinic's file names no second number" in says and "failed" not in says
    desk, world = at_desk(GRACE, second=SECOND)
    assert "No text has come in yet through the carrier" in text(desk.get("/console/health"))
    passed = world.clock() - timedelta(days=1)
    world.store.commit(Put(SelfTest(WAY_IN, passed, passed)))
    says = text(desk.get("/console/health"))
    assert "to try your number 24 h ago." in says and "failed" not in says and "One is due" not in says
    world.store.commit(Update(SelfTest, (WAY_IN,), set={"passed_at": passed - timedelta(days=8)}))
    assert "One is due every Monday." in text(desk.get("/console/health"))


@pytest.mark.parametrize("why", sorted(set(WHY.values()) - {""} | {NOT_TAKEN}))
def test_the_health_page_says_what_failed_of_it_and_what_to_do(why: str) -> None:
    desk, world = at_desk(GRACE, second=SECOND)
    world.store.commit(Put(SelfTest(WAY_IN, world.clock(), None, 0, (why,))))
    says = text(desk.get("/console/health"))
    assert f"The newest one failed: {WORDS[why]}. Tell the person who runs Porchlight now." in says and why not in says


def test_a_dead_mans_text_is_in_nobodys_list_or_figures() -> None:
    desk, world = at_desk(GRACE)
    self_test.run(world)
    for page in ("/console/inbox?program=adult", "/console/crisis-board", "/console/drills", "/console/health"):
        assert "dead-man" not in desk.get(page).body.decode()
    assert "No urgent item is open" in text(desk.get("/console/health"))
