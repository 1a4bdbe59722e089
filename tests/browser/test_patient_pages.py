"""Patients' pages in Chromium: axe in both schemes, a small screen, twice the text, keys alone, without a script, and gone at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from chalicelib import wiring
from chalicelib.core.consent import EVERYTHING
from chalicelib.core.consent_ledger import TEXT
from chalicelib.core.records import Message, Patient, Update
from chalicelib.flows.consent_desk import Said
from chalicelib.flows.consent_desk import record as record_consent
from chalicelib.flows.deliver import deliver
from chalicelib.flows.reach import save_sheet
from chalicelib.ports import World
from chalicelib.texts import pages

from ..appointments import FRIDAY, booked
from ..canary.marks import BORN as MARKED
from ..canary.marks import NAME, NUMBER, PHRASE, WORDS, search
from ..cast import CAROL, a_patient
from ..flows.office import an_open_office, clock, store
from ..flows.test_page_code import MAIL, code_in, codes, mailed
from ..pages import BORN, SECRET, send_page, token_of
from ..waitlist import opened as an_opening
from .axe import complaints
from .conftest import PATIENCE
from .whole import fits, letters

pytestmark = pytest.mark.browser
Opens = Callable[..., Page]
SHOTS = os.environ.get("PORCHLIGHT_SHOTS", "")
PURPOSES = ("message", "visits", "choices", "plan", "form", "room", "resources")
ABOUT = {"form": "before_visit", "resources": "lifeline_988 sleep"}


@pytest.fixture
def world(door: str) -> Iterator[World]:
    """Alice, a visit on Friday, and times that are open after it."""
    office = replace(an_open_office(), pages_url=door)
    a_patient(office)
    booked(office)
    for day in (9, 10, 11):
        an_opening(office, FRIDAY.replace(day=day), f"s{day}")
    clock(office).advance(minutes=1)
    wiring.reset()
    wiring.use(**{each.name: getattr(office, each.name) for each in fields(World) if each.name != "pace"})
    yield office
    wiring.reset()


@pytest.fixture
def phone(browser: Browser, world: World) -> Iterator[Opens]:
    """`phone("message", **context)`: the link is opened in a browser of its own. Whatever is asked of another place fails the
    test, but for the one that "leave" goes to; so does what the page's own policy refuses."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def elsewhere(route: Route) -> None:
        if route.request.url == pages.leave_for():
            route.fulfill(body="<title>Weather</title>", content_type="text/html")
        else:
            wrong.append(route.request.url)
            route.abort()

    def open_page(purpose: str, **context: object) -> Page:
        opened = browser.new_context(**context)  # type: ignore[arg-type]
        contexts.append(opened)
        opened.route(lambda url: not url.startswith(world.pages_url), elsewhere)
        page = opened.new_page()
        if purpose == "room":
            booked(world, FRIDAY.replace(day=12), "", link="https://video.example.org/r/7")
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        send_page(world, SECRET if purpose == "message" else "", purpose, about=ABOUT.get(purpose, ""))
        page.goto(f"{world.pages_url}/p/{token_of(world)}")
        return page

    yield open_page
    for each in contexts:
        each.close()
    assert not wrong


def enter(page: Page) -> None:
    page.locator("#answer").fill(BORN)
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Open").or_(page.get_by_role("button", name="Abrir")).click()
    expect(page.locator("#answer")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390])
def test_axe_finds_nothing_serious_and_nothing_is_cut_off(phone: Opens, axe: str, scheme: str, width: int) -> None:
    for purpose in PURPOSES:
        page = phone(purpose, color_scheme=scheme, viewport={"width": width, "height": 700})
        looks(page, axe, f"{purpose}-asks-{scheme}-{width}")
        enter(page)
        looks(page, axe, f"{purpose}-{scheme}-{width}")
    page.goto(page.url[:-8] + "00000000")
    looks(page, axe, f"gone-{scheme}-{width}")


def looks(page: Page, axe: str, name: str, title: str = "Message") -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    assert not complaints(page, axe)
    assert fits(page)
    assert page.title() == title


# Words that stand on two lines without a hyphen between them; an address or a number may.
TORN = """() => {
  const torn = [], walk = document.createTreeWalker(document.querySelector('body'), NodeFilter.SHOW_TEXT)
  for (let node; node = walk.nextNode();) for (const found of node.data.matchAll(/[\\p{L}]+/gu)) {
    const range = document.createRange()
    range.setStart(node, found.index); range.setEnd(node, found.index + found[0].length)
    const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)))
    if (tops.size > 1) torn.push(found[0])
  }
  return torn }"""


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_word_is_torn_on_a_small_phone_with_twice_the_text(phone: Opens, language: str) -> None:
    torn = {}
    for purpose in PURPOSES:
        page = phone(purpose, viewport={"width": 320, "height": 700})
        enter(page)
        page.goto(f"{page.url.partition('?')[0]}?lang={language}")
        letters(page, "200%")
        torn[purpose] = page.evaluate(TORN)
    assert {purpose: words for purpose, words in torn.items() if words} == {}


