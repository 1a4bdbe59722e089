"""The editor of sequences, page by page and without a script: change, add, take away, try, save, meet a colleague, go back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from chalice.test import HTTPResponse

from chalicelib.core.records import Setting
from chalicelib.core.staff import Staff
from chalicelib.ports import World

from ..appointments import FRIDAY, again, booked
from ..cast import CAROL, a_patient
from .office import Desk, at_desk, text

LEAD = Staff("lena", "clinical_lead", ("adult",))
PAGE = "/console/sequences/adult/full"
STEP = {"before": "2", "before_unit": "d", "until": "2", "until_unit": "h", "template": "visit_confirm", "rank": "1", "catch_up": "on"}


def _fields(*steps: dict[str, str]) -> dict[str, str]:
    return {"rows": str(len(steps))} | {f"{name}_{at}": said for at, step in enumerate(steps) for name, said in {**STEP, **step}.items()}


def _hidden(page: HTTPResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.body.decode())
    assert found, name
    return found[1]


def _send(desk: Desk, page: HTTPResponse, do: str, *steps: dict[str, str], **more: str) -> HTTPResponse:
    return desk.post(PAGE, {"csrf": _hidden(page, "csrf"), "seen": _hidden(page, "seen"), "do": do, **_fields(*steps), **more})


def _office() -> tuple[Desk, World]:
    desk, world = at_desk(LEAD)
    a_patient(world)
    booked(world, FRIDAY + timedelta(days=14))
    return desk, world


def test_the_list_leads_to_the_form_and_a_change_is_reviewed_saved_and_told() -> None:
    desk, world = _office()
    assert "Intakes and visits a month apart" in text(desk.get("/console/sequences")) and "As released" in text(desk.get("/console/sequences"))
    page = desk.get(PAGE)
    assert "1 visit of this kind in the next four weeks" in text(page) and "Alice, Fri Mar 20, 3:00 PM" in text(page)
    review = _send(desk, page, "review", {})
    assert "What is planned already:" in text(review) and "2 days before, until 2 hours before" in text(review)
    saved = desk.follow(_send(desk, review, "save", {}, why="earlier helps"))
    assert "Saved. What is planned already is being planned anew" in text(saved) and "This program's own" in text(saved)
    assert "Lena changed it: earlier helps" in text(desk.get(PAGE))
    assert [row.version for row in world.store.rows(Setting) if row.kind == "sequence"] == [1]  # type: ignore[attr-defined]


def test_rows_are_added_and_taken_away_and_nothing_typed_is_lost() -> None:
    desk, _ = _office()
    more = _send(desk, desk.get(PAGE), "add", {}, {"before": "5", "template": "visit_ahead", "rank": "2"})
    assert _hidden(more, "rows") == "3" and 'name="before_1" value="5"' in more.body.decode()
    less = _send(desk, more, "remove:0", {}, {"before": "5"})
    assert _hidden(less, "rows") == "1" and 'name="before_0" value="5"' in less.body.decode()


@pytest.mark.parametrize(
    ("steps", "says"),
    [([], "A sequence without a text"), ([{"rank": "2"}], "One text must have importance 1"), ([{"until": "3", "until_unit": "d"}], "the second time lies before the first"),
     ([{"before": "soon"}], "Say when as 14d, 2h or 15m"), ([{}, {}], "Two texts leave at this time"), ([{"before": "90"}], "Nothing leaves earlier than 60 days"),
     ([{"template": "stop"}], "Choose a template that was approved"), ([{"before": str(n)} for n in range(1, 10)], "At most 8 texts")],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_saved(steps: list[dict[str, str]], says: str) -> None:
    desk, world = _office()
    wrong = _send(desk, desk.get(PAGE), "save", *steps)
    assert wrong.status_code == 400 and says in text(wrong)
    assert not [row for row in world.store.rows(Setting) if row.kind == "sequence"]  # type: ignore[attr-defined]


def test_the_preview_shows_a_patients_texts_and_why_one_is_left_out() -> None:
    desk, world = _office()
    [visit] = world.store.appointments_of("alice")
    tried = _send(desk, desk.get(PAGE), "preview", {}, {"before": "5", "before_unit": "h", "until": "1", "template": "visit_mood", "rank": "3"}, whose=visit.ref)
    page = text(tried)
    assert "You have an appointment Fri Mar 20 at 3:00 PM" in page and "It says more than they allow" in page
    assert "A question is left out while the visit is not confirmed" in page
    assert again(world, visit) == visit


def test_a_colleague_who_was_quicker_is_named_and_ones_own_form_is_kept() -> None:
    desk, world = _office()
    page = desk.get(PAGE)
    other, _ = at_desk(Staff("sue", "supervisor", ("adult",)), world)
    _send(other, other.get(PAGE), "save", {"before": "4"}, why="staff meeting")
    desk, _ = at_desk(LEAD, world)
    late = _send(desk, desk.get(PAGE), "save", {"before": "3"}, seen=_hidden(page, "seen"))
    assert late.status_code == 409 and "Sue changed this" in text(late) and "staff meeting" in text(late)
    assert 'name="before_0" value="3"' in late.body.decode()
    assert desk.follow(_send(desk, late, "save", {"before": "3"})).status_code == 200
    assert "Back to the released texts" in text(desk.get(PAGE))
    back = desk.follow(desk.post(PAGE, {"csrf": _hidden(late, "csrf"), "seen": _hidden(desk.get(PAGE), "seen"), "do": "release"}))
    assert "Back to the released texts." in text(back) and "This program's own" not in text(back)


@pytest.mark.parametrize("who", [CAROL, Staff("ada", "administrator", ("adult",)), Staff("h", "clinical_lead", ("harbor",))])
def test_who_may_not_finds_nothing(who: Staff) -> None:
    desk, _ = at_desk(who)
    assert desk.get(PAGE).status_code == 404 and desk.get("/console/sequences?program=adult").status_code == 404
    assert desk.get("/console/sequences/adult/none").status_code == 404
