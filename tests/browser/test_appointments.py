"""The schedule in Chromium: read at a glance, walked through with keys, booked, answered, moved; with a script and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from chalicelib.core.records import Appointment, Imported, Put
from chalicelib.flows.book_appointment import set_status
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick

from ..appointments import booked
from ..cast import CAROL, an_sms
from .axe import complaints
from .conftest import Office
from .whole import widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


@pytest.fixture
def schedule(office: Office) -> list[str]:
    """Jordan was told and has answered, Alice was told, Riley has no safe hour before, Sam's is called off. The pages to look at."""
    world = office.world
    start = (world.clock() + timedelta(hours=20)).astimezone(ZoneInfo("America/Denver")).replace(minute=0)
    for name, hours in (("riley", 0), ("alice", 1), ("jordan", 2), ("sam", 3)):
        link = "https://video.example.org/room/7" if name == "jordan" else ""
        visit = booked(world, start + timedelta(hours=hours), f"visit-{name}", name, place="200 Elm St, second floor", link=link)
        if name == "sam":
            set_status(world, CAROL, name, visit.appointment_id, "cancelled")
    tick(world)
    world.clock.advance(minutes=1)  # type: ignore[attr-defined]  # the number sends one after the other
    for row in [row for row in world.store.rows(_message()) if row.direction == "out" and row.status == "queued"]:  # type: ignore[attr-defined]
        deliver(world, row.thread_id, row.message_id)
    receive(world, an_sms("1", "+13035550102", at=world.clock()), inline=False)
    day = f"{start:%Y-%m-%d}"
    return [
        f"/visits?program=adult&day={day}", f"/visits?program=adult&day={day}&span=week", "/visits/alice/visit-alice", "/visits/jordan/visit-jordan",
        "/visits/alice/visit-alice/edit", "/patients/alice/visits/new", "/visits/import", f"/visits/figures?program=adult&month={start:%Y-%m}", "/threads/alice", "/patients/alice",
    ]  # fmt: skip


def _message() -> type:
    from chalicelib.core.records import Message

    return Message


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Visit, office: Office, schedule: list[str], axe: str, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    for path in schedule:
        page.goto(office.url(path))
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        assert not complaints(page, axe), path


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(visit: Visit, office: Office, schedule: list[str], width: int) -> None:
    page = visit(viewport={"width": width, "height": 800})
    for path in schedule:
        page.goto(office.url(path))
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        assert widths(page)[0] <= width, path


def test_the_day_is_walked_through_with_keys(visit: Visit, office: Office, schedule: list[str]) -> None:
    page = visit()
    page.goto(office.url(schedule[0]))
    expect(page.get_by_text("confirmed", exact=True).first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/visits/alice/visit-alice")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Alice")
    page.keyboard.press("u")
    page.wait_for_url("**/visits?program=adult**")


@pytest.mark.parametrize("script", [True, False])
def test_a_visit_is_booked_after_a_look_and_moved(visit: Visit, office: Office, script: bool) -> None:
    page = visit(java_script_enabled=script)
    start = (office.world.clock() + timedelta(days=3)).astimezone(ZoneInfo("America/Denver"))
    page.goto(office.url("/patients/jordan"))
    page.get_by_role("link", name="Book one").click()
    page.get_by_label("Day and time").fill(f"{start:%Y-%m-%d}T14:00")
    page.get_by_label("Where", exact=False).first.fill("200 Elm St")
    page.get_by_role("button", name="Show what they would get").click()
    expect(page.get_by_text("Tiene una cita", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("Booked. Below is what they will be sent.")).to_be_visible()
    page.get_by_role("link", name="Move or change it").click()
    page.get_by_label("Day and time").fill(f"{start + timedelta(days=1):%Y-%m-%d}T10:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Moved. Its texts are planned anew", exact=False)).to_be_visible()
    [kept] = office.world.store.rows(Appointment)  # type: ignore[attr-defined]
    assert kept.start_at.astimezone(ZoneInfo("America/Denver")).hour == 10


@pytest.mark.parametrize("script", [True, False])
def test_a_file_of_visits_is_checked_and_taken_in(visit: Visit, office: Office, tmp_path: Path, script: bool) -> None:
    world = office.world
    world.store.commit(Put(Imported(world.hasher.text_hash("record\0adult\0A-1"), "jordan", "row")))
    start = world.clock() + timedelta(days=4)
    (tmp_path / "visits.csv").write_text(f"visit_id,record_id,start\nv1,A-1,{start:%Y-%m-%d} 15:00\nv2,A-1,soon\n")
    page = visit(java_script_enabled=script)
    page.goto(office.url("/visits/import"))
    page.get_by_label("CSV or iCalendar").set_input_files(tmp_path / "visits.csv")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("cell", name="is no day and time", exact=False)).to_be_visible()
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("That was the last row.")).to_be_visible()
