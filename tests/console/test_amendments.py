"""A correction is asked for, decided and disagreed with, beside the thread: no message is ever changed (45 CFR 164.526)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chalicelib.core.amendments import Amendment
from chalicelib.core.records import Message
from chalicelib.core.staff import Staff
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, FRANK, RITA, a_patient, an_sms
from ..flows.office import store, traces
from .office import Desk, at_desk, text
from .test_records import FULL, files

PATH = "/console/patients/alice/records"


def a_thread(who: Staff = RITA) -> tuple[Desk, World]:
    desk, world = at_desk(who)
    a_patient(world)
    receive(world, an_sms("I drink two a day", at=world.clock()), inline=False)
    return desk, world


def asked(desk: Desk, world: World, words: str = "It was two a week.") -> Any:
    row = next(each for each in store(world).rows(Message) if each.direction == "in")
    page = desk.get(f"{PATH}?about={row.message_id}")
    return desk.follow(desk.submit(page, "/amendments", text=words))


def originals(world: World) -> list[Message]:
    return [row for row in store(world).rows(Message) if row.direction != "note"]


def test_from_the_request_to_the_statement_of_disagreement() -> None:
    desk, world = a_thread()
    before = originals(world)
    page = asked(desk, world)
    assert "of the text of 2026-" in text(page) and "It was two a week." in text(page) and "Decide by" in text(page)
    page = desk.follow(desk.submit(page, "/accept", text="The text says two a day."))
    assert "Accepted" in text(page)
    page = asked(desk, world, "And the other one too.")
    form = next(each for each in re.findall(r'action="([^"]+/accept)"', page.body.decode()))
    body = {"text": "They wrote it themselves.", "csrf": _csrf(page)}
    assert "four reasons" in text(desk.follow(desk.post(form.replace("/accept", "/deny"), {**body, "form_id": world.ids(world.clock())})))
    page = desk.follow(desk.post(form.replace("/accept", "/deny"), {**body, "reason": "accurate", "form_id": world.ids(world.clock())}))
    assert "Correction denied: it is accurate and complete. They wrote it themselves." in text(page)
    page = desk.follow(desk.submit(page, "/disagree", text="I never meant day."))
    assert "The patient disagrees with the denial: I never meant day." in text(page)
    assert originals(world) == before
    assert "I never meant day." in text(desk.get("/console/threads/alice"))
    done = [(action, result) for who, action, result in traces(world, "alice") if action.startswith("amendment")]
    assert sorted(done) == [
        ("amendment_asked", "asked"), ("amendment_asked", "asked"), ("amendment_decided", "accepted"), ("amendment_decided", "denied"),
        ("amendment_disagreed", "disagreed"),
    ]  # fmt: skip
    made = desk.follow(desk.submit(desk.get(PATH), "/records", **FULL))
    record = json.loads(files(desk, made, "json")[0].body)["record"]["amendments"]
    assert {each["state"]: each.get("disagrees", "")[-18:] for each in record} == {"denied": "I never meant day.", "accepted": ""}
    assert "I never meant day." in text(files(desk, made, "html")[0])


def _csrf(page: Any) -> str:
    return str(re.search(r'name="csrf" value="([^"]*)"', page.body.decode())[1])  # type: ignore[index]


def test_sixty_days_and_thirty_more_once() -> None:
    desk, world = a_thread()
    page = asked(desk, world)
    [row] = store(world).rows(Amendment)
    assert (row.act_by - row.at).days == 60
    desk.submit(page, "/longer")
    assert "so already" in text(desk.follow(desk.submit(page, "/longer")))
    [row] = store(world).rows(Amendment)
    assert (row.act_by - row.at).days == 90
    world.clock.advance(days=91)  # type: ignore[attr-defined]
    desk.sign_in("rita")
    assert "Late" in text(desk.get(PATH))


def test_the_same_form_twice_is_one_request_and_no_words_are_none() -> None:
    desk, world = a_thread()
    page = desk.get(PATH)
    for _ in range(2):
        desk.submit(page, "/amendments", text="Once.")
    assert "Nothing was changed" in text(desk.follow(desk.submit(desk.get(PATH), "/amendments", text=" ")))
    assert len(store(world).rows(Amendment)) == 1 and len([row for row in store(world).rows(Message) if row.direction == "note"]) == 1


@pytest.mark.parametrize("who", [CAROL, FRANK, Staff("r", "records", ("harbor",))])
def test_nobody_else_writes_or_decides_one(who: Staff) -> None:
    desk, world = a_thread(who)
    csrf = _csrf(desk.get("/console/away"))
    for path in ("", "/am1/accept", "/am1/deny", "/am1/disagree", "/am1/longer"):
        answer = desk.post(f"/console/patients/alice/amendments{path}", {"csrf": csrf, "text": "x", "form_id": world.ids(world.clock())})
        assert answer.status_code == 404, path
    assert store(world).rows(Amendment) == []


def test_no_word_lies_in_the_row() -> None:
    desk, world = a_thread()
    asked(desk, world)
    assert "two a week" not in repr(store(world).rows(Amendment))