def test_twice_the_text_fits_and_a_finger_finds_each_button(phone: Opens, axe: str) -> None:
    for purpose in ("visits", "plan"):
        page = phone(purpose, viewport={"width": 320, "height": 700})
        letters(page, "200%")
        looks(page, axe, f"{purpose}-asks-200")
        enter(page)
        letters(page, "200%")
        looks(page, axe, f"{purpose}-200")
    sizes = page.locator("button").evaluate_all("all => all.map(each => each.getBoundingClientRect()).map(box => [box.width, box.height])")
    assert all(min(size) >= 24 for size in sizes)


def test_read_and_answered_by_keys_alone_and_nothing_stays_in_the_browser(phone: Opens, world: World) -> None:
    page = phone("message")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Leave this page")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type(BORN)
    page.keyboard.press("Enter")
    expect(page.locator(".words")).to_have_text(SECRET)
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("Thank you, I will")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Sent")
    assert [row.carrier for row in store(world).rows(Message) if row.direction == "in"] == ["page"]  # type: ignore[attr-defined]
    kept = "[document.cookie, localStorage.length, sessionStorage.length, caches ? 0 : 0]"
    assert page.evaluate(kept) == ["", 0, 0, 0]
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0


def test_everything_works_without_a_script(phone: Opens, world: World) -> None:
    page = phone("visits", java_script_enabled=False)
    enter(page)
    page.get_by_role("button", name="I need another time").click()
    expect(page.get_by_role("heading", name="Times you can have")).to_be_visible()
    page.get_by_role("button", name="Take Tue Mar 10 at 3:00 PM").click()
    expect(page.get_by_role("heading", name="Tue Mar 10 at 3:00 PM")).to_be_visible()
    page.get_by_role("button", name="Leave this page").click()
    page.wait_for_url(pages.leave_for())


def test_safe_6_shift_three_times_is_gone_and_back_shows_nothing(phone: Opens, world: World) -> None:
    page = phone("message")
    enter(page)
    here = page.url
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(pages.leave_for())
    page.go_back()
    assert page.url != here or page.locator(".words").count() == 0
    page.goto(here)
    expect(page.locator("#answer")).to_be_visible()  # whoever looks next is asked again
    assert SECRET not in page.content()


def test_spanish_all_the_way(phone: Opens, world: World) -> None:
    world.store.commit(Update(Patient, ("alice",), set={"language": "es"}))
    page = phone("choices")
    assert page.locator("html").get_attribute("lang") == "es"
    enter(page)
    page.get_by_role("button", name="No más de estos").first.click()
    expect(page.get_by_role("status")).to_contain_text("Hecho")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="What we text you")).to_be_visible()


def test_how_we_reach_them_by_keys_alone_and_without_a_script(phone: Opens, world: World) -> None:
    page = phone("plan", java_script_enabled=False, viewport={"width": 320, "height": 700})
    enter(page)
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Not before").select_option("10")
    page.get_by_label("Sunday").check()
    page.get_by_role("button", name="Only then").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Done")
    assert "sun" not in (world.store.get(Patient, "alice") or a_patient(world)).safe_hours
    page.get_by_role("button", name="Calls are not safe here").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("We do not call this phone")
    page.get_by_label("What it is about").select_option("word")
    page.get_by_role("button", name="Ask for a call").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("We call you back")


def test_a_form_by_keys_alone_and_without_a_script(phone: Opens, world: World) -> None:
    page = phone("form", java_script_enabled=False, viewport={"width": 320, "height": 700})
    enter(page)
    page.get_by_label("Low").focus()
    page.keyboard.press("Space")
    page.get_by_label("In your own words, if you want").press_sequentially("a long week")
    page.get_by_role("button", name="Send").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Sent")
    assert [row.carrier for row in store(world).rows(Message) if row.direction == "in"] == ["page"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("allowed", [True, False])
def test_camera_microphone_and_connection_are_tried_in_the_browser_alone(phone: Opens, axe: str, allowed: bool) -> None:
    page = phone("room", viewport={"width": 320, "height": 700})
    if not allowed:
        page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))")
    enter(page)
    page.get_by_role("button", name="Try camera, microphone and connection").press("Enter")
    expect(page.locator("#check-camera")).to_contain_text("It works. You see yourself below." if allowed else "You said no")
    expect(page.locator("#check-microphone")).to_contain_text("We hear you" if allowed else "You said no")
    expect(page.locator("#check-connection")).to_contain_text("It is")
    looks(page, axe, f"room-checked-{allowed}")


