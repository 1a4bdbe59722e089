"""Pages that few people see and nobody may meet broken: too many tries, an account that is handed over, a lent key's review, words and a
letter for who could not be reached, where STOP differs. At three widths, and at 320 px with twice the text; for everybody (axe)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.core.carrier_stops import compared_key
from chalicelib.core.compared import Compared
from chalicelib.core.reach import Reach
from chalicelib.core.records import Contact, Patient, Round, Update
from chalicelib.core.staff import Staff
from chalicelib.flows import sign_in_limits, tick
from chalicelib.flows.break_glass import Asked, break_glass
from chalicelib.flows.reach import save_sheet
from chalicelib.flows.sign_in_limits import OF_ADDRESS, TooMany

from ..appointments import booked
from ..cast import ALICE_NUMBER, CAROL, DAN, FRANK
from ..console.office import an_office
from ..flows.office import clock, store
from .axe import complaints
from .conftest import PATIENCE, Office
from .story import EVERYBODY, a_busy_hour
from .whole import letters, widths

pytestmark = pytest.mark.browser
ADMIN = Staff("administrator", "administrator", ())
SHOTS = os.environ.get("PORCHLIGHT_SHOTS", "")
Visit = Callable[..., Page]
WIDE = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML.slice(0, 120))"
LOOKS = ((320, 2), (390, 1), (1280, 1))  # width, and how large the text is


@pytest.fixture
def office(door: str) -> Office:
    world = a_busy_hour()
    an_office(EVERYBODY, CAROL, DAN, FRANK, ADMIN, world=world, address=f"{door}/console", practised=True)
    return Office(door, world)


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def looks(page: Page, axe: str, name: str) -> None:
    """As it stands, at every width."""
    for width, large in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        letters(page, f"{large * 100}%")
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)
        needs, room = widths(page)
        assert needs <= room, (name, width, page.evaluate(WIDE))
        assert not complaints(page, axe), (name, width)
    letters(page, "")


def test_too_many_tries_says_what_to_do_meanwhile(stranger: Page, office: Office, axe: str) -> None:
    for at in range(OF_ADDRESS + 1):
        try:
            sign_in_limits.begin(office.world, f"name{at}", "127.0.0.1")
        except TooMany:
            break
    stranger.goto(office.url("/sign-in"))
    stranger.fill("#username", "somebody")
    stranger.fill("#password", "wrong")
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_role("alert")).to_contain_text("Too many tries")
    looks(stranger, axe, "too-many-tries")


def test_an_account_is_handed_over_by_one_form(visit: Visit, office: Office, axe: str) -> None:
    page = visit("administrator")
    page.goto(office.url("/settings/people/erin"))
    looks(page, axe, "hand-over")
    form = page.locator("form[action$='/hand-over']")
    expect(form).to_be_visible()
    form.get_by_role("button").first.click()
    looks(page, axe, "hand-over-after")


def test_the_review_of_a_lent_key_asks_for_a_choice(visit: Visit, office: Office, axe: str) -> None:
    break_glass(office.world, DAN, Asked("", ALICE_NUMBER, "medical", "She stands at our desk.", cannot_ask=True))
    clock(office.world).advance(minutes=61)
    tick.tick(office.world)
    page = visit("frank")
    page.goto(office.url("/keys"))
    page.get_by_role("link", name="Review at what was lent to Dan").first.click()
    looks(page, axe, "review-of-a-key")
    page.locator("form[action$='/review']").evaluate("form => { form.noValidate = true }")  # a browser that does not ask
    page.get_by_role("button", name="Write the review").click()
    expect(page.get_by_text("Choose one.")).to_be_visible()
    looks(page, axe, "review-of-a-key-wrong")


def test_words_to_say_and_a_letter_that_prints_alone(visit: Visit, office: Office, axe: str) -> None:
    world = office.world
    assert save_sheet(world, EVERYBODY, "alice", Reach("own", letter="Alice Adams\n1 Main St", hearing="relay"), 0) == "saved"
    patient = world.store.get(Patient, "alice")
    assert patient is not None
    booked(world, clock(world).now + timedelta(hours=24, minutes=5))
    world.store.commit(Update(Contact, (patient.contact_id,), set={"doubt": "gone"}, add={"version": 1}))
    for _ in range(20):
        clock(world).advance(minutes=1)
        tick.tick(world)
        if any(each.state == "person" for each in store(world).rows(Round)):
            break
    [row] = store(world).rows(Round)
    page = visit()
    page.goto(office.url(f"/patients/alice/tell/{row.round_id}"))
    looks(page, axe, "tell")
    page.emulate_media(media="print")
    expect(page.locator(".letter")).to_be_visible()
    assert page.locator("nav:visible, button:visible, form:visible").count() == 0
    if SHOTS:
        page.pdf(path=str(Path(SHOTS) / "letter.pdf"))
        page.screenshot(path=str(Path(SHOTS) / "letter-print.png"), full_page=True)
    said = page.locator("main").inner_text()
    assert "Dear Alice" in said and "May I speak with" not in said and "cannot be reached" not in said.lower()


def test_where_stop_differs(visit: Visit, office: Office, axe: str) -> None:
    world, now = office.world, clock(office.world).now
    patient = world.store.get(Patient, "alice")
    assert patient is not None
    world.store.commit(Update(Contact, (patient.contact_id,), set={"carrier_out_at": now}, add={"version": 1}))
    world.store.commit(Update(Compared, (compared_key("twilio"),), set={"at": now, "listed": ("a",)}, create=True))
    page = visit()
    page.goto(office.url("/stops"))
    expect(page.get_by_text("Ask them to text START")).to_be_visible()
    looks(page, axe, "stops")
