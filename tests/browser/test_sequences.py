"""The editor of sequences, the page of words and the check beside the composer in Chromium: axe, widths, keys, with a script and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.records import Setting
from chalicelib.core.staff import Staff

from ..appointments import booked
from ..console.office import an_office
from .axe import complaints
from .conftest import Office
from .story import EVERYBODY
from .whole import widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
DENVER = ZoneInfo("America/Denver")
LEAD = Staff("lena", "clinical_lead", EVERYBODY.programs)
EDIT = "/sequences/adult/full"
PAGES = ["/sequences?program=adult", EDIT, "/words"]


@pytest.fixture
def led(office: Office, door: str) -> Office:
    """Lena may change sequences; Alice has a visit in two weeks."""
    world = office.world
    an_office(EVERYBODY, LEAD, world=world, address=f"{door}/console", practised=True)
    start = (world.clock() + timedelta(days=14)).astimezone(DENVER).replace(hour=15, minute=0)
    booked(world, start, "ahead", "alice")
    return office


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Visit, led: Office, axe: str, scheme: str) -> None:
    page = visit("lena", color_scheme=scheme)
    for path in PAGES:
        page.goto(led.url(path))
        assert not complaints(page, axe), path
    page.goto(led.url(EDIT))
    for do in ("Show what they would get", "Look at the change"):
        page.get_by_role("button", name=do).click()
        assert not complaints(page, axe), do


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_wider_than_the_screen(visit: Visit, led: Office, width: int) -> None:
    page = visit("lena", viewport={"width": width, "height": 800})
    for path in PAGES:
        page.goto(led.url(path))
        assert widths(page)[0] <= width, path


@pytest.mark.parametrize("script", [True, False])
def test_a_question_is_added_tried_and_saved(visit: Visit, led: Office, script: bool) -> None:
    page = visit("lena", java_script_enabled=script)
    page.goto(led.url(EDIT))
    page.get_by_role("button", name="Add a text").click()
    page.locator("#before_6").fill("5")
    page.get_by_label("Text 7 leaves, unit").select_option("h")
    page.locator("#until_6").fill("1")
    page.locator("#template_6").select_option("visit_mood")
    page.locator("#rank_6").select_option("6")
    page.get_by_role("button", name="Show what they would get").click()
    expect(page.get_by_text("It says more than they allow")).to_be_visible()
    page.get_by_role("button", name="Look at the change").click()
    expect(page.get_by_text("none of the present version leaves once you save", exact=False)).to_be_visible()
    page.get_by_label("Why").fill("we ask how they are")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This program's own")).to_be_visible()
    assert [row.version for row in led.world.store.rows(Setting) if row.kind == "sequence"] == [1]  # type: ignore[attr-defined]


def test_the_check_of_words_is_said_while_one_types_and_not_asked_again(visit: Visit, led: Office, axe: str) -> None:
    page = visit("erin")
    page.goto(led.url("/threads/jordan"))
    page.locator("#text").fill("Reply CANCEL if you can't make it")
    expect(page.locator("#advice")).to_contain_text("is read as stopping all texts")
    assert not complaints(page, axe)
    page.locator("#text").fill("See you on Tuesday")
    expect(page.locator("#advice")).to_be_empty()
    page.locator("#text").fill("Reply END if not")
    expect(page.locator("#advice")).to_contain_text("END")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("In the outbox.", exact=False)).to_be_visible()
