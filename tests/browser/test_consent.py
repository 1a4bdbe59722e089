"""What a patient agreed to, in Chromium: axe in both schemes, three widths, keys alone, without a script."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.consent import unsure
from chalicelib.core.records import Contact, Patient
from chalicelib.flows.consent_desk import Said, record
from chalicelib.flows.receive_sms import receive

from ..asking import asked_back, asks, says_yes
from ..cast import CAROL, a_patient, an_sms
from .axe import complaints
from .conftest import Office
from .whole import fits, letters

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
PAGE = "/patients/alice/consent"
SHOTS = os.environ.get("PORCHLIGHT_SHOTS", "")


@pytest.fixture
def told(office: Office) -> Office:
    """A history with something in each ledger, a form of the web page, and words that may be STOP."""
    asks(office.world)
    record(office.world, CAROL, "alice", Said("text", {"check_ins": True}, "verbal", "once a week is fine"))
    record(office.world, CAROL, "alice", Said("risk", {"all": True}, "paper"))
    receive(office.world, an_sms("too many messages", at=office.world.clock()), inline=False)
    return office


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_serious_and_nothing_is_cut_off(visit: Visit, told: Office, axe: str, scheme: str, width: int) -> None:
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto(told.url(PAGE))
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"consent-{scheme}-{width}.png"), full_page=True)
    assert not complaints(page, axe)
    assert fits(page)


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_what_is_noted_of_forms_that_differ_is_listed_and_the_risk_has_its_own_empty_box(
    visit: Visit, office: Office, axe: str, scheme: str, width: int
) -> None:
    world, number = office.world, "+13035550191"
    a_patient(world, "robin", number, consent={})
    asks(world, number)
    asks(world, number, kinds=("groups",))
    asked_back(world)
    says_yes(world, number)
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto(office.url("/patients/robin/consent"))
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"web-note-{scheme}-{width}.png"), full_page=True)
    assert page.get_by_text("do not say the same").count() == 1
    assert not complaints(page, axe)
    assert fits(page)
    assert not page.get_by_label("They told me that they know others may read texts").is_checked()
    page.get_by_label("They told me that they know others may read texts").press("Space")
    page.get_by_role("button", name="I checked with them: note this").press("Enter")
    page.get_by_text("Noted: a line in the record").wait_for()
    patient = world.store.get(Patient, "robin")
    assert patient is not None and set(patient.consent) == {"conversation", "groups"} and patient.unencrypted == "yes"


@pytest.mark.parametrize(("width", "large"), [(320, "100%"), (640, "200%"), (1280, "100%")])
def test_what_a_number_that_is_nobodys_asked_for_on_the_web_page_is_on_its_thread(
    visit: Visit, office: Office, axe: str, width: int, large: str
) -> None:
    world, number = office.world, "+13035550190"
    asks(world, number)
    asked_back(world)
    says_yes(world, number)
    page = visit(viewport={"width": width, "height": 900})
    page.goto(office.url(f"/threads/{world.hasher.contact_id(number)}"))
    letters(page, large)
    expect(page.get_by_role("heading", name="Asked on our web page")).to_be_visible()
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"web-ask-thread-{width}.png"), full_page=True)
    assert not complaints(page, axe)
    assert fits(page)


def test_a_no_is_noted_by_keys_alone(visit: Visit, told: Office) -> None:
    page = visit()
    page.goto(told.url(PAGE))
    summary = page.locator("summary", has_text="No texts at all")
    summary.focus()
    page.keyboard.press("Enter")
    form = page.locator("details[open] form")
    form.get_by_label("By phone").focus()
    page.keyboard.press("Space")
    form.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Noted")
    patient = told.world.store.get(Patient, "alice")
    assert patient is not None and patient.consent == {}


def test_a_person_decides_without_a_script(visit: Visit, told: Office) -> None:
    page = visit(java_script_enabled=False)
    page.goto(told.url(PAGE))
    page.get_by_role("button", name="No: go on").click()
    expect(page.get_by_role("status")).to_contain_text("Decided")
    patient = told.world.store.get(Patient, "alice")
    assert patient is not None
    contact = told.world.store.get(Contact, patient.contact_id)
    assert contact is not None and not unsure(contact)
