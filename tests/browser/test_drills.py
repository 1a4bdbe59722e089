"""A drill in Chromium, from the press of the button to its times: at every width, in light and dark, for everybody (axe)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.exercise import DRILL, WAY_IN
from chalicelib.core.records import Put, SelfTest
from chalicelib.core.staff import Staff
from chalicelib.flows import self_test

from ..console.office import an_office
from ..flows.exercising import at_the_door, stream
from .axe import complaints
from .conftest import Office
from .story import EVERYBODY
from .whole import widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
GRACE = Staff("grace", "supervisor", ("adult", "harbor"))


def _fits(page: Page, axe: str) -> None:
    needs, room = widths(page)
    assert needs <= room and not complaints(page, axe), page.url


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_drill_from_the_button_to_its_times(visit: Visit, office: Office, axe: str, scheme: str, width: int) -> None:
    an_office(EVERYBODY, GRACE, world=office.world, address=f"{office.address}/console", practised=True)
    office.world.synthetic.door = lambda *text: at_the_door(office.world, *text)  # type: ignore[attr-defined]
    self_test.run(office.world)
    page = visit("grace", color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto(office.url("/drills"))
    _fits(page, axe)
    page.select_option("#program", "adult")
    page.get_by_label("Danger now").check()
    page.get_by_label("I know that this calls real people").check()
    page.get_by_role("button", name="Start the drill").click()
    expect(page.get_by_text("It begins now")).to_be_visible()
    stream(office.world)
    [drill] = [each for each in office.world.store.open_incidents("adult") if each.exercise == DRILL]
    page.reload()
    _fits(page, axe)
    page.goto(office.url("/crisis-board"))
    expect(page.get_by_role("heading", name="Coverage in the next 14 days")).to_be_visible()
    _fits(page, axe)
    page.goto(office.url(f"/incidents/{drill.incident_id}"))
    _fits(page, axe)
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("heading", name="Over: taken")).to_be_visible()
    _fits(page, axe)
    page.goto(office.url("/health"))
    expect(page.locator("#self-test")).to_contain_text("Last self-test")
    expect(page.locator("#way-in")).to_contain_text("names no second number")
    _fits(page, axe)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_did_not_come_in_is_said_in_words_that_fit(visit: Visit, office: Office, axe: str, scheme: str, width: int) -> None:
    world = office.world
    world = replace(world, clinic=replace(world.clinic, test_sender="+13035550188"))
    an_office(EVERYBODY, GRACE, world=world, address=f"{office.address}/console", practised=True)
    at = world.clock() - timedelta(days=9)
    world.store.commit(Put(SelfTest(WAY_IN, at, at, 0, ("not_at_door",))))
    page = visit("grace", color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto(office.url("/health"))
    expect(page.locator("#way-in")).to_contain_text("The newest one failed: the carrier had it and it did not come here.")
    expect(page.locator("#way-in")).to_contain_text("One is due every Monday.")
    _fits(page, axe)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_nobody_ticked_is_said_where_it_is_missing(visit: Visit, office: Office, axe: str, scheme: str) -> None:
    an_office(EVERYBODY, GRACE, world=office.world, address=f"{office.address}/console", practised=True)
    page = visit("grace", color_scheme=scheme, java_script_enabled=True, viewport={"width": 390, "height": 800})
    page.goto(office.url("/drills"))
    page.evaluate("document.querySelectorAll('form [required]').forEach(each => each.removeAttribute('required'))")
    page.get_by_role("button", name="Start the drill").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose how urgent it is to be.")
    _fits(page, axe)


def test_ordinary_staff_see_in_the_inbox_that_it_is_a_drill(visit: Visit, office: Office, axe: str) -> None:
    an_office(EVERYBODY, GRACE, world=office.world, address=f"{office.address}/console", practised=True)
    at_the_door(office.world, "drill-1", "+10001234567", "I took all my pills")
    page = visit("erin")
    page.goto(office.url("/inbox?program=unmatched"))
    expect(page.get_by_role("link", name="Drill: nobody is in danger").first).to_be_visible()
    _fits(page, axe)
