"""Whole mornings against the real demo: the front desk, a therapist with three minutes, somebody who goes on leave."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .conftest import PATIENCE
from .demo import Demo, a_running_demo
from .whole import widths

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TEXTS = 40
ANSWER = "Yes, a little later is fine."
PUT_OFF = 150  # seconds: ten to take it back; a row that could not be read then waits a minute, and a tick more
Arrive = Callable[..., Page]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with a_running_demo(tmp_path_factory.mktemp("journeys")) as running:
        yield running


@pytest.fixture
def arrive(browser: Browser, demo: Demo) -> Iterator[Arrive]:
    """`arrive("carol", **context)`: signed in, in a browser of their own."""
    contexts: list[BrowserContext] = []

    def come(who: str, **context: object) -> Page:
        contexts.append(browser.new_context(**context))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        demo.sign_in(page, who)
        return page

    yield come
    for each in contexts:
        each.close()


def count(page: Page, label: str) -> int:
    """The number behind one of the lists."""
    link = page.get_by_role("navigation", name="Lists").get_by_role("link", name=re.compile(f"^{label} "))
    return int(re.sub(r"\D", "", link.inner_text()))


def received(demo: Demo, number: str) -> list[str]:
    return [row["body"] for row in demo.on_phone(number) if row["to"] == number]


def test_the_front_desks_morning(demo: Demo, arrive: Arrive) -> None:
    """Forty texts in one program: each thread is taken, answered and closed by keyboard, and nothing goes out twice."""
    numbers = list(dict.fromkeys(
        each["number"] for each in demo.told["patients"] if each["program"] == "harbor" and each["consent"] and not each["shared"]
    ))
    for n in range(TEXTS):
        demo.write(numbers[n % len(numbers)], f"Question {n}: can I come a little later?")
    page = arrive("front.desk")
    page.goto(demo.url("/inbox?program=harbor&show=nobody"))
    expect(page.locator("[data-row]").first).to_be_visible()
    threads = count(page, "Nobody's")
    assert threads >= len(numbers)
    answered = 0
    while page.locator("section[aria-labelledby=waiting] [data-row]").count():
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/threads/**")
        page.keyboard.press("a")
        expect(page.get_by_text("It is yours.").first).to_be_visible()
        page.keyboard.press("r")
        page.keyboard.type(ANSWER)
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**done=sent**")
        page.keyboard.press("c")
        expect(page.get_by_text("It comes back when they write.")).to_be_visible()
        answered += 1
        assert answered <= threads
        page.goto(demo.url("/inbox?program=harbor&show=nobody"))
    assert answered == threads
    expect(page.get_by_text("Everybody who waits has somebody.")).to_be_visible()
    page.goto(demo.url("/inbox?program=harbor&show=closed"))
    assert count(page, "Closed") == threads
    ends = time.monotonic() + PUT_OFF
    while time.monotonic() < ends and not all(_answers(demo, each) for each in numbers):
        page.wait_for_timeout(250)
    assert [_answers(demo, each) for each in numbers] == [[ANSWER]] * len(numbers)


def test_a_closed_thread_comes_back_with_a_new_text(demo: Demo, arrive: Arrive) -> None:
    page, (thread, number) = arrive("erin"), demo.patient(1, "maple")
    demo.write(number, "Hello?")
    page.goto(demo.url("/inbox?program=maple&show=nobody"))
    page.locator(f"[data-row='{thread}'] > a").click()
    page.get_by_text("Close without an answer").click()
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why it needs none from here")
    page.get_by_label("Why", exact=True).select_option("answered_by_phone")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("You closed it: answered by phone")).to_be_visible()
    page.goto(demo.url("/inbox?program=maple"))
    expect(page.locator(f"[data-row='{thread}']")).to_have_count(0)
    demo.write(number, "Are you there?")
    expect(page.locator(f"section[aria-labelledby=waiting] [data-row='{thread}']")).to_be_visible()


def test_a_therapists_three_minutes(demo: Demo, arrive: Arrive) -> None:
    """On a phone, by touch: what is mine, read it, answer it, see it arrive."""
    thread, number = demo.patient(0, "maple")
    began = time.monotonic()
    page = arrive("carol", viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page.goto(demo.url("/inbox?program=maple"))
    demo.write(number, "Is our session still at 3?")
    row = page.locator(f"[data-row='{thread}'] > a")
    expect(page.locator(f"section[aria-labelledby=waiting] [data-row='{thread}']")).to_be_visible()
    row.tap()
    expect(page.get_by_text("Is our session still at 3?")).to_be_visible()
    page.get_by_role("button", name="Take it").tap()
    expect(page.get_by_text("It is yours.").first).to_be_visible()
    page.locator("#text").tap()
    page.keyboard.type("Yes, see you at 3. Carol")
    page.get_by_role("button", name="Send", exact=True).tap()
    page.wait_for_url("**done=sent**")
    while "Yes, see you at 3. Carol" not in received(demo, number):
        page.wait_for_timeout(250)
        assert time.monotonic() - began < 180
    needs, room = widths(page)
    assert needs <= room
    page.goto(demo.url("/inbox?program=maple&show=mine"))
    expect(page.locator("[data-row]").first).to_be_visible()


def test_on_leave_and_back(demo: Demo, arrive: Arrive) -> None:
    """Everything that is Carol's goes to Erin in one step, and what Erin still has comes back."""
    demo.write(demo.patient(2, "north")[1], "Could you call my mother?")
    carol, erin = arrive("carol"), arrive("erin")
    carol.goto(demo.url("/inbox?program=north&show=nobody"))
    carol.locator("section[aria-labelledby=waiting] [data-row] > a").first.click()
    carol.get_by_role("button", name="Take it").click()
    expect(carol.get_by_role("heading", name="Yours")).to_be_visible()
    carol.locator(".more summary").click()
    carol.get_by_role("link", name="Away").click()
    carol.get_by_label("Who covers").select_option("erin")
    carol.get_by_role("button", name="Hand everything over").click()
    expect(carol.get_by_text("Everything went over.")).to_be_visible()
    erin.goto(demo.url("/inbox?program=north&show=mine"))
    expect(erin.get_by_text("You cover for Carol")).to_be_visible()
    assert count(erin, "Mine") >= 1
    carol.get_by_role("button", name="I am back").click()
    expect(carol.get_by_text("Welcome back.")).to_be_visible()
    erin.goto(demo.url("/inbox?program=north&show=mine"))
    assert count(erin, "Mine") == 0
    carol.goto(demo.url("/inbox?program=north&show=mine"))
    assert count(carol, "Mine") >= 1


