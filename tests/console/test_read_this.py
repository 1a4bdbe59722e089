"""Beside an item that is one's own: say "I read it" with one tap, once, and never over words one has not seen."""

from __future__ import annotations

from chalicelib.core.messages import Kind
from chalicelib.core.records import Incident, Message
from chalicelib.flows.handle_incident import acknowledge
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, ERIN, a_patient, an_sms
from .office import Desk, at_desk, text

PATH = "/read-this"


def _taken(**patient: object) -> tuple[Desk, World]:
    desk, world = at_desk(CAROL)
    a_patient(world, **patient)
    receive(world, an_sms("I took all my pills", at=world.clock()), inline=True)
    return desk, world


def _mine(world: World) -> list[Message]:
    return [row for row in world.store.rows(Message) if row.author == "carol"]  # type: ignore[attr-defined]


def test_it_is_offered_with_the_item_and_leaves_signed() -> None:
    desk, world = _taken()
    before = desk.get("/console/threads/alice")
    assert PATH not in before.body.decode()
    page = desk.follow(desk.submit(before, "/acknowledge"))
    assert "Tell them that you read it" in text(page) and "“This is Carol. I read what you wrote, and I am going to call you now.”" in text(page)
    done = desk.follow(desk.submit(page, PATH, choice="read_will_call"))
    [row] = _mine(world)
    assert row.kind == Kind.REPLY and row.not_before is None and "Undo" not in text(done)
    assert "Told the patient that a person read it" in text(done)


def test_its_words_are_marked_as_the_language_they_are_in() -> None:
    desk, _ = _taken(language="es")
    page = desk.follow(desk.submit(desk.get("/console/threads/alice"), "/acknowledge"))
    assert 'lang="es">“Soy Carol. He visto su mensaje' in page.body.decode()


def test_the_same_page_sent_twice_is_one_text() -> None:
    desk, world = _taken()
    page = desk.follow(desk.submit(desk.get("/console/threads/alice"), "/acknowledge"))
    for _ in range(2):
        desk.follow(desk.submit(page, PATH, choice="read_can_text"))
    assert len(_mine(world)) == 1


def test_a_newer_text_is_shown_first_and_the_words_wait_below() -> None:
    desk, world = _taken()
    page = desk.follow(desk.submit(desk.get("/console/threads/alice"), "/acknowledge"))
    world.clock.advance(seconds=3)  # type: ignore[attr-defined]
    receive(world, an_sms("please hurry", at=world.clock()), inline=True)
    refused = desk.submit(page, PATH, choice="read_can_text")
    assert refused.status_code == 409 and "I am here, and we can text." in text(refused) and _mine(world) == []


def test_a_page_from_before_they_asked_for_texts_announces_no_call() -> None:
    desk, world = _taken()
    page = desk.follow(desk.submit(desk.get("/console/threads/alice"), "/acknowledge"))
    receive(world, an_sms("TEXT", at=world.clock()), inline=True)
    done = desk.follow(desk.submit(page, PATH, choice="read_will_call"))
    assert "That text does not fit any more" in text(done) and "asked for texts, not a call" in text(done)
    assert "read_will_call" not in done.body.decode() and _mine(world) == []


def test_an_item_somebody_else_took_meanwhile_is_theirs() -> None:
    desk, world = _taken()
    page = desk.follow(desk.submit(desk.get("/console/threads/alice"), "/acknowledge"))
    [incident] = world.store.rows(Incident)  # type: ignore[attr-defined]
    acknowledge(world, ERIN, incident.incident_id)
    assert desk.submit(page, PATH, choice="read_can_text").status_code == 409
    assert _mine(world) == [] and PATH not in desk.get("/console/threads/alice").body.decode()


def test_it_is_offered_on_the_items_own_page_too_with_the_text_they_cannot_talk() -> None:
    desk, world = _taken()
    receive(world, an_sms("TEXT", at=world.clock()), inline=True)
    desk.follow(desk.submit(desk.get("/console/threads/alice"), "/acknowledge"))
    [incident] = world.store.rows(Incident)  # type: ignore[attr-defined]
    page = desk.get(f"/console/incidents/{incident.incident_id}")
    assert "I read it, and we can text" in text(page) and "and will call now" not in text(page) and "TEXT" in text(page)
    desk.follow(desk.submit(page, PATH, choice="read_can_text"))
    assert len(_mine(world)) == 1
