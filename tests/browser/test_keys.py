"""Somebody fast: no key is lost while a page comes, none becomes a command by accident, and never does half an answer leave."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from chalicelib.core.records import Message, Thread

from .axe import complaints
from .conftest import Office

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
WORDS = "Yes, a little later can be fine."  # with an r, an n, an a and a c, which are keys


def _held(page: Page, address: str) -> list[Route]:
    """Requests for it wait here until the test lets them go."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))
    return held


def _out(office: Office, thread_id: str) -> list[Message]:
    return [row for row in office.world.store.newest(thread_id) if row.direction == "out"]


def _body(office: Office, row: Message) -> str:
    from chalicelib.flows.outbox import context_of

    return office.world.vault.open(context_of(row), row.row, row.sealed_body, "erin")


def test_what_is_typed_before_the_page_stands_waits_for_it(visit: Visit, office: Office) -> None:
    page = visit()
    slow = _held(page, "**/slow.js")
    page.route("**/threads/jordan", lambda route: route.fulfill(response=(came := route.fetch()), body=_slower(came.text())))
    page.goto(office.url("/threads/jordan"), wait_until="commit")
    expect(page.locator("#text")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type(WORDS)
    page.keyboard.press("Control+Enter")
    assert page.evaluate("document.readyState") == "loading" and not page.input_value("#text")
    slow[0].fulfill(body="", content_type="text/javascript")
    page.wait_for_url("**done=sent**")
    [answer] = _out(office, "jordan")[:1]
    assert _body(office, answer) == WORDS


def _slower(html: str) -> str:
    """The page with one thing more to wait for at its end."""
    return html.replace("<footer", '<script src="/slow.js"></script><footer')


def test_what_is_typed_while_the_page_changes_is_let_go_whole(visit: Visit, office: Office) -> None:
    page = visit()
    page.goto(office.url("/threads/jordan"))
    had = len(_out(office, "jordan"))
    change = _held(page, "**/threads/jordan/owner")
    page.keyboard.press("a")
    for _ in range(100):
        if change:
            break
        page.wait_for_timeout(50)
    page.keyboard.press("r")
    page.keyboard.type(WORDS)
    page.keyboard.press("Control+Enter")
    change[0].continue_()
    expect(page.get_by_role("heading", name="Yours")).to_be_visible()
    expect(page.locator("#untaken")).to_have_text("Keys pressed while the page changed were not taken.")
    assert not page.input_value("#text") and len(_out(office, "jordan")) == had
    page.wait_for_timeout(700)  # a burst ends with a pause
    page.keyboard.press("r")
    page.keyboard.type(WORDS)
    expect(page.locator("#text")).to_have_value(WORDS)
    expect(page.locator("#untaken")).to_be_hidden()


def test_the_end_of_a_burst_that_reaches_the_next_page_is_no_command(visit: Visit, office: Office) -> None:
    page = visit()
    page.goto(office.url("/threads/jordan"))
    page.evaluate("sessionStorage.setItem('typed', String(Date.now() + 3000))")  # a key a moment ago, on a machine that is slow
    page.goto(office.url("/threads/jordan"))
    page.keyboard.type("ac")
    expect(page.locator("#untaken")).to_be_visible()
    thread = office.world.store.get(Thread, "jordan")
    assert thread is not None and not thread.owner and thread.closed_at is None


@pytest.mark.parametrize("script", [True, False])
def test_further_pages_are_one_key_away_and_the_bar_is_one_row(
    visit: Callable[..., Page], office: Office, axe: str, script: bool
) -> None:
    page = visit(java_script_enabled=script, viewport={"width": 1280, "height": 800})
    page.goto(office.url("/find"))
    away = page.get_by_role("link", name="Away")
    expect(away).to_be_hidden()
    page.locator(".more summary").focus()
    page.keyboard.press("Enter")
    expect(away).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert page.evaluate("document.querySelector('.bar').offsetHeight") < 60
    if script:
        assert not complaints(page, axe)
        page.keyboard.press("Escape")
        expect(away).to_be_hidden()
        expect(page.locator(".more summary")).to_be_focused()
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".more li a").first).to_be_focused()
    while not away.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/away")
