"""The page on which anybody may ask for texts, in Chromium: axe in both schemes, a small screen, twice the text, keys alone, without a
script; and nothing of what was typed stays in the browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from chalicelib.core.asked import Asked
from chalicelib.ports import World
from chalicelib.texts import pages, web_form

from ..canary.marks import NAME, NUMBER, search
from ..flows.office import store
from .test_patient_pages import TORN, kept_in, looks, world
from .whole import letters

pytestmark = pytest.mark.browser
Opens = Callable[..., Page]
SMALL = {"width": 320, "height": 700}

__all__ = ["world"]


@pytest.fixture
def asks(browser: Browser, world: World) -> Iterator[Opens]:
    """`asks("es", **context)`. Whatever is asked of another place, but for where "leave" goes to, fails the test; so does what the
    page's own policy refuses."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def elsewhere(route: Route) -> None:
        if route.request.url == pages.leave_for():
            return route.fulfill(body="<title>Weather</title>", content_type="text/html")
        wrong.append(route.request.url)
        return route.abort()

    def open_page(language: str = "en", **context: object) -> Page:
        opened = browser.new_context(**context)  # type: ignore[arg-type]
        contexts.append(opened)
        opened.route(lambda url: not url.startswith(world.pages_url), elsewhere)
        page = opened.new_page()
        page.on("console", lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None)
        page.goto(f"{world.pages_url}/p/texts?lang={language}")
        return page

    yield open_page
    for each in contexts:
        each.close()
    assert not wrong


def fill(page: Page, language: str = "en", number: str = "303 555 0101", name: str = "Alice Example") -> None:
    said = web_form.words(language)
    page.get_by_label(said["number"]).fill(number)
    page.get_by_label(said["name"], exact=True).fill(name)
    page.get_by_label(said["born"]).fill("05 05 1990")
    page.get_by_label(said["kind_appointments"]).check()


@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_on_a_small_phone_with_twice_the_text_in_both_schemes(asks: Opens, axe: str, language: str) -> None:
    said = web_form.words(language)
    for scheme in ("light", "dark"):
        page = asks(language, viewport=SMALL, color_scheme=scheme)
        letters(page, "200%")
        looks(page, axe, f"ask-{language}-{scheme}-200", said["title"])
        assert page.evaluate(TORN) == []
        page.get_by_role("button", name=said["send"]).click()
        expect(page.get_by_role("alert")).to_contain_text(said["wrong"])
        letters(page, "200%")
        looks(page, axe, f"ask-wrong-{language}-{scheme}-200", said["title"])
        assert page.evaluate(TORN) == []
        fill(page, language)
        page.get_by_role("button", name=said["send"]).click()
        expect(page.get_by_role("status")).to_contain_text(said["asked"])
        looks(page, axe, f"asked-{language}-{scheme}", said["title"])
    sizes = page.locator("button, input").evaluate_all("all => all.map(each => each.getBoundingClientRect()).map(box => [box.width, box.height])")
    assert all(min(size) >= 24 for size in sizes)


def test_filled_in_by_keys_alone_and_without_a_script(asks: Opens, world: World) -> None:
    page = asks("en", java_script_enabled=False, viewport=SMALL)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Leave this page")).to_be_focused()
    for typed in ("303 555 0101", "Alice Example", "05 05 1990"):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    for key in ("Tab", "Tab", "Space", "Tab", "Space"):  # past the language: visits, earlier times
        page.keyboard.press(key)
    page.get_by_role("button", name="Ask for texts").press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    [asked] = store(world).rows(Asked)
    assert asked.asks[0].kinds == ("appointments", "waitlist") and not asked.asks[0].risk
    page.get_by_role("button", name="Leave this page").click()
    page.wait_for_url(pages.leave_for())


def test_no_store_of_the_browser_has_what_was_typed(asks: Opens) -> None:
    page = asks()
    fill(page, number=NUMBER, name=NAME)
    assert not search(kept_in(page))
    page.get_by_role("button", name="Ask for texts").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert not search(kept_in(page)) and not search(page.content().encode())
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(pages.leave_for())
    assert not search(str(page.context.storage_state()).encode())
