"""A clinic's door of three lines for the phones to talk to, and a clock that stands still."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from infra.local.phones.carrier import Account, Carrier
from infra.local.phones.network import Network, Phone

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
CLINIC, ALICE, ERIN, SECOND = "+12025550100", "+12025550101", "+12025550161", "+12025550199"
TOKEN, SID = "a" * 32, "AC" + "b" * 32


@dataclass
class Taken:
    """One request that the door saw."""

    path: str
    fields: dict[str, str]
    signature: str
    raw: bytes


@dataclass
class Door:
    """Answers every POST with what `answers` says for its path: (status, content type, body)."""

    answers: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)

    def __enter__(self) -> Door:
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                fields = dict(parse_qsl(raw.decode(), keep_blank_values=True))
                door.taken.append(Taken(self.path, fields, self.headers["X-Twilio-Signature"], raw))
                status, kind, body = door.answers.get(self.path, (204, "", ""))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *exc: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def statuses(self) -> list[str]:
        return [one.fields["MessageStatus"] for one in self.taken if "MessageStatus" in one.fields]


class Still:
    """Controls that do nothing."""

    ahead = ""
    moving = False
    store_is_down = False

    def __init__(self) -> None:
        self.jumps: list[str] = []

    def jump(self, to: str) -> str:
        self.jumps.append(to)
        return f"moved: {to}"

    def store_down(self, down: bool) -> None:
        self.store_is_down = down


def a_carrier(door: Door, pause: Callable[[], None] = lambda: None, second: str = "") -> Carrier:
    """The carrier with Alice's and Erin's phones, its webhooks pointing at the door."""
    network = Network(CLINIC, lambda: NOON, second)
    network.add(Phone(ALICE, "Alice (synthetic)", "patient"))
    network.add(Phone(ERIN, "Erin (synthetic)", "clinician"))
    return Carrier(network, Account(SID, TOKEN, door.url + "/in", door.url + "/fallback"), pause)
