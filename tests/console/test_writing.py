"""Beside sending, page by page and without a script: take back, plan, note, keep, templates."""

from __future__ import annotations

import re

from chalicelib.core.messages import Status
from chalicelib.core.records import KeptDraft, Message
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.undo import SECONDS
from chalicelib.ports import World

from ..cast import CAROL, ERIN, a_patient, an_sms
from .office import Desk, at_desk, text


def _office() -> tuple[Desk, World]:
    desk, world = at_desk(CAROL)
    a_patient(world)
    receive(world, an_sms("When?", at=world.clock(), media=2), inline=False)
    return desk, world


def _mine(world: World) -> list[Message]:
    return [row for row in world.store.rows(Message) if row.author == "carol"]  # type: ignore[attr-defined]


def test_sent_taken_back_and_sent_again() -> None:
    desk, world = _office()
    sent = desk.follow(desk.submit(desk.get("/console/threads/alice"), "/reply", text="At three.", do="send"))
    assert "Leaves in a few seconds" in text(sent) and "Undo" in text(sent)
    [row] = _mine(world)
    back = desk.submit(sent, f"/undo/{row.message_id}")
    assert back.status_code == 200 and "Taken back: nobody got it" in text(back)
    assert re.search(r"<textarea id=\"text\"[^>]*>\s*At three\.</textarea>", back.body.decode())
    assert "Taken back, never sent" in text(back)
    desk.follow(desk.submit(back, "/reply", text="At four.", do="send"))
    assert sorted(each.status for each in _mine(world)) == [Status.QUEUED, Status.WITHDRAWN]


def test_too_late_is_said() -> None:
    desk, world = _office()
    sent = desk.follow(desk.submit(desk.get("/console/threads/alice"), "/reply", text="At three.", do="send"))
    [row] = _mine(world)
    world.clock.advance(seconds=SECONDS)  # type: ignore[attr-defined]
    deliver(world, "alice", row.message_id)
    assert "It has left" in text(desk.follow(desk.submit(sent, f"/undo/{row.message_id}")))
    assert "Undo" not in text(desk.get("/console/threads/alice"))


def test_planned_shown_and_cancelled() -> None:
    desk, world = _office()
    thread = desk.get("/console/threads/alice")
    for at, says in (("", "Choose a day and a time"), ("2026-03-04T03:00", "The next one begins Wed Mar 4, 9:00 AM")):
        wrong = desk.submit(thread, "/reply", text="See you.", do="later", at=at)
        assert wrong.status_code == 400 and says in text(wrong) and "See you." in wrong.body.decode()
    planned = desk.follow(desk.submit(thread, "/reply", text="See you.", do="later", at="2026-03-04T09:30"))
    assert "Planned 1 Wed Mar 4, 9:30 AM" in text(planned)
    receive(world, an_sms("I am ill", at=world.clock()), inline=False)
    assert "They wrote since this was planned" in text(desk.get("/console/threads/alice"))
    [row] = _mine(world)
    assert "Planned 1" not in text(desk.submit(planned, f"/undo/{row.message_id}"))


def test_a_note_is_plainly_a_note_and_calls_a_colleague() -> None:
    desk, _ = _office()
    noted = desk.submit(desk.get("/console/threads/alice"), "/note", note="Mother reads this. @erin call first")
    page = text(desk.follow(noted))
    assert "Note for staff, never sent" in page and "Mother reads this" in page
    bad = desk.submit(desk.get("/console/threads/alice"), "/note", note=" ")
    assert bad.status_code == 400 and "Write something first" in text(bad)


def test_a_draft_is_kept_offered_and_let_go() -> None:
    desk, world = _office()
    thread = desk.get("/console/threads/alice")
    assert desk.submit(thread, "/reply", text="At thr", do="preview").status_code == 200
    csrf, form_id = (re.search(rf'name="{name}" value="([^"]+)"', thread.body.decode())[1] for name in ("csrf", "form_id"))  # type: ignore[index]
    kept = desk.post("/console/threads/alice/draft", {"csrf": csrf, "form_id": form_id, "text": "At thr"})
    assert kept.status_code == 204
    again = desk.get("/console/threads/alice")
    assert "At thr" in again.body.decode() and "It was not sent" in text(again)
    assert "At thr" not in text(at_desk(ERIN, world)[0].get("/console/threads/alice"))
    desk, _ = at_desk(CAROL, world)
    desk.submit(desk.get("/console/threads/alice"), "/draft/drop")
    assert not world.store.rows(KeptDraft)  # type: ignore[attr-defined]


def test_a_template_fills_the_composer_and_above_the_level_asks_why() -> None:
    desk, world = _office()
    thread = desk.get("/console/threads/alice")
    choices = desk.submit(thread, "/reply", text="Hello.", do="templates")
    assert "Hi Alice, I got your text." in text(choices) and "Says more than they allow" in text(choices)
    filled = desk.submit(choices, "/reply", do="insert:call_me")
    assert "Hello. Hi Alice, this is Carol. Please call me at 303-555-0190 when you can." in text(filled)
    above = desk.submit(desk.submit(filled, "/reply", text="Hi", do="templates"), "/reply", do="insert:refill")
    assert "This says more than Alice allows" in text(above)
    refused = desk.submit(above, "/reply", text="Your refill", do="send", above_level="")
    assert refused.status_code == 409 and not _mine(world)
    assert desk.submit(refused, "/reply", text="Your refill", do="send", above_level="agreed_now").status_code == 303
    [row] = _mine(world)
    assert (row.content_level, row.above_level, row.template) == (2, "agreed_now", "call_me")


def test_the_check_of_words_is_quiet_beside_the_field_and_asks_once_without_a_script() -> None:
    desk, world = _office()
    thread = desk.get("/console/threads/alice")
    csrf, form_id = (re.search(rf'name="{name}" value="([^"]+)"', thread.body.decode())[1] for name in ("csrf", "form_id"))  # type: ignore[index]
    said = desk.post("/console/threads/alice/draft", {"csrf": csrf, "form_id": form_id, "text": "Reply CANCEL if not"})
    assert said.status_code == 200 and 'data-rules="opt_out"' in said.body.decode() and "is read as stopping all texts" in text(said)
    once = desk.submit(thread, "/reply", text="Reply CANCEL if not", do="send")
    assert once.status_code == 409 and "Not sent yet" in text(once) and "Send anyway" in text(once) and not _mine(world)
    assert desk.submit(once, "/reply", text="Reply CANCEL if not", do="send").status_code == 303
    locked = desk.submit(desk.get("/console/threads/alice"), "/reply", text="Your therapy", do="send")
    assert locked.status_code == 409 and "“therapy” is level" in text(locked)
    checked = desk.submit(desk.get("/console/threads/alice"), "/reply", text="See bit.ly/x", do="preview")
    assert "hides where it leads" in text(checked) and len(_mine(world)) == 1


def test_pictures_are_said_to_be_gone() -> None:
    desk, _ = _office()
    assert "2 pictures, not kept." in text(desk.get("/console/threads/alice"))
