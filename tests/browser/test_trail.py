"""The compliance officer in Chromium: search, timeline, seal and report, with and without a script; axe, and three widths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chalicelib.console import furnish
from chalicelib.core.staff import Staff
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.seal_trail import seal

from ..cast import CAROL, FRANK
from ..console.office import FakeSignIn
from ..fakes.archive import FakeAccountTrail
from ..fakes.directory import FakeDirectory
from ..fakes.keys import FakeKeys
from ..pdfs import pages_of
from .axe import complaints
from .conftest import Office
from .story import a_busy_hour
from .whole import fits

pytestmark = pytest.mark.browser
PAGES = ["/trail", "/trail?refused=yes", "/trail/patients/alice", "/trail/patients/alice?aws=yes", "/trail/patients/alice/report"]
Visit = Callable[..., Page]


@pytest.fixture
def office(door: str) -> Office:
    world = a_busy_hour()
    read_thread(world, CAROL, "alice")
    world.clock.advance(hours=2)  # type: ignore[attr-defined]
    seal(world)
    people: dict[str, Staff] = {each.staff_id: each for each in (FRANK, CAROL)}
    seen = FakeAccountTrail()
    keys, address = FakeKeys(lambda: world), f"{door}/console"
    furnish(lambda: world, lambda: FakeSignIn(people), lambda: address, lambda: FakeDirectory.of(FRANK), account=lambda: seen, keys=lambda: keys)
    return Office(door, world)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_window(visit: Visit, office: Office, axe: str, scheme: str) -> None:
    page = visit("frank", color_scheme=scheme)
    for path in PAGES:
        page.goto(office.url(path))
        assert not complaints(page, axe), path
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert fits(page), (path, width)


@pytest.mark.parametrize("script", [True, False])
def test_from_a_search_to_a_patient_and_the_seal(visit: Visit, office: Office, axe: str, script: bool) -> None:
    page = visit("frank", java_script_enabled=script)
    expect(page.get_by_role("heading", name="Trail", exact=True)).to_be_visible()
    page.get_by_label("Person").fill("carol")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("cell", name="Opened the thread").first).to_be_visible()
    page.get_by_role("link", name="alice").first.click()
    expect(page.get_by_role("heading", name="Timeline of one patient")).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("link", name="As PDF").click()
    said = "".join(line for each in pages_of(Path(kept.value.path()).read_bytes()) for line in each)
    assert kept.value.suggested_filename == "timeline.pdf" and "Opened the thread" in said
    page.get_by_role("link", name="← Trail").click()
    page.get_by_role("button", name="Check the seal").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing is wrong")
    if script:
        assert not complaints(page, axe)
