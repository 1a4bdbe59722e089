"""A proposal for the screen's rules in Chromium: made, read, agreed to; for everybody, at every width, with and without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.staff import Staff
from chalicelib.flows.propose import propose

from ..console.office import an_office
from ..console.test_proposals import WANTS, rehearsal
from .axe import complaints
from .conftest import Office
from .story import EVERYBODY
from .whole import widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
LEAD = Staff("grace", "clinical_lead", ("adult",))
PROPOSAL = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture
def lead_office(office: Office) -> Office:
    an_office(EVERYBODY, LEAD, world=office.world, address=f"{office.address}/console", practised=True, rehearsal=rehearsal)
    return office


@pytest.mark.parametrize("script", [True, False])
def test_from_choosing_a_rule_to_the_file(visit: Visit, lead_office: Office, script: bool) -> None:
    page = visit("grace", java_script_enabled=script)
    page.goto(lead_office.url("/screen/proposals"))
    page.get_by_role("link", name="Propose a change").click()
    page.get_by_label("Add an “unless” phrase").check()
    page.locator("#rule").select_option(WANTS)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Phrases, one a line").fill("screen cracked")
    page.get_by_label("Why", exact=True).fill("It wakes people for a cracked phone")
    page.get_by_role("button", name="See what it does").click()
    expect(page.get_by_role("alert")).to_contain_text("At least one sentence of your own that must page nobody")
    page.get_by_label("Sentences that must page nobody").fill("I want to die, this screen cracked")
    page.get_by_role("button", name="See what it does").click()
    expect(page.get_by_text("False pages that disappear: 1")).to_be_visible()
    page.get_by_role("button", name="Agree").click()
    with page.expect_download() as kept:
        page.get_by_role("link", name="The proposal as a file").click()
    assert kept.value.suggested_filename.startswith("proposal-")


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_pages_are_for_everybody(visit: Visit, lead_office: Office, axe: str, scheme: str, width: int) -> None:
    from chalicelib.core.lexicon_change import LexiconChange

    change = LexiconChange("retire", WANTS, "It wakes people for nothing", must_not=("I want to die of boredom in this queue",))
    propose(lead_office.world, LEAD, rehearsal(), PROPOSAL, change)
    page = visit("grace", color_scheme=scheme, viewport={"width": width, "height": 800})
    for path in ("/proposals", "/propose", f"/propose?kind=new&rule={WANTS}", f"/proposals/{PROPOSAL}"):
        page.goto(lead_office.url(f"/screen{path}"))
        needs, room = widths(page)
        assert needs <= room, path
        assert not complaints(page, axe), path
