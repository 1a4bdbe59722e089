"""What a page looks like when something is missing: nothing there, slow to come, no connection, not found, broken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from chalicelib.errors import StoreUnavailable

from .axe import complaints
from .conftest import Office

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
# What it said, for the page that comes: while a page is on its way, the one before it answers no question.
WATCH = """() => {
  const line = document.querySelector("#going");
  new MutationObserver(() => line.hidden || sessionStorage.setItem("seen", line.textContent)).observe(line, { attributes: true });
}"""


def test_an_empty_list_says_what_that_means(visit: Visit, office: Office, axe: str) -> None:
    page = visit()
    for show, says in (("mine", "Nothing here is yours."), ("overdue", "Nothing is late."), ("closed", "Nothing was closed lately.")):
        page.goto(office.url(f"/inbox?program=harbor&show={show}"))
        expect(page.get_by_text(says)).to_be_visible()
        assert not complaints(page, axe), show


def test_a_page_that_is_slow_to_come_says_so(visit: Visit) -> None:
    page = visit()
    held: list[Route] = []
    page.route("**/threads/riley**", lambda route: held.append(route))
    page.evaluate(WATCH)
    page.get_by_role("link", name="Riley").first.click(no_wait_after=True)
    for _ in range(200):
        if held:
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(800)
    held[0].continue_()
    expect(page.get_by_role("heading", name="Riley")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('seen')") == "One moment …"
    expect(page.locator("#going")).to_be_hidden()


def test_nothing_is_sent_into_a_dead_line_and_the_words_stay(visit: Visit, office: Office, axe: str) -> None:
    page = visit()
    page.goto(office.url("/threads/riley"))
    page.fill("#text", "Either is fine.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#no-line")).to_be_visible()
    assert page.input_value("#text") == "Either is fine."
    expect(page.locator("#offline")).to_be_visible()
    assert not complaints(page, axe)
    page.context.set_offline(False)
    expect(page.locator("#no-line")).to_be_hidden()
    expect(page.locator("#offline")).to_be_hidden()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Leaves in a few seconds")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_store_that_is_away_is_a_page_with_a_way_on(visit: Visit, office: Office, axe: str, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    newest = office.world.store.newest

    def away(*asked: object) -> object:
        raise StoreUnavailable("Query")

    office.world.store.newest = away  # type: ignore[method-assign, assignment]
    try:
        page.goto(office.url("/threads/riley"))
        expect(page.get_by_text("did not work").first).to_be_visible()
        assert not complaints(page, axe)
    finally:
        office.world.store.newest = newest  # type: ignore[method-assign]
    page.goto(office.url("/threads/nobody"))
    expect(page.get_by_role("heading").first).to_be_visible()
    assert not complaints(page, axe)
