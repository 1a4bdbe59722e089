"""The console in Chromium: journeys with and without a script, by keyboard, and for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.messages import Status
from chalicelib.flows.receive_sms import receive

from ..canary.marks import NAME, NUMBER, PHRASE, search
from ..cast import an_sms
from .axe import complaints
from .conftest import Office
from .story import answered
from .test_patient_pages import kept_in
from .whole import letters, widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
PAGES = [
    "/inbox?program=adult",
    "/inbox?program=unmatched",
    "/mine",
    "/inbox?program=adult&show=closed",
    "/inbox?program=adult&show=overdue",
    "/away",
    "/threads/riley/hand-over",
    "/threads/riley?done=why",
    "/threads/alice",
    "/threads/jordan",
    "/threads/morgan",
    "/patients/riley",
    "/register",
    "/find",
    "/threads/nobody",
    "/signed-out",
]
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(visit: Visit, office: Office, axe: str, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    for path in PAGES:
        page.goto(office.url(path))
        assert not complaints(page, axe), path


def test_axe_finds_nothing_serious_where_something_went_wrong(visit: Visit, office: Office, axe: str) -> None:
    page = visit()
    page.goto(office.url("/register"))
    page.get_by_role("button", name="Register").click()
    assert not complaints(page, axe)
    page.goto(office.url("/threads/riley"))
    receive(office.world, an_sms("Wait", sender="+13035550104", at=office.world.clock()), inline=False)
    page.goto(office.url("/inbox"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert not complaints(page, axe)


def test_axe_finds_nothing_serious_at_the_door(browser: Any, office: Office, axe: str) -> None:
    page = browser.new_page()
    page.goto(office.url("/sign-in"))
    assert not complaints(page, axe)
    page.fill("#username", "erin")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert not complaints(page, axe)
    page.close()


@pytest.mark.parametrize("script", [True, False])
def test_a_crisis_from_inbox_to_closed(visit: Visit, office: Office, script: bool) -> None:
    page = visit(java_script_enabled=script)
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("It is yours. Now call.")).to_be_visible()
    page.get_by_role("link", name="Write to them").click()
    page.get_by_label("Answer Alice").fill("Alice, I am calling you now. Erin")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Leaving now")).to_be_visible()
    page.get_by_role("button", name="I reached them").click()
    page.get_by_label("How did it end?").select_option("emergency_services")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_role("status").filter(has_text="Closed.")).to_be_visible()
    page.goto(office.url("/inbox?program=adult"))
    expect(page.get_by_role("heading", name="Urgent")).to_have_count(0)


def test_by_keyboard_alone(visit: Visit, office: Office) -> None:
    page = visit()
    for key in ("j", "j", "j", "k", "j"):
        page.keyboard.press(key)
    focused = page.evaluate("document.activeElement.textContent")
    assert focused == "Jordan"
    page.keyboard.press("Enter")
    page.wait_for_url("**/threads/jordan**")
    page.keyboard.press("r")
    page.keyboard.type("Claro. ¿Le va bien el jueves a las 3?")
    expect(page.locator("#count")).to_contain_text("GSM-7")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Leaves in a few seconds")).to_be_visible()
    page.keyboard.press("u")
    page.wait_for_url("**/inbox**")
    page.keyboard.press("/")
    page.wait_for_url("**/find")


def test_single_keys_can_be_switched_off(visit: Visit) -> None:
    """WCAG 2.1.4."""
    page = visit()
    page.keyboard.press("?")
    page.get_by_label("Use single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.press("j")
    assert "/inbox" in page.url
    assert page.evaluate("document.activeElement.closest('[data-row]')") is None


def test_the_skip_link_comes_first_and_works(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize(("width", "text_size"), [(320, "100%"), (640, "200%"), (1280, "200%")])
def test_nothing_scrolls_sideways(visit: Visit, office: Office, width: int, text_size: str) -> None:
    """WCAG 1.4.10 and 1.4.4: 320 pixels wide, and text twice the size."""
    page = visit(viewport={"width": width, "height": 800})
    for path in PAGES:
        page.goto(office.url(path))
        letters(page, text_size)
        needs, room = widths(page)
        assert needs <= room, path


def test_n5_no_store_of_the_browser_has_what_staff_typed_or_read(visit: Visit, office: Office) -> None:
    """Words, a name, a number and a birth date typed in every field of every page: none in a store, a cookie, the history or a title,
    nor the names that the pages show; and nothing at all once they have signed out."""
    page, typed, filled = visit(), f"{PHRASE} {NAME} {NUMBER}", 0
    for path in PAGES:
        page.goto(office.url(path))
        for field in page.locator("textarea:visible, input[type=text]:visible, input[type=tel]:visible, input:not([type]):visible").all():
            field.fill(typed)
            filled += 1
        kept = kept_in(page)
        assert not search(kept) and not any(name in kept for name in (b"Jordan", b"Morgan", b"Alice")), path
    assert filled >= 8
    page.goto(office.url("/inbox"))
    page.locator("summary", has_text="More").first.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/signed-out"))
    kept = kept_in(page)
    assert not search(kept) and page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


@pytest.mark.parametrize("mode", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_other_ways_of_seeing(visit: Visit, office: Office, axe: str, mode: dict[str, str]) -> None:
    page = visit(**mode)
    page.goto(office.url("/threads/alice"))
    expect(page.get_by_role("button", name="Acknowledge")).to_be_visible()
    if "reduced_motion" in mode:
        assert page.evaluate("getComputedStyle(document.querySelector('button')).transitionDuration") == "0s"


def test_a_new_text_shows_within_five_seconds_and_is_said_without_a_name(visit: Visit, office: Office) -> None:
    page = visit()
    receive(office.world, an_sms("Good morning", sender="+13035550103", at=office.world.clock()), inline=False)
    expect(page.get_by_role("link", name="Morgan")).to_have_count(1)
    expect(page.locator("#said")).to_have_text("1 urgent, 4 waiting")
    assert "Morgan" not in page.title() and page.title().startswith("(4)")


def test_an_open_thread_says_that_something_new_was_written(visit: Visit, office: Office) -> None:
    page = visit()
    page.goto(office.url("/threads/jordan"))
    page.fill("#text", "a half-written ans")
    expect(page.locator("#news")).to_be_hidden()
    office.world.clock.advance(minutes=1)  # type: ignore[attr-defined]
    receive(office.world, an_sms("¿Hola?", sender="+13035550102", at=office.world.clock()), inline=False)
    expect(page.locator("#news")).to_be_visible()
    assert page.input_value("#text") == "a half-written ans"


def test_a_text_on_its_way_says_when_it_has_arrived(visit: Visit, office: Office) -> None:
    page = visit()
    page.goto(office.url("/threads/riley"))
    page.fill("#text", "Either is fine.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Leaves in a few seconds")).to_be_visible()
    office.world.clock.advance(seconds=11)  # type: ignore[attr-defined]
    answered(office.world, "riley", Status.DELIVERED)
    expect(page.get_by_text("Delivered to the phone")).to_be_visible()


def test_two_at_one_thread_and_neither_answer_is_lost(visit: Visit, office: Office) -> None:
    erin, carol = visit("erin"), visit("carol")
    for page in (erin, carol):
        page.goto(office.url("/threads/riley"))
    office.world.clock.advance(minutes=1)  # type: ignore[attr-defined]
    carol.fill("#text", "Wednesday is fine.")
    carol.get_by_role("button", name="Send").click()
    expect(carol.get_by_text("Leaves in a few seconds")).to_be_visible()
    erin.fill("#text", "A photo is fine.")
    erin.get_by_role("button", name="Send").click()
    expect(erin.get_by_role("alert")).to_contain_text("Wednesday is fine.")
    assert erin.input_value("#text") == "A photo is fine."


def test_the_counter_says_what_the_server_counts(visit: Visit, office: Office) -> None:
    from chalicelib.core import segments

    page = visit()
    page.goto(office.url("/threads/jordan"))
    for text in ("Hello", "x" * 161, "¿Qué tal?", "día", "See “you” — then…", "🙏" * 36, "[ok] {1} €5", "ab👩‍👩‍👧" * 12, "x" * 70 + "á"):
        page.fill("#text", text)
        count = segments.count(segments.transliterate(text))
        said = page.inner_text("#count")
        assert said.startswith(f"{count.parts} part") and f"{count.left} left" in said and count.encoding.value in said, text


def test_a_page_prints_without_its_forms(visit: Visit, office: Office) -> None:
    page = visit()
    page.goto(office.url("/threads/alice"))
    page.emulate_media(media="print")
    expect(page.locator("#text")).to_be_hidden()
    expect(page.locator(".line .body").first).to_be_visible()
