"""Campaigns, today's plan and the stage of change as one clicks through them without a script."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.records import Campaign, Recipient, Stage, Task, Tasks
from chalicelib.flows.plan_ahead import ask
from chalicelib.flows.tick import tick
from chalicelib.ports import World

from ..appointments import FRIDAY, booked
from ..campaigns import GINA, HENRY, made, minutes, now, people, running
from ..cast import CAROL, a_patient
from ..flows.office import clock, store, traces
from ..waitlist import NUMBERS
from .office import Desk, at_desk, text

NEW = {"program": "adult", "template": "open_place", "audience": "everyone", "language": "", "hold_out": "10", "reader": ""}
LIST = "/console/campaigns?program=adult"


@pytest.fixture
def office() -> tuple[Desk, World]:
    desk, world = at_desk(GINA)
    for name in ("alice", "bea", "cleo"):
        consent = dict.fromkeys(("conversation", "re_engagement", "clinical"), world.clock())
        a_patient(world, name, NUMBERS[name], consent=consent if name != "cleo" else {"conversation": world.clock()})
    return desk, world


def made_here(desk: Desk, world: World, **fields: str) -> Campaign:
    answer = desk.submit(desk.get(LIST), "/console/campaigns", **{**NEW, **fields})
    assert answer.status_code == 303, text(answer)[:400]
    desk.follow(answer)
    [found] = store(world).rows(Campaign)
    return found


def test_from_the_form_over_a_colleagues_approval_to_the_report(office: tuple[Desk, World]) -> None:
    desk, world = office
    assert "there is a place for you" in text(desk.get(LIST))
    campaign = made_here(desk, world, hold_out="0")
    at = f"/campaigns/adult/{campaign.campaign_id}"
    page = text(desk.get(f"/console{at}?done=made"))
    assert "Nothing leaves before somebody else has approved it." in page and "2 people, 2 message parts" in page
    assert "1: They have not agreed to this kind of text" in page and "through on Tue Mar 3" in page and "you made it" in page
    answer = desk.post(f"/console{at}/approve", {"csrf": _csrf(desk, at)})
    assert answer.headers["Location"].endswith("done=second") and now(world, campaign.campaign_id).state == "ready"
    other, _ = at_desk(HENRY, world)
    other.submit(other.get(f"/console{at}"), f"{at}/approve")
    assert "Started." in text(other.follow(other.submit(other.get(f"/console{at}"), f"{at}/start")))
    minutes(world, 2)
    assert "Written 2" in " ".join(text(desk.get(f"/console{at}")).split())
    clock(world).advance(days=31)
    tick(world)
    desk, _ = at_desk(GINA, world)
    page = " ".join(text(desk.get(f"/console{at}")).split())
    assert "Handed to the carrier, no word since 2" in page and "nobody to compare with" in page
    file = desk.get(f"/console{at}/file")
    assert file.body.decode().splitlines()[0].startswith('"patient","arm","state","why"') and len(file.body.decode().splitlines()) == 4
    assert "Alice" not in file.body.decode() and ("gina", "campaign_file", "done") in traces(world, f"campaign#adult.{campaign.campaign_id}")


def _csrf(desk: Desk, at: str) -> str:
    page = desk.get(f"/console{at}").body.decode()
    return page.split('name="csrf" value="', 1)[1].split('"', 1)[0]


def test_who_is_in_it_by_name_leaves_a_trace(office: tuple[Desk, World]) -> None:
    desk, world = office
    made(world)
    page = text(desk.get("/console/campaigns/adult/k1/people"))
    assert "Alice" in page and "gets the text" in page and "Cleo" in page and "They have not agreed to this kind" in page
    assert ("gina", "read_names", "done") in traces(world, "roster#adult")
    assert "Alice" not in text(desk.get("/console/campaigns/adult/k1")) and "Alice" not in text(desk.get(LIST))


def test_pause_and_stop_and_what_is_not_possible_any_more(office: tuple[Desk, World]) -> None:
    desk, world = office
    running(world)
    at = "/campaigns/adult/k1"
    assert "Paused: what was queued waits too." in text(desk.follow(desk.submit(desk.get(f"/console{at}"), f"{at}/pause")))
    stale = desk.get(f"/console{at}")
    assert "It goes on within a minute." in text(desk.follow(desk.submit(stale, f"{at}/resume")))
    assert "not possible any more" in text(desk.follow(desk.submit(stale, f"{at}/resume")))
    assert "Nothing more leaves" in text(desk.follow(desk.submit(stale, f"{at}/stop")))
    assert now(world).state == "stopped" and "Stopped" in text(desk.get(LIST))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"template": ""}, "Choose a sentence that is approved."),
        ({"audience": "contemplation"}, "goes to people of that stage alone"),
        ({"template": "stage_contemplation", "audience": "contemplation"}, "name who reads the answers"),
        ({"hold_out": "99"}, "Choose one of the shares."),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field(office: tuple[Desk, World], fields: dict[str, str], says: str) -> None:
    desk, world = office
    answer = desk.submit(desk.get(LIST), "/console/campaigns", **{**NEW, **fields})
    assert answer.status_code == 400 and says in text(answer) and store(world).rows(Recipient) == []


def test_it_is_nobodys_who_may_not(office: tuple[Desk, World]) -> None:
    _, world = office
    made(world)
    clinician, _ = at_desk(CAROL, world)
    for path in ("campaigns", "campaigns/adult/k1", "campaigns/adult/k1/people", "campaigns/adult/k1/file", "plan"):
        assert clinician.get(f"/console/{path}").status_code == 404
    assert "Campaigns" not in text(clinician.get("/console/inbox?program=adult"))
    desk, _ = at_desk(GINA, world)
    assert desk.get("/console/campaigns?program=harbor").status_code == 404
    assert desk.get("/console/campaigns/adult/nothing").status_code == 404


def test_todays_plan_says_when_each_lane_is_through(office: tuple[Desk, World]) -> None:
    desk, world = office
    booked(world, FRIDAY, rhythm="weekly")
    clock(world).now = (FRIDAY - timedelta(days=1, hours=2)).astimezone(clock(world).now.tzinfo)
    desk, _ = at_desk(GINA, world)
    page = " ".join(text(desk.get("/console/plan")).split())
    assert "Texts before visits 0 1 2 3:00 PM none" in page and "Tomorrow will not fit" not in page
    assert "1 message part a second and 2,000 a day" in page and "Campaigns 0 0 0 nothing planned none" in page


def test_a_supervisor_is_told_the_day_before_once(office: tuple[Desk, World]) -> None:
    desk, world = office
    for at in range(8):
        a_patient(world, f"p{at}", f"+1303555{2000 + at}")
        booked(world, FRIDAY, f"v{at}", f"p{at}", rhythm="weekly")
    slow = _slow(world)
    clock(world).now = (FRIDAY - timedelta(days=2)).replace(hour=16, minute=5).astimezone(clock(world).now.tzinfo)
    ask(slow)
    ask(slow)
    tick(slow)
    tick(slow)
    [task] = [task for row in store(world).rows(Tasks) if row.program == "adult" for task in row.items if task.kind == "plan_full"]
    assert task.about == "2026-03-05" and isinstance(task, Task)
    desk, _ = at_desk(GINA, world)
    page = text(desk.get("/console/inbox?program=adult"))
    assert "will not all fit" in page and "/console/plan" in desk.get("/console/inbox?program=adult").body.decode()
    clinician, _ = at_desk(CAROL, world)
    assert "will not all fit" not in text(clinician.get("/console/inbox?program=adult"))


def _slow(world: World) -> World:
    from dataclasses import replace

    from chalicelib.core.throughput import Throughput

    return replace(world, clinic=replace(world.clinic, throughput=Throughput(1.0, 10)))


def test_a_clinician_sets_the_stage_on_the_patients_page(office: tuple[Desk, World]) -> None:
    _, world = office
    clinician, _ = at_desk(CAROL, world)
    form = clinician.get("/console/patients/alice")
    assert "Not set" in text(form)
    page = text(clinician.follow(clinician.submit(form, "/patients/alice/stage", stage="contemplation")))
    assert "It holds 60 days" in page and "Thinking about it" in page
    clock(world).advance(days=60)
    clinician, _ = at_desk(CAROL, world)
    assert "does not hold: set more than 60 days ago" in text(clinician.get("/console/patients/alice"))
    clinician.submit(clinician.get("/console/patients/alice"), "/patients/alice/stage", stage="")
    assert store(world).rows(Stage) == [] and people(world, "none") == {}
