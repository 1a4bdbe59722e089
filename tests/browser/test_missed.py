"""A missed visit and a long silence in Chromium: one click and back, what was begun, the list; axe, three widths, no script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.records import Patient, Put, Quiet, Thread, Update
from chalicelib.flows.book_appointment import set_status

from ..appointments import booked
from ..cast import CAROL
from .axe import complaints
from .conftest import Office
from .whole import widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


@pytest.fixture
def a_missed_day(office: Office) -> Office:
    """Jordan's visit was missed an hour ago; Alice's has begun, and she has an urgent item; both have gone quiet once before."""
    world = office.world
    start = world.clock() - timedelta(hours=1)
    booked(world, start, "v1", "alice")
    booked(world, start, "v2", "jordan")
    for who in ("alice", "jordan"):  # what they wrote in the office's own story was long ago, and answered
        long_ago = {"heard_at": start - timedelta(days=95), "waiting_since": None}
        world.store.commit(Update(Thread, (who,), set=long_ago))
    world.store.commit(Update(Patient, ("jordan",), set={"consent": dict.fromkeys(("conversation", "re_engagement"), start)}))
    set_status(world, CAROL, "jordan", "v2", "noshow")
    silent = Quiet("adult", "alice", start - timedelta(days=60), "visit", start, True, "v1")
    world.store.commit(Put(silent), Put(Quiet("adult", "jordan", start - timedelta(days=90), "text", start)))
    return office


def pages(office: Office) -> list[str]:
    day = (office.world.clock() - timedelta(hours=1)).astimezone(office.world.clinic.zone).date()
    return [
        f"/visits?program=adult&day={day}", "/visits/alice/v1", "/visits/jordan/v2", "/patients/jordan", "/quiet?program=adult",
        f"/visits/figures?program=adult&month={day:%Y-%m}", "/visits/import?program=adult",
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Visit, a_missed_day: Office, axe: str, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    for path in pages(a_missed_day):
        page.goto(a_missed_day.url(path))
        assert not complaints(page, axe), path


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(visit: Visit, a_missed_day: Office, width: int) -> None:
    page = visit(viewport={"width": width, "height": 800})
    for path in pages(a_missed_day):
        page.goto(a_missed_day.url(path))
        assert widths(page)[0] <= width, path


@pytest.mark.parametrize("script", [True, False])
def test_one_click_in_the_day_and_back_and_a_click_that_stops_the_texts(visit: Visit, a_missed_day: Office, script: bool) -> None:
    page = visit(java_script_enabled=script)
    page.goto(a_missed_day.url(pages(a_missed_day)[0]))
    row = page.locator('[data-row="v1"]')
    row.get_by_role("button", name="Missed").click()
    expect(page.get_by_role("status")).to_contain_text("Marked as missed")
    page.locator('[data-row="v1"]').get_by_role("button", name="Take back").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back")
    page.goto(a_missed_day.url("/patients/jordan"))
    expect(page.get_by_role("heading", name="After a missed visit")).to_be_visible()
    page.get_by_role("button", name="Stop these texts").click()
    expect(page.get_by_role("status")).to_contain_text("Stopped. Nothing more of it leaves.")


@pytest.mark.parametrize("script", [True, False])
def test_the_list_of_who_has_gone_quiet_longest_first(visit: Visit, a_missed_day: Office, script: bool) -> None:
    page = visit(java_script_enabled=script)
    page.goto(a_missed_day.url("/quiet?program=adult"))
    expect(page.get_by_role("listitem").filter(has_text="Last contact").first).to_contain_text("90 days")
    alice = page.locator('[data-row="alice"]')
    alice.get_by_text("Leave alone for a while").click()
    alice.get_by_label("For how long").select_option("60")
    alice.get_by_role("button", name="Leave them alone").click()
    expect(page.get_by_role("status")).to_contain_text("Left alone")
    page.locator('[data-row="jordan"]').get_by_role("button", name="Ask for a call").click()
    expect(page.get_by_role("status")).to_contain_text("It stands in the inbox")
