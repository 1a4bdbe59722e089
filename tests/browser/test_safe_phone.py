"""The phone in the room, in Chromium: the plan's page, the list of numbers in doubt, and an item whose phone must be left alone; axe in
both schemes, narrow and wide, keys alone, without a script."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.records import Incident, Patient
from chalicelib.core.safe_phone import SafePhone
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.safe_phone import save_plan

from ..cast import CAROL, an_sms
from .axe import complaints
from .conftest import Office
from .whole import fits

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
RILEY = "+13035550104"
PAGE = "/patients/riley/safe-phone"
SHOTS = os.environ.get("PORCHLIGHT_SHOTS", "")
PLAN = SafePhone(
    hours={"mon": "10:00-15:00", "wed": "10:00-15:00"}, level=1, phone="unsafe", voicemail="no", others="Sam, husband", word="maple",
    duress="aunt rosa", way="Her sister Ana at work, 303-555-0188, weekdays before 3", avoid="Sam, and his mother",
    agreed="1. Call Ana at work.\n2. Ask for the word.\n3. If she is not there, the supervisor decides.",
)  # fmt: skip


@pytest.fixture
def told(office: Office) -> Office:
    """Riley has a plan, and her word comes; somebody says that Morgan's number is wrong."""
    assert save_plan(office.world, CAROL, "riley", PLAN, "in_person", 0).why == "saved"
    receive(office.world, an_sms("sorry wrong number", "+13035550103", at=office.world.clock()), inline=False)
    receive(office.world, an_sms("the soup is from aunt rosa", RILEY, at=office.world.clock()), inline=False)
    return office


def _item(office: Office) -> str:
    return next(each.incident_id for each in office.world.store.rows(Incident) if "no_contact" in each.categories)  # type: ignore[attr-defined]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious_and_nothing_is_cut_off(visit: Visit, told: Office, axe: str, scheme: str, width: int) -> None:
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    pages = {"plan": PAGE, "numbers": "/numbers", "item": f"/incidents/{_item(told)}", "thread": "/threads/riley", "patient": "/patients/riley"}
    for name, at in pages.items():
        page.goto(told.url(at))
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"safe-{name}-{scheme}-{width}.png"), full_page=True)
        assert not complaints(page, axe), name
        assert fits(page), name


def test_safe_4_an_item_of_a_phone_that_is_not_safe_opens_on_the_plan_and_offers_no_way_to_that_phone(visit: Visit, told: Office) -> None:
    page = visit()
    for at in (f"/incidents/{_item(told)}", "/threads/riley", "/patients/riley"):
        page.goto(told.url(at))
        expect(page.locator("main")).to_contain_text("DO NOT CALL OR TEXT THIS PHONE")
        assert page.locator("main a[href^='tel:']").count() == 0, at
        assert "555-0104" not in page.locator("main").inner_text(), at
    page.goto(told.url(f"/incidents/{_item(told)}"))
    first = page.locator(".crisis section").first
    expect(first).to_contain_text("Call Ana at work.")
    expect(first).to_contain_text("Never call or tell")
    expect(page.get_by_role("button", name="Call through the clinic")).to_have_count(0)


def test_a_plan_is_written_by_keys_alone_and_says_what_is_wrong_beside_the_field(visit: Visit, office: Office) -> None:
    page = visit()
    page.goto(office.url("/patients/jordan/safe-phone"))
    page.locator("#word").focus()
    page.keyboard.type("maple")
    page.get_by_role("button", name="Save the plan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Say how you know that it is them")
    expect(page.locator("#word")).to_have_value("maple")
    page.get_by_label("In person, and alone").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save the plan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved as a new version")
    patient = office.world.store.get(Patient, "jordan")
    assert patient is not None and patient.plan == 1 and patient.word


def test_without_a_script_a_person_says_whose_number_it_is(visit: Visit, told: Office) -> None:
    page = visit(java_script_enabled=False)
    page.goto(told.url("/numbers"))
    page.get_by_role("link", name="Open Morgan").click()
    page.locator("summary", has_text="It is theirs").click()
    form = page.locator("details[open] form", has=page.get_by_role("button", name="It is their number"))
    form.get_by_label("We called them back").check()
    form.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("off the list")
    page.goto(told.url("/numbers"))
    expect(page.locator("main")).to_contain_text("No number is in doubt.")
