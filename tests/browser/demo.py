"""The real demo in another process on free ports, for journeys and for pictures: its phones, its people, its pages."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
SIGNED_IN = re.compile("/(inbox|practice)")
STARTS_WITHIN = 180.0  # seconds, on a busy machine


@dataclass(frozen=True, slots=True)
class Demo:
    """What `demo.json` says, and what one can do from outside."""

    told: dict[str, Any]

    def url(self, path: str) -> str:
        return f"{self.told['console'].removesuffix('/console')}/console{path}"

    def patient(self, at: int, program: str) -> tuple[str, str]:
        """Id and number of the n-th patient of a program who may be texted, whose phone is nobody else's."""
        phones = [each["number"] for each in self.told["patients"]]
        free = [p for p in self.told["patients"] if p["program"] == program and p["consent"] and phones.count(p["number"]) == 1]
        return free[at]["id"], free[at]["number"]

    def write(self, number: str, body: str) -> None:
        """A patient types."""
        address = f"{self.told['phones']}/%2B{number[1:]}/type"
        answer = urllib3.request("POST", address, fields={"body": body}, redirect=False)
        assert answer.status in (200, 204, 302, 303), answer.status

    def on_phone(self, number: str) -> list[dict[str, str]]:
        return list(urllib3.request("GET", f"{self.told['phones']}/%2B{number[1:]}.json").json())

    def sign_in(self, page: Page, username: str) -> None:
        password = next(each["password"] for each in self.told["staff"] if each["username"] == username)
        page.goto(self.url("/sign-in"))
        page.fill("#username", username)
        page.fill("#password", password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(SIGNED_IN)
        if "/practice" in page.url:  # somebody's first day, who knows it all already
            page.get_by_role("button", name="to the inbox").click()
        page.wait_for_url("**/inbox**")


@contextmanager
def a_running_demo(folder: Path) -> Iterator[Demo]:
    """Started on two free ports, stopped by its own process id. Raises RuntimeError with what it printed."""
    folder.mkdir(parents=True, exist_ok=True)
    said, files = folder / "said.txt", folder / "files"
    ports = {"PORT": str(_free_port()), "PHONES_PORT": str(_free_port())}
    command = [sys.executable, "-m", "infra.local.demo", "--folder", str(files)]
    with said.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **ports}, stdout=out, stderr=out)
    try:
        ends = time.monotonic() + STARTS_WITHIN
        while "Porchlight is ready" not in said.read_text():
            if process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(said.read_text())
            threading.Event().wait(0.1)
        yield Demo(json.loads((files / "demo.json").read_text()))
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
