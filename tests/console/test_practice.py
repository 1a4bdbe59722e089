"""The first day: asked once, done or put off, done again; and whatever is typed or pressed there reaches nobody."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from chalicelib.core.practice import STEPS
from chalicelib.core.records import AuditEntry, Due, Incident, Message, Setting, Thread
from chalicelib.core.staff import Staff
from chalicelib.errors import StoreUnavailable
from chalicelib.flows.practice import do_step, is_new, put_off, read_practice
from chalicelib.flows.queue_health import queue_health
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, ERIN, FRANK, a_patient, an_sms
from ..fakes.world import a_world
from .office import Desk, an_office, at_desk, text

SECRET = "zebra quartz marmalade"
FIELDS = {"answer": {"text": SECRET}, "note": {"text": SECRET}, "resolve": {"disposition": "visit_arranged"}, "close": {"why": "no_answer_needed"}}


def _through(desk: Desk) -> None:
    for step in STEPS:
        page = desk.get("/console/practice")
        answer = desk.submit(page, "/practice", do=step, **FIELDS.get(step, {}))
        assert answer.status_code == (200 if step in ("answer", "note") else 303), (step, text(answer)[-200:])


def test_somebody_new_comes_to_it_once() -> None:
    an_office(CAROL)
    desk = Desk()
    assert str(desk.sign_in("carol").headers["Location"]).endswith("/console/practice")
    assert str(desk.submit(desk.get("/console/practice"), "/practice", do="skip").headers["Location"]).endswith("/console/inbox")
    assert str(Desk().sign_in("carol").headers["Location"]).endswith("/console/inbox")
    assert "Practice" in text(desk.get("/console/inbox"))


@pytest.mark.parametrize("who", [FRANK, Staff("administrator", "administrator", ())])
def test_who_works_with_no_patients_is_not_asked(who: Staff) -> None:
    an_office(who)
    assert str(Desk().sign_in(who.staff_id).headers["Location"]).endswith("/console/inbox")


def test_a_store_that_fails_keeps_nobody_from_the_inbox() -> None:
    class Down:
        def get(self, *key: object) -> object:
            raise StoreUnavailable("down")

    assert not is_new(a_world(store=Down()), CAROL)


def test_all_of_it_reaches_nobody_and_is_counted_nowhere() -> None:
    desk, world = at_desk(CAROL)
    entries = len(_rows(world, AuditEntry))
    _through(desk)
    assert "That is the work" in text(desk.get("/console/practice"))
    for kind in (Message, Thread, Incident, Due):
        assert not _rows(world, kind), kind
    assert len(_rows(world, AuditEntry)) == entries  # it is nobody's record that was looked at
    assert not world.pager.pages and not world.later.woken  # type: ignore[attr-defined]
    assert not any(carrier.sent for carrier in world.carriers.values())  # type: ignore[attr-defined]
    health = queue_health(world, Staff("supervisor", "supervisor", ("adult",)))
    assert health.total.waiting == health.total.urgent == 0
    assert SECRET not in repr([vars(world.store), vars(world.journal)])
    [kept] = _rows(world, Setting)
    assert isinstance(kept, Setting) and kept.value == {"done": str(len(STEPS))}


def test_practice_cannot_reach_what_sends_pages_or_keeps() -> None:
    """By what it may import: no flow that writes a text, a thread or a page."""
    allowed = {"core", "errors", "ports", "flows.practice", "flows.own_thread", "texts", "desk", ""}
    for path in ("chalicelib/core/practice.py", "chalicelib/flows/practice.py", "chalicelib/console/routes_practice.py"):
        for node in ast.walk(ast.parse(Path(path).read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                module = node.module or ""
                names = [f"{module}.{each.name}" for each in node.names] if module == "flows" else [module]
                assert all(name in allowed or name.startswith("core.") for name in names), (path, names)


def test_what_is_typed_is_shown_once_and_can_be_taken_back() -> None:
    desk, _ = at_desk(CAROL)
    desk.submit(desk.get("/console/practice"), "/practice", do="take")
    sent = desk.submit(desk.get("/console/practice"), "/practice", do="answer", text=SECRET)
    assert SECRET in text(sent) and "Leaves in a few seconds" in text(sent)
    back = desk.post("/console/practice", {"csrf": _csrf(sent), "do": "take_back", "text": SECRET})
    assert SECRET in back.body.decode() and "Take it back" not in text(back)
    assert SECRET not in desk.get("/console/practice").body.decode()


@pytest.mark.parametrize(("before", "step", "says"), [
    (1, "answer", "Write something first"), (4, "resolve", "Choose how it ended"), (5, "note", "Write something first"),
    (6, "close", "Say why it needs no answer"),
])  # fmt: skip
def test_an_empty_form_says_what_is_missing(before: int, step: str, says: str) -> None:
    desk, world = at_desk(CAROL)
    for each in STEPS[:before]:
        do_step(world, CAROL, each)
    answer = desk.submit(desk.get("/console/practice"), "/practice", do=step)
    assert answer.status_code == 400 and says in text(answer) and 'aria-invalid="true"' in answer.body.decode()
    assert read_practice(world, CAROL).done == before


def test_it_can_be_done_again() -> None:
    desk, world = at_desk(CAROL)
    _through(desk)
    desk.submit(desk.get("/console/practice"), "/practice", do="again")
    assert read_practice(world, CAROL).step == STEPS[0] and not is_new(world, CAROL)


def test_everybody_is_at_their_own_step() -> None:
    world = a_world()
    do_step(world, CAROL, "take")
    put_off(world, ERIN)
    assert (read_practice(world, CAROL).done, read_practice(world, ERIN).done) == (1, 0)


def test_something_real_that_is_urgent_is_said_above_it() -> None:
    desk, world = at_desk(CAROL)
    assert "Something real is urgent" not in text(desk.get("/console/practice"))
    a_patient(world)
    receive(world, an_sms("I took pills", at=world.clock()), inline=False)
    assert "Something real is urgent" in text(desk.get("/console/practice"))


def _csrf(page: object) -> str:
    return page.body.decode().partition('name="csrf" value="')[2].partition('"')[0]  # type: ignore[attr-defined]


def _rows(world: World, kind: type) -> list[object]:
    return list(world.store.rows(kind))  # type: ignore[attr-defined]
