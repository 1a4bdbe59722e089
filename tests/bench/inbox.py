"""What an inbox of five hundred costs: server time without AWS, bytes, first paint on a slow laptop, calls a minute.

`python -m tests.bench.inbox` prints JSON. Chromium is slowed four times, with 1.6 Mbit/s and 150 ms to the server.
"""

from __future__ import annotations

import gzip
import json
import re
import statistics
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from ulid import ULID

from app import app
from chalicelib.console.render import read_asset
from chalicelib.core.records import Put, Roster, Thread
from chalicelib.core.staff import Staff
from chalicelib.ports import SealContext, World
from infra.local.door import open_door
from tests.cast import a_patient, an_sms
from tests.console.office import an_office, at_desk
from tests.console.test_costs import Counting
from tests.fakes.world import FakeClock, a_world

THREADS, TIMES, POLLS = 500, 40, 15
DESK = Staff("desk", "front_desk", ("adult", "harbor", "unmatched"))
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 96_000}
CHROMIUM = "/usr/bin/chromium"


def main() -> None:
    world = _busy()
    print(json.dumps({"threads": THREADS, **_server(world), **_bytes(world), **_paint(world), **_a_minute()}, indent=1))


def _busy() -> World:
    world, names = a_world(ids=lambda at: str(ULID.from_datetime(at))), {}
    for number in range(THREADS):
        patient, since = f"P{number:025d}", world.clock() - timedelta(minutes=number)
        names[patient] = f"Synthetic Patient {number:03d}"
        thread = Thread(patient, "adult", f"c{number}", patient, since, world.clock(), unanswered=2, reply_by=since + timedelta(hours=9))
        world.store.commit(Put(replace(thread, owner=("", "desk", "carol")[number % 3])))
    sealed = world.vault.seal(SealContext("roster", "adult", "roster"), "adult", json.dumps(names))
    world.store.commit(Put(Roster("adult", 1, sealed)))
    return world


class Stored:
    """A store whose queries have been answered already: what is left is our own work."""

    def __init__(self, inner: Any):
        self._inner, self._known = inner, {name: getattr(inner, name)("adult") for name in ("waiting", "recent")}

    def __getattr__(self, name: str) -> Any:
        return (lambda *_, **__: self._known[name]) if name in ("waiting", "recent") else getattr(self._inner, name)


def _server(world: World) -> dict[str, float]:
    desk, _ = at_desk(DESK, replace(world, store=Stored(world.store)))  # type: ignore[arg-type]
    desk.get("/console/inbox")
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        assert desk.get("/console/inbox").status_code == 200
        took.append((time.perf_counter() - began) * 1000)
    return {"server_ms_p50": round(statistics.median(took), 1), "server_ms_p95": round(sorted(took)[int(TIMES * 0.95)], 1)}


def _bytes(world: World) -> dict[str, int]:
    desk, _ = at_desk(DESK, world)
    page = desk.get("/console/inbox").body
    assets = [read_asset(name).encode() for name in ("console.css", "keys.js", "console.js", "icon.svg")]
    everything = [page, *assets]
    return {
        "page_bytes": len(page),
        "weight_bytes": sum(map(len, everything)),
        "weight_gzip_bytes": sum(len(gzip.compress(part)) for part in everything),
    }


def _paint(world: World) -> dict[str, float]:
    """First contentful paint, nothing in the browser's cache."""
    server = open_door(app, 0)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    an_office(DESK, world=world, address=f"{address}/console", practised=True)
    with sync_playwright() as playwright:
        path = CHROMIUM if Path(CHROMIUM).exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{address}/console/sign-in")
        page.fill("#username", "desk")
        page.fill("#password", "right")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/inbox**")
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.send("Network.emulateNetworkConditions", SLOW)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        found = []
        for _ in range(5):
            page.goto(f"{address}/console/inbox", wait_until="load")
            page.wait_for_timeout(300)
            found.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        browser.close()
    server.shutdown()
    server.server_close()
    return {"first_paint_ms_median": round(statistics.median(found))}


def _a_minute() -> dict[str, dict[str, int]]:
    """Calls to the tables while one inbox is open for a minute: nothing happens; a text at every look."""
    return {f"calls_a_minute_{name}": dict(_polls(busy)) for name, busy in (("idle", False), ("busy", True))}


def _polls(busy: bool) -> Counter[str]:
    from chalicelib.flows.receive_sms import receive

    world = a_world(ids=lambda at: str(ULID.from_datetime(at)))
    a_patient(world)
    counting = Counting(world.store)
    desk, _ = at_desk(DESK, replace(world, store=counting))  # type: ignore[arg-type]
    mark = _mark(desk.get("/console/inbox").body)
    counting.calls.clear()
    for _ in range(POLLS):
        assert isinstance(world.clock, FakeClock)
        world.clock.advance(seconds=4)
        if busy:
            receive(world, an_sms("Hello", at=world.clock()), inline=False)
        answer = desk.get(f"/console/inbox/rows?program=adult&seen={mark}")
        mark = _mark(answer.body) if answer.status_code == 200 else mark
    return counting.calls + Counter(all=sum(counting.calls.values()))


def _mark(body: bytes) -> str:
    found = re.search(r'data-mark="(\w+)"', body.decode())
    assert found is not None
    return found[1]


if __name__ == "__main__":
    main()
