"""An urgent item to its end in Chromium: with one thumb at 390 px, without a script, for everybody (axe)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.records import Incident
from chalicelib.core.staff import Staff
from chalicelib.flows import handle_incident
from chalicelib.flows.mark_page import mark_page

from ..cast import ERIN
from ..console.office import an_office
from .axe import complaints
from .conftest import Office
from .story import EVERYBODY, acknowledged
from .whole import widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
THUMB = 44  # pixels: what a thumb hits at night


def _item(office: Office) -> str:
    [incident] = office.world.store.rows(Incident)  # type: ignore[attr-defined]
    return str(incident.incident_id)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_at_any_width_and_state(visit: Visit, office: Office, axe: str, scheme: str, width: int) -> None:
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 800})
    path = f"/incidents/{_item(office)}"
    for step in (None, handle_incident.acknowledge, handle_incident.contacted):
        if step:
            step(office.world, ERIN, _item(office))
        page.goto(office.url(path))
        needs, room = widths(page)
        assert needs <= room and not complaints(page, axe), (step, width)
    for more in ("transfer", "note"):
        page.goto(office.url(f"{path}/{more}"))
        assert not complaints(page, axe)
    page.get_by_label("What you found").fill("Safe with her sister.")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_label("The note")).to_be_visible()
    assert not complaints(page, axe)


def test_at_three_in_the_morning_the_two_next_actions_come_first(visit: Visit, office: Office) -> None:
    acknowledged(office.world)
    page = visit(color_scheme="dark", viewport={"width": 390, "height": 800})
    page.goto(office.url(f"/incidents/{_item(office)}"))
    for each in (page.get_by_role("link", name="Call (303) 555-0101"), page.get_by_role("button", name="I reached them")):
        box = each.bounding_box()
        assert box is not None and box["height"] >= THUMB and box["y"] + box["height"] <= 800, box
    assert page.get_by_role("link", name="Call (303) 555-0101").get_attribute("href") == "tel:+13035550101"


@pytest.mark.parametrize("script", [True, False])
def test_tried_reached_marked_and_closed_with_what_is_left(visit: Visit, office: Office, script: bool) -> None:
    page = visit(java_script_enabled=script)
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_label("Not reached?").select_option("voicemail")
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_text("Could not reach the patient: voicemail")).to_be_visible()
    page.get_by_role("button", name="I reached them").click()
    page.get_by_role("button", name="True").click()
    expect(page.get_by_role("button", name="True")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Ask the front desk").click()
    page.get_by_label("How did it end?").select_option("went_to_hospital")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("A supervisor or the clinical lead signs this")).to_be_visible()
    page.goto(office.url("/inbox?program=adult"))
    todo = page.locator("section", has=page.get_by_role("heading", name="To do after a crisis"))
    expect(todo.get_by_text("Urgent visit: book it now", exact=True)).to_be_visible()
    todo.get_by_role("button", name="Booked").click()
    expect(page.get_by_text("Urgent visit: book it now", exact=True)).to_have_count(0)


def test_an_item_that_is_open_on_a_screen_says_that_something_happened(visit: Visit, office: Office) -> None:
    page = visit()
    page.goto(office.url(f"/incidents/{_item(office)}"))
    expect(page.locator("#news")).to_be_hidden()
    acknowledged(office.world)
    expect(page.locator("#news")).to_be_visible()


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_board_is_for_everybody_and_its_plots_say_what_they_show(
    visit: Visit, office: Office, axe: str, scheme: str, width: int
) -> None:
    lead = Staff("grace", "clinical_lead", ("adult",))
    an_office(EVERYBODY, lead, world=office.world, address=f"{office.address}/console", practised=True)
    acknowledged(office.world)
    handle_incident.contacted(office.world, ERIN, _item(office))
    page = visit("grace", color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto(office.url("/crisis-board"))
    expect(page.get_by_role("heading", name="Page load")).to_be_visible()
    plot = page.get_by_role("img", name="From the text until taken")
    expect(plot).to_contain_text("median 2 min")
    needs, room = widths(page)
    assert needs <= room and not complaints(page, axe)


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_right_the_screen_is_is_for_everybody(visit: Visit, office: Office, axe: str, scheme: str, width: int) -> None:
    lead = Staff("grace", "clinical_lead", ("adult",))
    an_office(EVERYBODY, lead, world=office.world, address=f"{office.address}/console", practised=True)
    mark_page(office.world, ERIN, _item(office), "false")
    page = visit("grace", color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto(office.url("/screen"))
    expect(page.get_by_role("img", name="Rules with a false alarm")).to_contain_text("0%, between 0% to 79% (0 of 1)")
    needs, room = widths(page)
    assert needs <= room and not complaints(page, axe)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_text_that_should_have_paged_is_two_presses_away(visit: Visit, office: Office, axe: str, width: int) -> None:
    page = visit(viewport={"width": width, "height": 800})
    page.goto(office.url("/threads/riley"))
    ask = page.locator("details.missed").last
    ask.locator("summary").click()
    assert not complaints(page, axe)
    ask.get_by_role("button", name="This should have paged: page now").click()
    expect(page.get_by_text("Who is on call was paged")).to_be_visible()
    expect(page.get_by_role("button", name="Acknowledge")).to_be_visible()
    assert not complaints(page, axe)
