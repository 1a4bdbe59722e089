"""A records person in Chromium: a release from the form to its file, with and without a script; axe, and three widths."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.records import Patient, Update
from chalicelib.flows import amend_record
from chalicelib.flows.breach_cases import misdirected

from ..cast import CAROL, FRANK, RITA
from ..console.office import an_office
from .axe import complaints
from .conftest import Office
from .story import a_busy_hour
from .whole import fits

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
PAGE = "/patients/alice/records"
SHOTS = os.environ.get("PORCHLIGHT_SHOTS", "")


@pytest.fixture
def office(door: str) -> Office:
    world = a_busy_hour()
    an_office(RITA, FRANK, world=world, address=f"{door}/console", practised=True)
    return Office(door, world)


def looked_at(page: Page, axe: str, name: str) -> None:
    """Nothing serious, nothing wider than the window."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)
        assert fits(page), (name, width)
    assert not complaints(page, axe), name


@pytest.mark.parametrize("script", [True, False])
def test_a_record_is_released_and_its_file_read(visit: Visit, office: Office, axe: str, script: bool, tmp_path: Path) -> None:
    form_id = office.world.ids(office.world.clock())
    assert amend_record.ask(office.world, RITA, "alice", "It was Friday, not Thursday.", "", form_id) == "asked"
    page = visit("rita", java_script_enabled=script, accept_downloads=True)
    page.goto(office.url(PAGE))
    page.get_by_label("The patient asks for their own record").check()
    page.get_by_label("Who receives it: name, and address or number").fill("Alice herself")
    if script:
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        looked_at(page, axe, "records")
        page.get_by_role("button", name="Release it").click()
        expect(page.get_by_role("alert").first).to_contain_text("Tick that you checked")
        page.get_by_label("Who receives it: name, and address or number").fill("Alice herself")
    page.get_by_label("We checked who receives it").check()
    page.get_by_role("button", name="Release it").click()
    expect(page.get_by_role("heading", name="Released record of Alice")).to_be_visible()
    if script:
        looked_at(page, axe, "release")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Page of part 2").click()
    kept = tmp_path / "part.html"
    taken.value.save_as(kept)
    page.goto(kept.as_uri())
    expect(page.get_by_role("heading", name="record, part 2 of 2")).to_be_visible()
    if script:
        looked_at(page, axe, "record-file")


@pytest.mark.parametrize("script", [True, False])
def test_a_hold_is_placed_and_lifted_and_a_deletion_asked(visit: Visit, office: Office, axe: str, script: bool) -> None:
    office.world.store.commit(Update(Patient, ("alice",), set={"status": "discharged"}))
    page = visit("frank", java_script_enabled=script)
    page.goto(office.url("/keeping?patient=alice"))
    page.get_by_label("A lawsuit, or one that is expected").check()
    page.get_by_label("Docket or file number").fill("24-CV-1107")
    page.get_by_role("button", name="Put it on hold").click()
    expect(page.get_by_role("status")).to_contain_text("The hold is on")
    if script:
        looked_at(page, axe, "held")
    page.get_by_role("button", name="Lift the hold").click()
    page.get_by_text("Delete this record").click()
    if script:
        looked_at(page, axe, "keeping")
    page.get_by_label("Registered by mistake: this person is no patient").check()
    page.get_by_role("button", name="It is to be deleted").click()
    expect(page.get_by_role("status")).to_contain_text("Something is open")


def test_a_misdirected_text_is_weighed(visit: Visit, office: Office, axe: str) -> None:
    row = next(each for each in office.world.store.newest("alice") if each.author == "carol")
    misdirected(office.world, CAROL, "alice", row.message_id)
    page = visit("frank")
    page.goto(office.url("/breaches"))
    looked_at(page, axe, "breaches")
    page.get_by_role("link", name="text").click()
    for legend in page.get_by_role("group").all():
        if (low := legend.get_by_label("Low risk")).count():
            low.check()
    page.get_by_label("A breach: the person is told").check()
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("status")).to_contain_text("Decided, with your name")
    looked_at(page, axe, "breach")
