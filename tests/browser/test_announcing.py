"""A text is announced without a word of it: who asked for it hears it, who did not does not; the keys take and close."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.records import Thread, Update
from chalicelib.flows.receive_sms import receive

from ..cast import an_sms
from .conftest import Office

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
LISTENS = """() => {
  window.heard = [];
  window.Notification = class {
    static permission = "granted";
    static async requestPermission() { return "granted"; }
    constructor(title, more) { window.heard.push([title, more.body]); }
  };
}"""
OUT_OF_SIGHT = "() => Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })"


def _at_the_inbox(visit: Visit, office: Office) -> Page:
    page = visit()
    page.add_init_script(f"({LISTENS})()")
    page.goto(office.url("/inbox?program=adult"))
    return page


def _heard(page: Page) -> list[list[str]]:
    """What the browser said, once it said something: the policy of our pages lets no page be asked to wait for an expression."""
    for _ in range(60):
        if page.evaluate("window.heard.length"):
            break
        page.wait_for_timeout(500)
    return list(page.evaluate("window.heard"))


def _writes(office: Office) -> None:
    office.world.clock.advance(minutes=1)  # type: ignore[attr-defined]
    receive(office.world, an_sms("something private", sender="+13035550103", at=office.world.clock()), inline=False)


def test_who_asked_hears_that_a_text_waits_and_nothing_more(visit: Visit, office: Office) -> None:
    page = _at_the_inbox(visit, office)
    page.get_by_role("button", name="Tell me when a text waits").click()
    expect(page.get_by_role("button", name="Stop telling me")).to_be_visible()
    page.evaluate(OUT_OF_SIGHT)
    _writes(office)
    assert _heard(page) == [["Porchlight", "A text waits."]]


def test_who_asked_hears_that_a_text_is_late(visit: Visit, office: Office) -> None:
    due = office.world.clock() + timedelta(minutes=10)
    office.world.store.commit(Update(Thread, ("jordan",), set={"reply_by": due}))
    page = _at_the_inbox(visit, office)
    page.get_by_role("button", name="Tell me when a text waits").click()
    page.evaluate(OUT_OF_SIGHT)
    office.world.clock.advance(minutes=11)  # type: ignore[attr-defined]
    assert _heard(page) == [["Porchlight", "A text waits longer than promised."]]


def test_who_did_not_ask_hears_nothing_and_is_told_on_the_page(visit: Visit, office: Office) -> None:
    page = _at_the_inbox(visit, office)
    _writes(office)
    expect(page.locator("#said")).to_contain_text("4 waiting")
    assert page.evaluate("window.heard") == []
    assert "private" not in page.locator("#said").inner_text()


def test_the_line_is_down_and_the_page_says_so(visit: Visit, office: Office) -> None:
    page = visit()
    expect(page.locator("#offline")).to_be_hidden()
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()


def test_a_thread_is_taken_and_closed_by_keys(visit: Visit, office: Office) -> None:
    page = visit()
    page.goto(office.url("/threads/jordan"))
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Yours")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_label("Why", exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It comes back when they write.")).to_be_visible()
    thread = office.world.store.get(Thread, "jordan")
    assert thread is not None and thread.owner == "erin" and thread.closed_at is not None


def test_rows_stand_closer_together_on_request(visit: Visit, office: Office) -> None:
    page = visit()
    before = page.locator("[data-row].row").first.bounding_box()
    page.get_by_role("button", name="Rows closer together").click()
    after = page.locator("[data-row].row").first.bounding_box()
    assert before is not None and after is not None and after["height"] < before["height"]
