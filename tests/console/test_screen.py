"""How right the screen is: who may see it, what it counts, and that nobody's words are on it."""

from __future__ import annotations

import csv
import io

import pytest

from chalicelib.core.incidents import log_of, month_of
from chalicelib.core.records import Incident, Looked, Put, Update
from chalicelib.core.staff import Staff
from chalicelib.flows.mark_page import mark_page
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, ERIN, FRANK, a_patient, an_sms
from .office import at_desk, text

GRACE = Staff("grace", "clinical_lead", ("adult",))
CRISIS = "I took all my pills"
WANTS, TOOK, WORD = "en.suicide.want-to-die", "en.overdose.took-all", "en.suicide.word"


def paged(world: World, mark: str, *rules: str, program: str = "adult", days: int = 0) -> Incident:
    """An item that the screen opened some days ago, and what was said of it."""
    at = world.clock()
    at = at.replace(day=1) if days == 0 else at.replace(day=1, month=at.month - 1)
    item = Incident(
        world.ids(at), "K", "alice", "c", program, "resolved", 1, ("suicide",), at, mark=mark, rules=rules,
        logged_in=log_of(program, month_of(at)),
    )
    world.store.commit(Put(item))
    return item


def test_marks_by_month_by_look_and_by_rule_stand_on_one_page_without_a_word_of_anybody() -> None:
    desk, world = at_desk(GRACE)
    a_patient(world)
    receive(world, an_sms(CRISIS, at=world.clock()), inline=True)
    mark_page(world, ERIN, world.store.open_incidents("adult")[0].incident_id, "true")
    for mark in ("false", "false", "true"):
        paged(world, mark, WANTS, WORD)
    paged(world, "unsure", "en.second_look")
    paged(world, "true", TOOK, days=30)
    page = desk.get("/console/screen")
    says = text(page)
    assert page.status_code == 200
    assert f"{WANTS} : propose a change A wish to be dead 3 1 2 0 0 33% 6% to 79%" in says
    assert "Feb 2026 1 1 0 0 0 100%" in says and "Mar 2026 5 2 2 1 0 50%" in says
    assert "Second look (model) 1 0 0 1 0 – –" in says
    assert WORD not in says.partition("First look and second look")[0], "a rule that pages nobody alone is not wrong about pages"
    assert "Alice" not in says and CRISIS not in says and "555-0101" not in page.body.decode()


def test_what_a_person_says_was_missed_lowers_what_was_found() -> None:
    lead = Staff("grace", "clinical_lead", ("adult",))
    desk, world = at_desk(lead)
    a_patient(world)
    paged(world, "true", WANTS)
    receive(world, an_sms("they would all be fine without me", at=world.clock()), inline=True)
    thread = desk.get("/console/threads/alice")
    assert "This calls who is on call now" in text(thread)
    message = world.store.newest("alice", 1)[0]
    item = desk.follow(desk.submit(thread, f"/missed/{message.message_id}"))
    assert "Who is on call was paged" in text(item) and "Raised by hand" in text(item)
    assert [to for to, _ in world.pager.pages] == ["erin"]  # type: ignore[attr-defined]
    says = text(desk.get("/console/screen"))
    assert "Mar 2026 1 1 0 0 0 100% 21% to 100% 1 50%" in says and "fine without me" not in says
    assert "Marked: should have paged" in text(desk.get("/console/threads/alice"))


def test_an_old_text_says_that_it_calls_nobody() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    receive(world, an_sms("they would all be fine without me", at=world.clock()), inline=True)
    at = world.store.newest("alice", 1)[0]
    desk.submit(desk.get("/console/threads/alice"), "/close", why="answered_by_phone")
    world.clock.advance(days=2)  # type: ignore[attr-defined]
    desk.sign_in("carol")
    thread = desk.get("/console/threads/alice")
    assert "It calls nobody" in text(thread)
    assert "counts as missed" in text(desk.follow(desk.submit(thread, f"/missed/{at.message_id}")))
    assert world.pager.pages == []  # type: ignore[attr-defined]


def test_how_many_texts_of_a_thousand_page() -> None:
    desk, world = at_desk(GRACE)
    paged(world, "true", WANTS)
    for part, texts in ((0, 150), (3, 99)):
        world.store.commit(Update(Looked, ("adult", "2026-03", part), add={"texts": texts}, create=True))
    world.store.commit(Update(Looked, ("harbor", "2026-03", 0), add={"texts": 999}, create=True))
    assert "100% 21% to 100% 4.0" in text(desk.get("/console/screen"))
    rows = list(csv.DictReader(io.StringIO(desk.get("/console/screen/file").body.decode())))
    assert [row["looked"] for row in rows if (row["month"], row["group"]) == ("2026-03", "all")] == ["249"]


def test_the_file_holds_rule_ids_and_numbers() -> None:
    desk, world = at_desk(GRACE)
    paged(world, "false", WANTS)
    answer = desk.get("/console/screen/file?month=2026-03")
    assert answer.headers["Content-Type"].startswith("text/csv") and 'filename="screen-2026-03.csv"' in answer.headers["Content-Disposition"]
    rows = {(row["month"], row["group"], row["name"]): row for row in csv.DictReader(io.StringIO(answer.body.decode()))}
    assert rows["2026-03", "rule", WANTS]["right"] == "0.0000" and rows["2026-03", "all", ""]["false"] == "1"
    assert rows["2025-12", "all", ""]["right"] == ""


def test_an_item_that_a_person_opened_is_no_page_of_the_screens() -> None:
    desk, world = at_desk(GRACE)
    item = paged(world, "true", WANTS)
    world.store.commit(Update(Incident, (item.incident_id,), set={"rules": ("by_hand",)}))
    assert "Nothing paged anybody from Dec 2025 to Mar 2026" in text(desk.get("/console/screen"))


def test_a_lead_sees_their_own_programs_only() -> None:
    desk, world = at_desk(Staff("lee", "clinical_lead", ("harbor",)))
    paged(world, "true", WANTS)
    assert WANTS not in text(desk.get("/console/screen"))
    paged(world, "true", TOOK, program="harbor")
    assert TOOK in text(desk.get("/console/screen"))


@pytest.mark.parametrize("who", [CAROL, FRANK, Staff("ada", "administrator", ("adult",)), Staff("joe", "front_desk", ("adult",))])
def test_it_is_not_there_for_others(who: Staff) -> None:
    desk, _ = at_desk(who)
    assert desk.get("/console/screen").status_code == desk.get("/console/screen/file").status_code == 404
    assert "/console/screen" not in desk.get("/console/rota").body.decode()


@pytest.mark.parametrize(("asked", "shown"), [("2026-3'", "Mar 2026"), ("2025-12", "Dec 2025"), ("", "Mar 2026")])
def test_a_month_that_is_none_is_this_one(asked: str, shown: str) -> None:
    desk, _ = at_desk(GRACE)
    assert f"{shown} " in text(desk.get(f"/console/screen?month={asked}")).partition("Figures as CSV")[0]