def test_a_supervisors_monday(demo: Demo, arrive: Arrive) -> None:
    """Without JavaScript: who waits and for whom, what is nobody's given to somebody, and a colleague who is ill covered for."""
    thread, number = demo.patient(3, "maple")
    demo.write(number, "Did you get my form?")
    page = arrive("supervisor", java_script_enabled=False)
    page.goto(demo.url("/health"))
    program = page.get_by_role("region", name="By program and age").get_by_role("row", name=re.compile("^Youth and family"))
    _until(page, lambda: program.get_by_role("cell").first.inner_text() != "0")
    expect(page.get_by_role("row", name=re.compile("^Nobody's yet"))).to_be_visible()
    program.get_by_role("link", name="Youth and family").click()
    page.get_by_role("navigation", name="Lists", exact=True).get_by_role("link", name=re.compile("^Nobody's")).click()
    page.get_by_role("button", name="Keep this list at hand").click()
    row = page.locator(f"section[aria-labelledby=waiting] [data-row='{thread}'] > a")
    _until(page, lambda: row.count() > 0)
    row.click()
    page.get_by_role("link", name="Hand over").click()
    page.get_by_label("Colleague").select_option("carol")
    page.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_text("Handed over.")).to_be_visible()
    page.goto(demo.url("/health"))
    expect(page.get_by_role("row", name=re.compile("^Carol"))).to_be_visible()
    page.goto(demo.url("/away"))
    page.get_by_role("link", name="Carol").click()
    page.get_by_label("Who covers").select_option("erin")
    page.get_by_role("button", name="Hand everything over").click()
    expect(page.get_by_text("Everything went over.")).to_be_visible()
    page.goto(demo.url("/health"))
    expect(page.get_by_role("row", name=re.compile("^Erin"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^Carol"))).to_have_count(0)
    page.goto(demo.url("/away?of=carol"))
    page.get_by_role("button", name="Carol is back").click()
    expect(page.get_by_text("Welcome back.")).to_be_visible()


def _until(page: Page, there: Callable[[], bool]) -> None:
    """Look again until it is so: without a script a page does not change by itself."""
    ends = time.monotonic() + PATIENCE / 1000
    while not there():
        assert time.monotonic() < ends
        page.wait_for_timeout(250)
        page.reload()


def _answers(demo: Demo, number: str) -> list[str]:
    """What a person wrote to this number: the first text to anybody is the clinic's own."""
    return [body for body in received(demo, number) if not body.startswith("Porch Street Office")]