def test_the_room_works_without_a_script(phone: Opens) -> None:
    page = phone("room", java_script_enabled=False)
    enter(page)
    expect(page.get_by_role("button", name="Try camera, microphone and connection")).to_have_count(0)
    expect(page.get_by_role("link", name="Open the video room")).to_have_attribute("href", "https://video.example.org/r/7")
    page.get_by_label("What does not work").select_option("sound")
    page.get_by_role("button", name="Tell us").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Sent")


def test_id_2_a_code_by_e_mail_without_a_script_at_twice_the_text(phone: Opens, axe: str, world: World) -> None:
    """Asked for and typed by keys alone; the page that looks for it says nothing of where it went."""
    assert save_sheet(world, CAROL, "alice", MAIL, 0) == "saved"
    assert record_consent(world, CAROL, "alice", Said(TEXT, {EVERYTHING: True}, "verbal", channel="email")) == "saved"
    page = phone("message", java_script_enabled=False, viewport={"width": 320, "height": 700})
    page.get_by_role("button", name="By e-mail").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("If we may send you one")
    [row] = codes(world)
    deliver(world, row.thread_id, row.message_id)
    field = page.get_by_label("The code, or your birth date, or your word")
    expect(field).to_have_attribute("autocomplete", "one-time-code")
    field.fill(code_in(mailed(world)[-1].body))
    field.press("Enter")
    expect(page.locator(".words")).to_have_text(SECRET)


def test_id_2_the_question_with_a_code_is_read_by_everybody(phone: Opens, axe: str, world: World) -> None:
    for language, button in (("en", "By a call"), ("es", "Por una llamada")):
        page = phone("message", viewport={"width": 320, "height": 700})
        page.goto(f"{page.url.split('?')[0]}?lang={language}")
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("status")).to_be_visible()
        letters(page, "200%")
        looks(page, axe, f"code-asked-{language}-320-200", "Message" if language == "en" else "Mensaje")


def test_on_paper_there_is_the_message_and_no_button(phone: Opens) -> None:
    page = phone("message")
    enter(page)
    page.emulate_media(media="print")
    expect(page.locator(".words")).to_be_visible()
    assert page.locator("button:visible").count() == 0


def test_what_does_not_work_is_told_and_the_room_stays_open(phone: Opens, axe: str) -> None:
    page = phone("room", viewport={"width": 320, "height": 700})
    enter(page)
    page.get_by_label("What does not work").select_option("camera")
    page.get_by_role("button", name="Tell us").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Sent")
    expect(page.get_by_role("link", name="Open the video room")).to_be_visible()
    for width, large in ((320, 2), (390, 1), (1280, 1)):
        page.set_viewport_size({"width": width, "height": 800})
        letters(page, f"{large * 100}%")
        looks(page, axe, f"room-told-{width}")


def test_n5_nothing_that_a_page_was_told_stays_in_the_browser(phone: Opens, world: World) -> None:
    """Their words, a name, a number and a birth date typed on every page: no store of the browser has them, nor the address, once it
    is left; before they showed who they are, the source has nothing of them either."""
    typed = f"{PHRASE} {NAME} {NUMBER} {MARKED:%m/%d/%Y}"
    for purpose in PURPOSES:
        page = phone(purpose)
        assert not search(page.content().encode())
        page.locator("#answer").fill(f"{PHRASE} {NAME}")
        page.get_by_role("button", name="Open").click()
        enter(page)
        for field in page.locator("textarea, input[type=text], input:not([type])").all():
            field.fill(typed)
        if page.get_by_role("button", name="Send").count():
            page.get_by_role("button", name="Send").click()
        assert not search(kept_in(page)), purpose
        page.get_by_role("button", name="Leave this page").click()
        page.wait_for_url(pages.leave_for())
        assert not search(str(page.context.storage_state()).encode())


def kept_in(page: Page) -> bytes:
    """Everything that a browser keeps for a page, besides the page: its stores, its caches, its databases, its history, its address."""
    stores = page.evaluate("""async () => JSON.stringify([
        document.cookie, {...localStorage}, {...sessionStorage}, history.state, location.href, document.title, window.name,
        await Promise.all((await caches.keys()).map(async name => (await (await caches.open(name)).keys()).map(each => each.url))),
        (await indexedDB.databases()).map(each => each.name)])""")
    return str(stores).encode() + str(page.context.storage_state()).encode()


def test_n5_a_word_that_was_kept_would_be_found(phone: Opens) -> None:
    for keep in ("localStorage.x", "sessionStorage.x", "document.cookie", "window.name", "document.title"):
        page = phone("message")
        page.evaluate(f"said => {{ {keep} = said }}", WORDS[1])
        assert search(kept_in(page)), keep
