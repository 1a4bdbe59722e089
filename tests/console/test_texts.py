"""The page of every sentence, as an administrator meets it."""

from __future__ import annotations

import pytest

from chalicelib import texts
from chalicelib.core.records import Setting
from chalicelib.core.staff import Staff
from chalicelib.ports import World
from chalicelib.texts.staff import snippets

from ..cast import CAROL, FRANK
from ..flows.office import an_open_office, store
from .office import Desk, at_desk, text

ADMIN = Staff("administrator", "administrator", ())
TEXTS = "/console/settings/texts"
OWN = f"{TEXTS}/{snippets()[0].snippet_id}.{snippets()[0].language}"
NEW = {"language": "en", "title": "Parking today", "body": "Hi {name}, parking is free. {clinician}", "level": "0", "owner": ""}


def an_admin() -> tuple[Desk, World]:
    return at_desk(ADMIN, an_open_office())


@pytest.mark.parametrize("who", [CAROL, FRANK])
def test_for_everybody_else_the_pages_do_not_exist(who: Staff) -> None:
    desk, world = at_desk(who, an_open_office())
    csrf = desk.get("/console/find").body.decode().partition('name="csrf" value="')[2].partition('"')[0]
    for path in (TEXTS, f"{TEXTS}/new", OWN):
        assert desk.get(path).status_code == 404, path
    for path in (f"{TEXTS}/new", OWN, f"{OWN}/undo"):
        fields = {**NEW, "csrf": csrf, "do": "save", "undone": "1", "version": "0"}
        assert desk.post(path, fields).status_code == 404, path
    assert store(world).rows(Setting) == []


def test_every_sentence_is_listed_with_who_reviewed_it_and_why_it_cannot_be_changed() -> None:
    page = an_admin()[0].get(TEXTS)
    said = text(page)
    for template in texts.templates().values():
        assert " ".join(template.body.split()) in said, template.template_id
    for each in snippets():
        assert each.title in said
    assert "These cannot be changed here" in said and "not yet reviewed by a clinician" in said
    assert "2026-11-23" in said


def test_a_new_text_is_reviewed_and_then_there() -> None:
    desk, world = an_admin()
    review = desk.submit(desk.get(f"{TEXTS}/new"), "/new", **NEW)
    assert "Hi Sam, parking is free. Jo" in text(review)
    assert store(world).rows(Setting) == []
    page = desk.follow(desk.submit(review, "/parking_today.en", do="save"))
    assert "Changed." in text(page)
    assert "added by" in text(desk.get(TEXTS))


def test_change_further_keeps_what_was_typed() -> None:
    desk, _ = an_admin()
    review = desk.submit(desk.get(f"{TEXTS}/new"), "/new", **NEW)
    back = desk.submit(review, "/parking_today.en", do="edit")
    assert back.status_code == 200 and "parking is free" in back.body.decode() and "Add a text" in text(back)


def test_a_title_that_is_taken_is_said() -> None:
    desk, _ = an_admin()
    desk.submit(desk.submit(desk.get(f"{TEXTS}/new"), "/new", **NEW), "/parking_today.en", do="save")
    again = desk.submit(desk.get(f"{TEXTS}/new"), "/new", **NEW)
    assert again.status_code == 400 and 'id="title-wrong"' in again.body.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"body": "Dear {patient}"}, "body"), ({"title": ""}, "title"), ({"body": "From {clinic}"}, "level"), ({"level": ""}, "level")],
)
def test_what_is_wrong_stands_beside_the_field(changed: dict[str, str], field: str) -> None:
    desk, world = an_admin()
    page = desk.submit(desk.get(OWN), OWN.rpartition("/")[2], **{**NEW, **changed}, do="review")
    assert page.status_code == 400 and f'id="{field}-wrong"' in page.body.decode()
    page = desk.submit(desk.get(OWN), OWN.rpartition("/")[2], **{**NEW, **changed}, do="save")
    assert page.status_code == 400 and store(world).rows(Setting) == []


def test_switched_off_and_taken_back() -> None:
    desk, world = an_admin()
    own, name = snippets()[0], OWN.rpartition("/")[2]
    form = {"title": own.title, "body": own.body, "level": str(own.level), "owner": "", "off": "yes"}
    review = desk.submit(desk.get(OWN), name, **form, do="review")
    assert "In use in use switched off" in text(review)
    desk.submit(review, name, do="save")
    assert "Switched off" in text(desk.get(TEXTS))
    review = desk.submit(desk.get(OWN), "/undo")
    assert "Take this back?" in text(review)
    assert "Taken back." in text(desk.follow(desk.submit(review, "/undo", do="save")))
    assert store(world).rows(Setting)[0].value["off"] == ""


def test_dear_characters_are_pointed_out() -> None:
    desk, _ = an_admin()
    page = desk.submit(desk.get(OWN), OWN.rpartition("/")[2], **{**NEW, "body": "Hi {name} \u2764"}, do="review")
    assert "twice as dear" in text(page)
