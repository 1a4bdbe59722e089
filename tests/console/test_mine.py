"""One's own threads of every program on one page, and nobody else's."""

from __future__ import annotations

import re

import pytest

from chalicelib.core.records import Thread
from chalicelib.core.staff import Staff
from chalicelib.flows.directory import Account
from chalicelib.flows.notes import write_note
from chalicelib.flows.own_thread import close, give_to
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, ERIN, a_patient, an_sms
from ..fakes.vault import FakeVault
from ..flows.office import clock, traces, vault
from .office import Desk, at_desk, text

BOBS = "+13035550120"


@pytest.fixture
def desk() -> tuple[Desk, World]:
    """Erin owns Alice's thread of one program and Bob's of another; Amy's is nobody's."""
    desk, world = at_desk(ERIN)
    for name, number, program in (("alice", "+13035550101", "adult"), ("bob", BOBS, "harbor"), ("amy", "+13035550121", "adult")):
        a_patient(world, name, number, program)
        receive(world, an_sms("hello", number, at=world.clock()), inline=False)
        clock(world).advance(minutes=1)
    give_to(world, ERIN, "alice", "erin", "")
    give_to(world, ERIN, "bob", "erin", "")
    return desk, world


def test_what_is_mine_stands_on_one_page_with_its_program(desk: tuple[Desk, World]) -> None:
    page, world = text(desk[0].get("/console/mine")), desk[1]
    assert "Waiting for your answer 2" in page and "Alice" in page and "Bob" in page and "Amy" not in page
    assert world.clinic.programs["harbor"].name in page
    assert ("erin", "read_names", "done") in traces(world, "roster#adult")


def test_an_urgent_item_of_any_program_stands_on_top(desk: tuple[Desk, World]) -> None:
    receive(desk[1], an_sms("I took all my pills", "+13035550121", at=desk[1].clock()), inline=False)
    page = text(desk[0].get("/console/mine"))
    assert page.index("Urgent") < page.index("Waiting for your answer") and "Acknowledge" in page and "Amy" in page


def test_an_open_page_opens_no_name_while_nothing_changes(desk: tuple[Desk, World]) -> None:
    page = desk[0].get("/console/mine").body.decode()
    mark = re.search(r'data-mark="(\w+)"', page)
    assert mark is not None and isinstance(desk[1].vault, FakeVault)
    vault(desk[1]).opened.clear()
    assert desk[0].get(f"/console/mine/rows?of=me&seen={mark[1]}").status_code == 204
    assert not vault(desk[1]).opened
    receive(desk[1], an_sms("still there?", BOBS, at=desk[1].clock()), inline=False)
    again = desk[0].get(f"/console/mine/rows?of=me&seen={mark[1]}")
    assert again.status_code == 200 and "2 texts" in text(again)


def test_what_colleagues_called_for_stands_there_until_it_is_opened(desk: tuple[Desk, World]) -> None:
    team = [Account(each, each.title(), "clinician", ("adult", "harbor")) for each in ("carol", "erin")]
    write_note(desk[1], CAROL, "amy", "@erin please look", desk[1].ids(desk[1].clock()), team)
    assert "Colleagues called for you 1 A Amy" in text(desk[0].get("/console/mine"))
    desk[0].get("/console/threads/amy")
    assert "Colleagues called for you" not in text(desk[0].get("/console/mine"))


def test_what_is_closed_or_of_a_program_that_is_no_longer_mine_is_not_there(desk: tuple[Desk, World]) -> None:
    world = desk[1]
    alice = world.store.get(Thread, "alice")
    assert alice is not None and close(world, ERIN, "alice", alice.last_at, "no_answer_needed")
    moved, _ = at_desk(Staff("erin", "clinician", ("adult",)), world)
    page = text(moved.get("/console/mine"))
    assert "Alice" not in page and "Bob" not in page and "Nobody waits for you" in page


def test_who_works_in_one_program_has_their_own_list_there() -> None:
    desk, _world = at_desk(CAROL)
    assert "/console/mine" not in desk.get("/console/inbox").body.decode()
    assert desk.get("/console/mine").status_code == 200
