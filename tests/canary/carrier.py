"""A stand-in for Twilio on the loopback: it says yes, says no, or hangs up, and keeps every request that it got."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode

from infra.local.phones.webhooks import signature

from .cloud import ACCOUNT, TOKEN
from .evidence import Evidence

REFUSED = (400, {"code": 21610, "message": "Attempt to send to unsubscribed recipient", "status": 400})
BUSY = (429, {"code": 20429, "message": "Too Many Requests", "status": 429})


@dataclass
class Carrier:
    """`answer`: (status, body) for the next texts, "ok", or "hang up". `log`: the account's messages, newest first."""

    evidence: Evidence
    answer: Any = "ok"
    url: str = ""
    log: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, str]] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))

    def post(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, Any]] | None:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        for name, value in fields.items():
            self.evidence.see("carrier field", f"twilio {name}", value)
        self.taken.append(fields)
        if self.answer == "hang up":
            return None
        if self.answer != "ok":
            return self.answer  # type: ignore[no-any-return]
        return 201, {"sid": f"SM{next(self._numbers):032x}", "status": "queued"}

    def page(self) -> tuple[int, dict[str, Any]]:
        return 200, {"messages": self.log, "next_page_uri": None}

    def one(self, path: str, fields: bytes | None = None) -> tuple[int, dict[str, Any]]:
        """A line of the log, whose words are taken out by an empty body."""
        sid = path.rpartition("/")[2].removesuffix(".json")
        line = next((each for each in self.log if each["sid"] == sid), None)
        if line is None:
            return 404, {"code": 20404}
        if fields == b"Body=":
            line["body"] = ""
        return 200, line


def a_line(sid: str, sender: str, recipient: str, body: str, at: datetime, direction: str = "inbound", status: str = "received") -> dict[str, Any]:
    """One message as Twilio's log shows it."""
    sent = format_datetime(at)
    return {
        "sid": sid, "from": sender, "to": recipient, "body": body, "direction": direction, "status": status,
        "date_sent": sent, "date_created": sent, "date_updated": sent, "num_media": "0", "error_code": None,
    }


@contextmanager
def a_carrier(evidence: Evidence) -> Iterator[Carrier]:
    carrier = Carrier(evidence)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(carrier.one(self.path, body) if "/Messages/" in self.path else carrier.post(self, body))

        def do_GET(self) -> None:
            self._answer(carrier.one(self.path) if "/Messages/" in self.path else carrier.page())

        def _answer(self, said: tuple[int, dict[str, Any]] | None) -> None:
            evidence.see("carrier address", self.command, self.path)
            for name, value in self.headers.items():
                evidence.see("carrier header", name, value)
            if said is None:
                self.close_connection = True
                return
            body = json.dumps(said[1]).encode()
            self.send_response(said[0])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    carrier.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield carrier
    finally:
        server.shutdown()
        server.server_close()


def signed_form(url: str, fields: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    """Headers and body of a webhook as Twilio would post it."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "X-Twilio-Signature": signature(TOKEN, url, fields),
    }
    return headers, urlencode(fields).encode()


def a_text(sid: str, sender: str, to: str, body: str, **more: str) -> dict[str, str]:
    """The fields of an inbound text, blank ones as Twilio sends them."""
    blank = dict.fromkeys(("FromCity", "FromState", "FromZip", "ToCity", "ToState", "ToZip"), "")
    return {
        "MessageSid": sid, "SmsSid": sid, "AccountSid": ACCOUNT, "From": sender, "To": to, "Body": body, "NumMedia": "0",
        "NumSegments": "1", "ApiVersion": "2010-04-01", **blank, **more,
    }
