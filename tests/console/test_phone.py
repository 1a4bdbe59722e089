"""My phone, as one clicks through it without a script; and who sees whose phone was not tested."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.core.staff import Staff
from chalicelib.flows.staff_phones import my_phone
from chalicelib.ports import World

from ..cast import CAROL, ERIN
from ..flows.phones import CAROL_PHONE, ERIN_PHONE, a_work_phone, code_in, stream
from .office import Desk, at_desk, text

LEAD = Staff("supervisor", "supervisor", ("adult",))


def gives(desk: Desk, world: World, number: str = "(303) 555-0121") -> Any:
    page = desk.follow(desk.submit(desk.get("/console/phone"), "/phone", do="give", number=number))
    stream(world)
    return page


def test_one_gives_a_number_enters_the_code_and_it_counts() -> None:
    desk, world = at_desk(ERIN)
    assert "Give your number" in text(desk.get("/console/phone"))
    page = gives(desk, world)
    assert "A code is on its way" in text(page) and "Not verified yet" in text(page) and ERIN_PHONE in text(page)
    done = desk.follow(desk.submit(page, "/phone", do="verify", code=code_in(world)))
    assert "This phone is yours" in text(done) and "K7Q2" in text(done)
    method = my_phone(world, ERIN).method("text")
    assert method is not None and method.works


def test_a_wrong_code_is_said_beside_its_field() -> None:
    desk, world = at_desk(ERIN)
    page = gives(desk, world)
    right = code_in(world)
    again = desk.follow(desk.submit(page, "/phone", do="verify", code="000000" if right != "000000" else "111111"))
    said = again.body.decode()
    assert "That is not the code" in text(again) and 'aria-describedby="code-wrong"' in said and "<title>Error:" in said


@pytest.mark.parametrize("number", ["", "911", "not a number", "+44 20 7946 0958", "5" * 40])
def test_what_is_no_number_is_said_beside_its_field(number: str) -> None:
    desk, world = at_desk(ERIN)
    page = gives(desk, world, number)
    assert "not a number we can text" in text(page) and 'aria-describedby="number-wrong"' in page.body.decode()
    assert my_phone(world, ERIN).methods == ()


def test_a_colleagues_number_is_refused() -> None:
    desk, world = at_desk(ERIN)
    a_work_phone(world, CAROL, CAROL_PHONE)
    assert "already a colleague" in text(gives(desk, world, CAROL_PHONE))


def test_it_can_be_taken_away_and_another_code_asked_for() -> None:
    desk, world = at_desk(ERIN)
    page = gives(desk, world)
    world.clock.advance(seconds=5)  # type: ignore[attr-defined]
    page = desk.follow(desk.submit(page, "/phone", do="again"))
    assert "A code is on its way" in text(page)
    gone = desk.follow(desk.submit(page, "/phone", do="away"))
    assert "taken away" in text(gone) and my_phone(world, ERIN).methods == ()


def test_the_number_and_the_code_are_in_no_address() -> None:
    desk, _world = at_desk(ERIN)
    answer = desk.submit(desk.get("/console/phone"), "/phone", do="give", number=ERIN_PHONE)
    assert str(answer.headers["Location"]).endswith("/phone?done=sent")


def test_who_plans_the_rota_sees_whose_phone_was_not_tested_and_no_number() -> None:
    desk, world = at_desk(LEAD)
    a_work_phone(world, ERIN, ERIN_PHONE)
    page = text(desk.get("/console/phones"))
    assert "2 of the rota have no phone" in page and re.search(r"Erin Works", page) and re.search(r"Dan None given", page)
    world.clock.advance(days=7, minutes=1)  # type: ignore[attr-defined]
    desk.sign_in("supervisor")
    page = text(desk.get("/console/phones"))
    assert "3 of the rota" in page and "No test passed in seven days" in page
    assert not [part for part in (ERIN_PHONE, ERIN_PHONE[-4:]) if part in page]


def test_the_page_does_not_exist_for_others() -> None:
    desk, _ = at_desk(CAROL)
    assert desk.get("/console/phones").status_code == 404
    assert "/console/phones" not in desk.get("/console/inbox").body.decode()
    assert "/console/phone" in desk.get("/console/inbox").body.decode()
