"""Breaking the glass and reviewing it in Chromium: at every width, in light and dark, for everybody (axe)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chalicelib.flows import tick
from chalicelib.flows.break_glass import Asked, break_glass

from ..cast import ALICE_NUMBER, DAN, FRANK
from ..console.office import an_office
from ..flows.office import clock
from ..flows.test_lend_keys import the_stream
from .axe import complaints
from .conftest import Office
from .story import EVERYBODY
from .whole import widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def _fits(page: Page, axe: str) -> None:
    needs, room = widths(page)
    assert needs <= room and not complaints(page, axe), page.url


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_the_broken_glass_to_its_review(visit: Visit, office: Office, axe: str, scheme: str, width: int) -> None:
    an_office(EVERYBODY, DAN, FRANK, world=office.world, address=f"{office.address}/console", practised=True)
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    page = visit("dan", **look)
    page.goto(office.url("/threads/alice"))
    page.get_by_role("link", name="Break the glass").last.click()
    _fits(page, axe)
    page.get_by_role("button", name="Open it, and tell").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what it is for.")
    _fits(page, axe)
    page.get_by_label("Whose record").fill("(303) 555-0101")
    page.get_by_label("Their care cannot wait").check()
    page.get_by_label("What happened").fill("She stands at our desk.")
    page.get_by_label("Neither the patient nor somebody").check()
    page.get_by_role("button", name="Open it, and tell").click()
    expect(page.get_by_text("Your key is being made")).to_be_visible()
    _fits(page, axe)
    the_stream(office.world)
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("The record is open to you")).to_be_visible()
    _fits(page, axe)
    page.get_by_role("link", name="Open the thread").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Alice")
    clock(office.world).advance(minutes=61)
    tick.tick(office.world)
    page = visit("frank", **look)
    page.goto(office.url("/trail"))
    page.get_by_role("link", name="Lent keys").first.click() if width > 1000 else page.goto(office.url("/keys"))
    _fits(page, axe)
    page.get_by_role("link", name="Review at what was lent to Dan").first.click()
    _fits(page, axe)
    page.get_by_label("Not right").check()
    page.get_by_role("button", name="Write the review").click()
    expect(page.get_by_text("Reviewed. It stands under")).to_be_visible()
    _fits(page, axe)


def test_two_lines_stand_side_by_side(visit: Visit, office: Office, axe: str) -> None:
    an_office(EVERYBODY, DAN, FRANK, world=office.world, address=f"{office.address}/console", practised=True)
    break_glass(office.world, DAN, Asked("", ALICE_NUMBER, "medical", "x", cannot_ask=True))
    page = visit("frank", viewport={"width": 390, "height": 800})
    page.goto(office.url("/keys"))
    expect(page.get_by_text("open now", exact=True)).to_be_visible()
    _fits(page, axe)
