"""The patients' pages in Chromium: match a number, undo a wrong merge, import a list, with a script and without."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chalicelib.flows import tick

from ..cast import STRANGER_NUMBER, a_patient
from .axe import complaints
from .conftest import Office
from .whole import widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
LIST = "record_id,name,number,consent\n1,Casey,303 555 0161,yes\n2,Devon,555,yes\n"
SHOTS = os.environ.get("PORCHLIGHT_SHOTS", "")


def _pages(office: Office) -> list[str]:
    stranger = office.world.hasher.contact_id(STRANGER_NUMBER)
    pages = [f"/patients/{each}" for each in ("alice", "riley/edit", "alice/transfer", "alice/merge", "alice/team")]
    return [*pages, f"/threads/{stranger}/match", "/import"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Visit, office: Office, axe: str, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    for path in _pages(office):
        page.goto(office.url(path))
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        _shot(page, path, scheme)
        assert not complaints(page, axe), path


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(visit: Visit, office: Office, width: int) -> None:
    page = visit(viewport={"width": width, "height": 800})
    for path in _pages(office):
        page.goto(office.url(path))
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        _shot(page, path, str(width))
        assert widths(page)[0] <= width, path


@pytest.mark.parametrize("script", [True, False])
def test_an_unknown_number_is_matched(visit: Visit, office: Office, script: bool) -> None:
    page = visit(java_script_enabled=script)
    page.goto(office.url(f"/threads/{office.world.hasher.contact_id(STRANGER_NUMBER)}"))
    page.get_by_role("link", name="Match or dismiss").click()
    page.get_by_label("Find the patient").fill("morgan")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_label("Morgan").check()
    page.get_by_label("Only these texts are theirs").check()
    page.get_by_role("button", name="Match", exact=True).click()
    expect(page.get_by_text("hello is this the clinic")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_wrong_merge_is_undone(visit: Visit, office: Office, script: bool) -> None:
    a_patient(office.world, "alias", "+13035550162")
    page = visit(java_script_enabled=script)
    page.goto(office.url("/patients/alice/merge"))
    page.get_by_label("Find the other record").fill("riley")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_label("Riley").check()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("Merged. Older texts")).to_be_visible()
    for _ in range(4):
        office.world.clock.advance(minutes=1)  # type: ignore[attr-defined]
        tick.tick(office.world)
    page.goto(office.url("/threads/alice"))
    expect(page.get_by_text("Also running late today")).to_be_visible()
    page.goto(office.url("/patients/alice"))
    page.get_by_text("Another record was merged into this one").click()
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_text("The merge is undone.")).to_be_visible()
    page.goto(office.url("/threads/riley"))
    expect(page.get_by_text("Also running late today")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_list_is_checked_and_imported(visit: Visit, office: Office, tmp_path: Path, script: bool) -> None:
    page = visit(java_script_enabled=script)
    page.goto(office.url("/import"))
    (tmp_path / "list.csv").write_text(LIST)
    page.get_by_label("CSV file").set_input_files(tmp_path / "list.csv")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Nothing was changed yet")).to_be_visible()
    expect(page.get_by_role("cell", name="is no phone number with ten digits")).to_be_visible()
    _shot(page, "/import-checked", "")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("That was the last row.")).to_be_visible()


def _shot(page: Page, path: str, name: str) -> None:
    """Pictures to look at, where a person asks for them."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{path.strip('/').replace('/', '-')[-24:]}-{name}.png", full_page=True)
