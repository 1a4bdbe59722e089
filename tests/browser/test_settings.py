"""Settings and queue health in Chromium: with and without a script, at three widths, for everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.staff import Staff

from ..cast import CAROL, DAN
from ..console.office import an_office
from .axe import complaints
from .conftest import Office
from .story import EVERYBODY, a_busy_hour
from .whole import fits

pytestmark = pytest.mark.browser
ADMIN = Staff("administrator", "administrator", ())
SUPERVISOR = Staff("supervisor", "supervisor", ("adult", "unmatched"))
PAGES = [
    "/settings", "/settings/programs/adult", "/settings/people", "/settings/people/new", "/settings/people/carol",
    "/settings/people/administrator", "/settings/texts", "/settings/texts/new", "/settings/go-live", "/settings/texts/got_it.en", "/health", "/told", "/phone", "/phone?done=wrong", "/phones", "/rota", "/rota/layers/new",
]  # fmt: skip
Visit = Callable[..., Page]


@pytest.fixture
def office(door: str) -> Office:
    world = a_busy_hour()
    an_office(EVERYBODY, CAROL, DAN, ADMIN, SUPERVISOR, world=world, address=f"{door}/console", practised=True)
    return Office(door, world)


@pytest.fixture
def admin(visit: Visit) -> Page:
    return visit("administrator")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Visit, office: Office, axe: str, scheme: str) -> None:
    page = visit("administrator", color_scheme=scheme)
    for path in PAGES:
        page.goto(office.url(path))
        assert not complaints(page, axe), path


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_window(admin: Page, office: Office, width: int) -> None:
    admin.set_viewport_size({"width": width, "height": 800})
    for path in PAGES:
        admin.goto(office.url(path))
        assert fits(admin), path


@pytest.mark.parametrize("script", [True, False])
def test_a_promise_is_changed_and_taken_back(visit: Visit, office: Office, axe: str, script: bool) -> None:
    page = visit("administrator", java_script_enabled=script)
    page.goto(office.url("/settings/programs/adult"))
    page.fill("#phone", "12")
    page.get_by_role("button", name="Review the change").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a phone number")
    if script:
        assert not complaints(page, axe)
    page.fill("#phone", "(303) 555-0177")
    page.fill("#response", "the same day")
    page.get_by_role("button", name="Review the change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Make this change?")
    expect(page.locator("blockquote").first).to_contain_text("answer the same day")
    if script:
        assert not complaints(page, axe)
    page.get_by_role("button", name="Make this change").click()
    expect(page.get_by_role("status").first).to_contain_text("Changed.")
    page.get_by_role("button", name="Take this back").first.click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status").first).to_contain_text("Taken back.")
    expect(page.locator("#response")).to_have_value("within one business day")


def test_an_account_is_closed_while_its_owner_looks_on(visit: Visit, office: Office) -> None:
    admin, theirs = visit("administrator"), visit("supervisor")
    theirs.goto(office.url("/health"))
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Queue health")
    admin.goto(office.url("/settings/people/supervisor"))
    admin.get_by_label("Closed").check()
    admin.get_by_role("button", name="Review the change").click()
    admin.get_by_role("button", name="Make this change").click()
    expect(admin.locator("h1 + .sum")).to_contain_text("Closed")
    answer = theirs.goto(office.url("/health"))
    assert answer is not None and answer.status == 401


def test_by_keyboard_alone(admin: Page, office: Office) -> None:
    """Tab reaches each field in the order of the page, and Enter sends the review."""
    admin.goto(office.url("/settings/texts/got_it.en"))
    admin.locator("#title").focus()
    admin.keyboard.press("Tab")
    assert admin.evaluate("document.activeElement.id") == "body"
    admin.keyboard.type(" Thank you.")
    for _ in range(12):
        admin.keyboard.press("Tab")
        if admin.evaluate("document.activeElement.textContent") == "Review the change":
            break
    admin.keyboard.press("Enter")
    expect(admin.get_by_role("heading", level=1)).to_have_text("Make this change?")
