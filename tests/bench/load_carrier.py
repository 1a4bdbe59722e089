"""A demo whose carrier is the measuring process: its message log, its fallback, and a telephone that hears every page."""

from __future__ import annotations

import json
import os
import re
import signal
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

import boto3

from infra.local import synthetic
from infra.local.keys import keys
from infra.local.phones import server
from infra.local.phones.carrier import Account, Carrier
from infra.local.phones.network import Network, Phone, real_instant
from infra.local.phones.webhooks import Poster

ROOT = Path(__file__).parents[2]
LISTENER = "+12025550190"
AT_ONCE = 600  # webhooks that may be under way: a door that answers nothing for fifteen seconds is felt before the memory is
READY = 180  # seconds that a demo may take to start on a busy machine
CODE = re.compile(r"urgent item (\w{4})")


class Controls:
    """The page of phones asks for these; nobody looks at it here."""

    ahead, store_is_down = "", False

    def jump(self, to: str) -> str:
        return to

    def store_down(self, down: bool) -> None: ...


@dataclass
class Line:
    """The carrier's side of a running demo."""

    carrier: Carrier
    account: Account
    poster: Poster
    demo: dict[str, Any]

    @property
    def network(self) -> Network:
        return self.carrier.network

    @property
    def fallback_url(self) -> str:
        return str(self.demo["fallback"]["twilio"])

    def pages(self) -> Iterator[tuple[str, float]]:
        """(code, epoch) of each page that left, the first of a code first; code "" for one that names no item."""
        seen: set[str] = set()
        for entry in list(self.network.phone(LISTENER).log):
            found = CODE.search(entry.body)
            code = found[1] if found else ""
            if code not in seen or not code:
                seen.add(code)
                yield code, entry.at.timestamp()


@contextmanager
def a_demo(folder: Path) -> Iterator[Line]:
    """Starts it, waits until it is ready, and ends it."""
    ports = {"PORT": str(_free()), "PHONES_PORT": str(_free())}
    twilio = keys(folder, synthetic.staff_ids())["twilio"]
    account = Account(**twilio, inbound_url=f"http://127.0.0.1:{ports['PORT']}/sms/twilio/inbound")
    network = Network(synthetic.clinic().number, real_instant)
    network.add(Phone(LISTENER, "hears every page", "clinician"))
    carrier = Carrier(network, account, lambda: None)
    phones = server.serve(server.application(carrier, Controls()), 0)
    where = f"http://127.0.0.1:{phones.server_port}"
    environment = {**os.environ, **ports, "TWILIO_API_URL": where}
    with (folder / "said").open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "infra.local.demo", "--folder", str(folder)], cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        demo = _ready(folder, process)
        _listen(demo, where, synthetic.staff_ids())
        poster = Poster(account.auth_token, AT_ONCE)
        yield Line(carrier, account, poster, demo)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        carrier.close()
        phones.shutdown()


def _ready(folder: Path, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    until = time.monotonic() + READY
    while time.monotonic() < until and process.poll() is None:
        if (folder / "demo.json").exists():
            return dict(json.loads((folder / "demo.json").read_text()))
        threading.Event().wait(0.2)
    raise RuntimeError((folder / "said").read_text())


def _listen(demo: dict[str, Any], where: str, staff: Any) -> None:
    """One more telephone on the topic of pages, which hears what anybody hears."""
    sns = boto3.client("sns", endpoint_url=demo["aws_endpoint"], region_name=demo["region"], aws_access_key_id="load", aws_secret_access_key="load")
    wanted = {"clinician": [*staff, "everyone"]}
    sns.subscribe(TopicArn=demo["page_topic_arn"], Protocol="http", Endpoint=f"{where}/sns/%2B{LISTENER[1:]}", Attributes={"FilterPolicy": json.dumps(wanted)})


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
