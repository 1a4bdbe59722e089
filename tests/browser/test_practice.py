"""Somebody's first day: three tasks by keyboard alone, without a script, for everybody; and nobody hears of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.practice import STEPS
from chalicelib.flows.practice import do_step

from ..cast import ERIN
from .axe import complaints
from .conftest import Office
from .whole import widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def test_by_keyboard_alone(visit: Visit, office: Office) -> None:
    page = visit()
    pages = len(office.world.pager.pages)  # type: ignore[attr-defined]
    page.goto(office.url("/practice"))
    page.keyboard.press("a")
    expect(page.get_by_text("It is yours. Now answer.")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("Yes, 3 is fine.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Yes, 3 is fine.")).to_be_visible()
    _tab_to(page, "Next task")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Somebody may be in danger.")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("Now call.", exact=True)).to_be_visible()
    _tab_to(page, "I reached them")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You spoke to them.")).to_be_visible()
    page.get_by_label("How did it end?").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("They say thank you.")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("Comes on Tuesday at 3.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Comes on Tuesday at 3.")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_label("Why", exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="That is the work")).to_be_visible()
    assert len(office.world.pager.pages) == pages  # type: ignore[attr-defined]


def test_without_a_script(visit: Visit, office: Office) -> None:
    page = visit(java_script_enabled=False)
    page.goto(office.url("/practice"))
    page.get_by_role("button", name="Take it").click()
    page.get_by_label("Answer Practice Patient").fill("Yes")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_label("Answer Practice Patient")).to_have_value("Yes")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Next task").click()
    page.get_by_role("button", name="Not now, to the inbox").click()
    expect(page.get_by_role("navigation", name="Lists", exact=True)).to_be_visible()
    page.get_by_role("link", name="Practice").click()
    expect(page.get_by_text("Somebody may be in danger.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_step_is_for_everybody(visit: Visit, office: Office, axe: str, scheme: str) -> None:
    """axe, and nothing wider than 320 pixels."""
    page = visit(color_scheme=scheme, viewport={"width": 320, "height": 800})
    for step in (*STEPS, ""):
        page.goto(office.url("/practice"))
        assert not complaints(page, axe), step
        needs, room = widths(page)
        assert needs <= room, step
        do_step(office.world, ERIN, step)


def _tab_to(page: Page, name: str) -> None:
    """By the Tab key, as somebody without a mouse gets there."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement.textContent"):
            return
    raise AssertionError(f"Tab never came to {name}")
