"""The waitlist in Chromium: put somebody on it, enter a time, see who is asked, settle a call; with keys, axe, three widths, no script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.records import Appointment
from chalicelib.flows.tick import tick

from ..appointments import booked
from ..waitlist import opened, waiting
from .axe import complaints
from .conftest import Office
from .whole import widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
DENVER = ZoneInfo("America/Denver")
BOARD = "/waitlist?program=adult"
PAGES = [BOARD, "/patients/alice/waitlist", "/patients/jordan/waitlist", "/patients/jordan/urgent", "/visits?program=adult"]


@pytest.fixture
def list_of_two(office: Office) -> Office:
    """Alice, who is called, and Jordan, with priority; one time held, one open."""
    world = office.world
    start = (world.clock() + timedelta(days=6)).astimezone(DENVER).replace(hour=10, minute=0)
    visit = booked(world, start + timedelta(days=20), "later", "alice")
    since = world.clock() - timedelta(days=12)
    waiting(world, "alice", since=since, visit_id=visit.appointment_id, by_phone=True, days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    opened(world, start)
    tick(world)
    until = world.clock() + timedelta(days=7)
    waiting(world, "jordan", since=since, clinician="carol", priority_by="carol", priority_until=until)
    opened(world, start + timedelta(days=1), "s2", kind="urgent")
    return office


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Visit, list_of_two: Office, axe: str, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    for path in PAGES:
        page.goto(list_of_two.url(path))
        assert not complaints(page, axe), path


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(visit: Visit, list_of_two: Office, width: int) -> None:
    page = visit(viewport={"width": width, "height": 800})
    for path in PAGES:
        page.goto(list_of_two.url(path))
        assert widths(page)[0] <= width, path


@pytest.mark.parametrize("script", [True, False])
def test_somebody_is_put_on_the_list_and_a_call_is_settled(visit: Visit, list_of_two: Office, script: bool) -> None:
    page = visit(java_script_enabled=script)
    page.goto(list_of_two.url("/patients/riley"))
    page.get_by_role("link", name="waitlist").click()
    page.get_by_label("Mon").check()
    page.get_by_label("From").fill("09:00")
    page.get_by_label("To", exact=False).last.fill("12:00")
    page.get_by_role("button", name="Put on the list").click()
    expect(page.get_by_text("On the list.", exact=False)).to_be_visible()
    expect(page.get_by_text("Mon · 09:00-12:00", exact=False)).to_be_visible()
    expect(page.get_by_text("by phone: call them", exact=False)).to_be_visible()
    page.get_by_role("button", name="They said yes").first.click()
    expect(page.get_by_text("Booked for them.", exact=False)).to_be_visible()
    moved = list_of_two.world.store.get(Appointment, "alice", "later")
    assert moved is not None and moved.start_at.astimezone(DENVER).hour == 10


def test_the_board_is_worked_with_keys_alone(visit: Visit, list_of_two: Office) -> None:
    page = visit()
    page.goto(list_of_two.url(BOARD))
    page.get_by_role("button", name="They said yes").first.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="They said no").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Noted. The next may be asked.")).to_be_visible()


def test_an_urgent_time_is_one_click(visit: Visit, list_of_two: Office) -> None:
    page = visit()
    page.goto(list_of_two.url("/patients/jordan/urgent"))
    page.get_by_role("button", name="Book it").first.click()
    page.wait_for_url("**/threads/jordan**")
    [found] = [each for each in list_of_two.world.store.rows(Appointment) if each.patient_id == "jordan"]  # type: ignore[attr-defined]
    assert found.kind == "urgent"
