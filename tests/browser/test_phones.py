"""The page of phones in Chromium: types, receives, keeps a draft, works without JavaScript, and bothers nobody (axe)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from infra.local.phones.carrier import Carrier
from infra.local.phones.network import Entry
from infra.local.phones.server import application, serve
from tests.local.standin import ALICE, CLINIC, ERIN, NOON, Door, Still, a_carrier

from .axe import TAGS, complaints

pytestmark = pytest.mark.browser
BOX = f"#body-{ALICE[1:]}"


@dataclass
class Table:
    """The page's address, the carrier behind it, and what was asked of the clock."""

    url: str
    carrier: Carrier
    controls: Still
    door: Door


@pytest.fixture
def table() -> Iterator[Table]:
    with Door() as door:
        door.answers["/in"] = (200, "text/xml", "<Response><Message>Call 988</Message></Response>")
        carrier, controls = a_carrier(door), Still()
        server = serve(application(carrier, controls), 0)
        yield Table(f"http://127.0.0.1:{server.server_port}/", carrier, controls, door)
        server.shutdown()
        server.server_close()
        carrier.close()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(browser: Browser, table: Table, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(table.url)
    yield page
    context.close()


def test_a_typed_text_goes_to_the_clinic_and_its_answer_arrives(page: Page, table: Table) -> None:
    page.fill(BOX, "I took all my pills")
    page.get_by_role("button", name="Send").first.click()
    expect(page.locator(".texts .mine")).to_contain_text("I took all my pills")
    assert table.carrier.settle(5)
    if not page.locator("html.live").count():
        page.reload()
    expect(page.locator(".texts .theirs")).to_contain_text("Call 988")
    assert table.door.taken[0].fields["Body"] == "I took all my pills"


def test_switches_and_the_clock_work(page: Page, table: Table) -> None:
    page.get_by_role("button", name="+1 hour").click()
    expect(page.get_by_role("status")).to_contain_text("moved: hour")
    page.get_by_text("Make something fail").click()
    page.get_by_label("The carrier loses its callbacks").check()
    if button := page.locator(".faults button:visible").all():
        button[0].click()
    expect(page.get_by_label("The carrier loses its callbacks")).to_be_checked()
    assert table.carrier.network.switches.lose_callbacks
    assert table.controls.jumps == ["hour"]


def live(browser: Browser, table: Table, **context: Any) -> Page:
    page = browser.new_context(**context).new_page()
    page.goto(table.url)
    page.wait_for_selector("html.live")
    return page


def test_a_page_shows_within_a_second_and_a_draft_survives_it(browser: Browser, table: Table) -> None:
    page = live(browser, table)
    page.fill(BOX, "half a sen")
    table.carrier.network.show(ERIN, Entry("pager", ERIN, "Porchlight: urgent item K7Q2.", NOON, "page"))
    expect(page.locator(".texts .page")).to_contain_text("K7Q2")
    expect(page.locator(BOX)).to_have_value("half a sen")
    expect(page.locator(BOX)).to_be_focused()
    page.context.close()


@pytest.mark.parametrize("width", [1440, 420])
def test_axe_finds_nothing_serious(browser: Browser, table: Table, axe: str, width: int) -> None:
    for number, words in ((ALICE, "hello"), (CLINIC, "answer")):
        table.carrier.network.show(ALICE, Entry(number, ALICE, words, NOON, "sms"))
    table.carrier.network.show(ERIN, Entry("pager", ERIN, "Porchlight: urgent item K7Q2.", NOON, "page"))
    page = live(browser, table, viewport={"width": width, "height": 900})
    assert complaints(page, axe, TAGS) == []
    page.context.close()
