"""A proposal from a false alarm to the file of a release: who may, what is shown, what is kept, and no word of a patient in it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from chalicelib.core.proposal_file import of_toml
from chalicelib.core.records import AuditEntry, Revision, Setting
from chalicelib.core.staff import Staff
from chalicelib.flows.mark_page import mark_page
from chalicelib.flows.receive_sms import receive
from chalicelib.lexicon.rehearsal import Rehearsal, Seen
from chalicelib.ports import World
from tests.first_look import the_screen

from ..cast import CAROL, ERIN, FRANK, a_patient, an_sms
from ..fakes.world import a_world
from ..lexicon.test_rehearsal import second
from .office import Desk, an_office, at_desk, text

GRACE = Staff("grace", "clinical_lead", ("adult",))
SUE = Staff("sue", "supervisor", ("adult",))
LEE = Staff("lee", "supervisor", ("harbor",))
WANTS = "en.suicide.want-to-die"
CRACKED = "ugh I want to die, my screen cracked"
ROWS = [
    Seen("c1", "sms_crises", True, ("some days I want to die in here",), ("",), frozenset({WANTS}), True),
    Seen("o1", "clinic_logistics", False, ("I want to die, this screen cracked",), ("",), frozenset({WANTS}), True),
]


@cache
def rehearsal() -> Rehearsal:
    return Rehearsal(ROWS, second)


@pytest.fixture
def world() -> World:
    """A page that was a false alarm."""
    from ulid import ULID

    world = a_world(screen=the_screen(), ids=lambda at: str(ULID.from_datetime(at)))
    a_patient(world)
    receive(world, an_sms(CRACKED, at=world.clock()), inline=True)
    mark_page(world, ERIN, world.store.open_incidents("adult")[0].incident_id, "false")
    return world


def desk_of(world: World, who: Staff) -> Desk:
    an_office(GRACE, SUE, LEE, CAROL, FRANK, world=world, rehearsal=rehearsal)
    desk = Desk()
    desk.sign_in(who.staff_id)
    return desk


def proposed(desk: Desk, world: World, kind: str = "unless", about: str = "", **fields: str) -> Any:
    form = desk.get(f"/console/screen/propose?kind={kind}&rule={WANTS}&about={about}")
    told = {
        "phrases": "screen cracked", "reason": "It wakes people for a cracked phone",
        "must_not": "I want to die, I cracked my screen cracked again", **fields,
    }  # fmt: skip
    return desk.submit(form, "/screen/propose", **told)


def test_from_a_false_alarm_to_the_file_of_a_release(world: World) -> None:
    incident = world.store.open_incidents("adult")[0]
    desk = desk_of(world, GRACE)
    item = desk.get(f"/console/incidents/{incident.incident_id}")
    assert f"/console/screen/propose?about={incident.incident_id}" in item.body.decode()
    first = desk.get(f"/console/screen/propose?about={incident.incident_id}")
    assert "Fired in the text this is about" in first.body.decode() and CRACKED not in text(first)
    page = desk.follow(proposed(desk, world, about=incident.incident_id))
    says = text(page)
    assert "The screen that is running does not change by this" in says
    assert "Clinic texts 0 0 0 0 1 1 0" in says and "o1 I want to die, this screen cracked" in says
    assert "The clinical lead must agree." in says
    done = desk.follow(desk.submit(page, "/agree"))
    assert "Accepted. Take the file along" in text(done) and "make proposal FILE=" in text(done)
    file = desk.get(f"{_where(world)}/file")
    name, day, change = of_toml(file.body.decode())
    assert (change.kind, change.rule, change.phrases, day) == ("unless", WANTS, ("screen cracked",), "2026-03-03")
    assert "attachment" in file.headers["Content-Disposition"] and name


def _where(world: World) -> str:
    return f"/console/screen/proposals/{world.store.settings('proposal')[-1].setting_id}"


def test_nothing_of_the_patients_text_is_kept_or_shown(world: World) -> None:
    incident = world.store.open_incidents("adult")[0]
    desk = desk_of(world, GRACE)
    page = desk.follow(proposed(desk, world, about=incident.incident_id))
    desk.submit(page, "/agree")
    kept = [*world.store.rows(Setting), *world.store.rows(Revision), *world.store.rows(AuditEntry)]  # type: ignore[attr-defined]
    pages = [desk.get(f"/console/screen/propose?about={incident.incident_id}&kind=unless&rule={WANTS}"), page]
    seen = repr(kept) + "".join(each.body.decode() for each in pages)
    assert "ugh" not in seen and "Alice" not in seen and "555-0101" not in seen
    assert "Never a patient" in text(pages[0])


def test_a_crisis_lost_needs_two_people_and_a_written_reason(world: World) -> None:
    desk = desk_of(world, GRACE)
    page = desk.follow(proposed(desk, world, "retire", must_not=""))
    assert "sms_crises" not in text(page) and "Crises as texts 1 1 0 0 0 0 0" in text(page)
    assert "a second person must agree" in text(page) and "must write why" in text(page)
    still = desk.follow(desk.submit(page, "/agree"))
    assert "a second person must agree" in text(still) and "must write why" in text(still)
    still = desk.follow(desk.submit(still, "/agree", why="Two other rules find it"))
    assert "a second person must agree" in text(still) and "must write why" not in text(still)
    other = desk_of(world, SUE)
    done = other.follow(other.submit(other.get(_where(world)), "/agree"))
    assert "Accepted" in text(done)
    lines = [(each.who, each.after.get("state", "")) for each in world.store.rows(Revision) if each.kind == "proposal"]  # type: ignore[attr-defined]
    assert [who for who, _ in lines] == ["grace", "grace", "grace", "sue"] and lines[-1][1] == "accepted"
    outcome = json.loads(next(each for each in world.store.rows(Setting) if each.kind == "proposal").value["outcome"])  # type: ignore[attr-defined]
    assert outcome["lost"] == ["c1"], "what they agreed to is in the history"


def test_its_own_sentences_must_come_out_as_it_says(world: World) -> None:
    desk = desk_of(world, GRACE)
    page = desk.follow(proposed(desk, world, must_not="I want to die and the bus is late"))
    assert "Comes out otherwise than it says: I want to die and the bus is late" in text(page)
    assert "Still wanted" in text(desk.follow(desk.submit(page, "/agree")))


def test_a_supervisor_proposes_and_agrees_but_the_lead_decides(world: World) -> None:
    desk = desk_of(world, SUE)
    page = desk.follow(proposed(desk, world))
    assert "The clinical lead must agree." in text(desk.follow(desk.submit(page, "/agree")))


def test_declined_with_a_reason_or_taken_back(world: World) -> None:
    page = desk_of(world, SUE)
    page.follow(proposed(page, world))
    where, lead = _where(world), desk_of(world, GRACE)
    assert "Say why." in text(lead.submit(lead.get(where), "/decline"))
    assert "Declined" in text(lead.follow(lead.submit(lead.get(where), "/decline", why="Too broad")))
    again = page.follow(proposed(page, world))
    assert "Taken back" in text(page.follow(page.submit(again, "/decline")))
    assert lead.get(f"{where}/file").status_code == 303, "no file of what was not accepted"


def test_a_page_of_before_decides_nothing(world: World) -> None:
    desk = desk_of(world, GRACE)
    page = desk.follow(proposed(desk, world, "retire", must_not=""))
    desk.submit(page, "/agree")
    assert desk.submit(page, "/agree").status_code == 303, "the same form twice is one step"
    assert len(world.store.revisions("proposal", world.store.settings("proposal")[0].setting_id)) == 2
    assert desk.submit(page, "/agree", why="something else").status_code == 409
    fresh = desk.get(_where(world))
    assert desk.submit(fresh, "/agree", seen="another effect").status_code == 409


def test_sent_twice_it_is_one(world: World) -> None:
    desk = desk_of(world, GRACE)
    form = desk.get(f"/console/screen/propose?kind=retire&rule={WANTS}")
    for _ in range(2):
        assert desk.submit(form, "/screen/propose", reason="It wakes people for nothing").status_code == 303
    assert len(world.store.settings("proposal")) == 1


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("unless", {"phrases": "a"}, "One to eight phrases"),
        ("unless", {"must_not": ""}, "At least one sentence of your own that must page nobody"),
        ("retire", {"reason": "no"}, "Between 10 and 300 characters"),
        ("new", {"name": "want-to-die", "language": "en", "category": "suicide", "must": "x y"}, "that no rule has yet"),
        ("new", {"name": "Not A Name", "language": "en", "category": "suicide", "must": "x y"}, "small letters"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(world: World, kind: str, fields: dict[str, str], says: str) -> None:
    desk = desk_of(world, GRACE)
    answer = proposed(desk, world, kind, **fields)
    assert answer.status_code == 400 and says in text(answer) and world.store.settings("proposal") == []


def test_whose_item_it_is_not_does_not_learn_what_fired(world: World) -> None:
    incident = world.store.open_incidents("adult")[0]
    desk = desk_of(world, LEE)
    assert "Fired in the text" not in desk.get(f"/console/screen/propose?about={incident.incident_id}").body.decode()
    desk.follow(proposed(desk, world, about=incident.incident_id))
    [kept] = world.store.settings("proposal")
    assert kept.value.get("about", "") == ""


@pytest.mark.parametrize("who", [CAROL, FRANK, Staff("ada", "administrator", ("adult",)), Staff("joe", "front_desk", ("adult",))])
def test_it_is_not_there_for_others(who: Staff) -> None:
    desk, _ = at_desk(who, rehearsal=rehearsal)
    for path in ("/proposals", "/propose", "/proposals/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/proposals/01ARZ3NDEKTSV4RRFFQ69G5FAV/file"):
        assert desk.get(f"/console/screen{path}").status_code == 404, path
    token = {"csrf": desk.get("/console/rota").body.decode().split('name="csrf" value="')[1].split('"')[0]}
    for path in ("/propose", "/proposals/01ARZ3NDEKTSV4RRFFQ69G5FAV/agree", "/proposals/01ARZ3NDEKTSV4RRFFQ69G5FAV/decline"):
        fields = {**token, "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "kind": "retire", "rule": WANTS, "reason": "because of this"}
        assert desk.post(f"/console/screen{path}", fields).status_code == 404, path


