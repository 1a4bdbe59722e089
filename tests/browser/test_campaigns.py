"""Campaigns, today's plan and the stage of change in Chromium: axe, three widths, without a script too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.records import Campaign, Patient, Update
from chalicelib.core.staff import Staff
from chalicelib.flows import campaign_desk as desk

from ..campaigns import a_wish
from ..console.office import an_office
from .axe import complaints
from .conftest import Office
from .whole import widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
GRACE = Staff("grace", "supervisor", ("adult",))
HANNAH = Staff("hannah", "clinical_lead", ("adult",))
PAGES = ["/campaigns?program=adult", "/campaigns/adult/k1", "/campaigns/adult/k1/people", "/plan"]


@pytest.fixture
def one_campaign(office: Office) -> Office:
    """Counted by Hannah; two people would get it."""
    world = office.world
    an_office(GRACE, world=world, address=office.url(""), practised=True)
    agreed = dict.fromkeys(("conversation", "re_engagement", "clinical"), world.clock())
    for name in ("alice", "jordan"):
        world.store.commit(Update(Patient, (name,), set={"consent": agreed}))
    desk.make(world, HANNAH, "adult", "k1", a_wish())
    return office


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Visit, one_campaign: Office, axe: str, scheme: str) -> None:
    page = visit("grace", color_scheme=scheme)
    for path in PAGES:
        page.goto(one_campaign.url(path))
        assert not complaints(page, axe), path


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(visit: Visit, one_campaign: Office, width: int) -> None:
    page = visit("grace", viewport={"width": width, "height": 800})
    for path in PAGES:
        page.goto(one_campaign.url(path))
        assert widths(page)[0] <= width, path


@pytest.mark.parametrize("script", [True, False])
def test_a_colleagues_campaign_is_approved_started_and_stopped(visit: Visit, one_campaign: Office, script: bool) -> None:
    page = visit("grace", java_script_enabled=script)
    page.goto(one_campaign.url("/campaigns/adult/k1"))
    page.get_by_role("button", name="Approve it").click()
    page.get_by_role("button", name="Start it").click()
    expect(page.get_by_text("Started.", exact=False)).to_be_visible()
    page.get_by_text("Stop it for good").first.click()
    page.get_by_role("button", name="Stop it for good").click()
    expect(page.get_by_text("Nothing more leaves", exact=False).first).to_be_visible()
    found = one_campaign.world.store.get(Campaign, "adult", "k1")
    assert found is not None and found.state == "stopped"
