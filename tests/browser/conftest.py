"""Chromium, axe, and the console over HTTP with a busy hour of fakes behind it."""

from __future__ import annotations

import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from app import app
from chalicelib.ports import World
from infra.local.door import open_door

from ..cast import CAROL, DAN
from ..console.office import an_office
from .story import EVERYBODY, a_busy_hour

CHROMIUM = "/usr/bin/chromium"
FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
AXE = "axe-core@4.10.3"
PATIENCE = 30_000  # milliseconds: how fast a page is, is measured in a bench; a busy machine fails nobody here
expect.set_options(timeout=PATIENCE)
BUILD = Path(__file__).parents[2] / "build"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = CHROMIUM if Path(CHROMIUM).exists() else None
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *FAKE_CAMERA])
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's script, fetched once into build/ and never committed."""
    kept = BUILD / f"{AXE}.js"
    if not kept.exists():
        BUILD.mkdir(exist_ok=True)
        with TemporaryDirectory(dir=BUILD) as folder:  # two workers may fetch it at once
            packed = subprocess.run(["npm", "pack", "--silent", AXE], cwd=folder, check=True, capture_output=True, text=True)
            with tarfile.open(Path(folder) / packed.stdout.strip().splitlines()[-1]) as tar:
                tar.extract("package/axe.min.js", folder, filter="data")
            (Path(folder) / "package" / "axe.min.js").replace(kept)
    return kept.read_text("utf-8")


class Office:
    """The console's address and the world behind it."""

    def __init__(self, address: str, world: World):
        self.address, self.world = address, world

    def url(self, path: str) -> str:
        return f"{self.address}/console{path}"


@pytest.fixture(scope="session")
def door() -> Iterator[str]:
    """The app's own HTTP door, opened once: its gateway takes an app only one time."""
    server = open_door(app, 0)
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def office(door: str) -> Office:
    world = a_busy_hour()
    an_office(EVERYBODY, CAROL, DAN, world=world, address=f"{door}/console", practised=True)
    return Office(door, world)


@pytest.fixture
def visit(browser: Browser, office: Office) -> Iterator[Callable[..., Page]]:
    """`visit(who="erin", **context)`: a signed-in page. A page that complains (script error, refused by the policy) fails."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(who: str = "erin", **context: object) -> Page:
        opened = browser.new_context(**context)  # type: ignore[arg-type]
        contexts.append(opened)
        page = opened.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(office.url("/sign-in"))
        page.fill("#username", who)
        page.fill("#password", "right")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/console/(inbox|trail)"))  # an officer without programs goes to the trail
        return page

    yield open_page
    for each in contexts:
        each.close()
    assert not complaints
