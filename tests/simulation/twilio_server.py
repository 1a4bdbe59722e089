"""Twilio's Messages and Calls API on the loopback, the town's carrier behind it; it can answer, refuse, hang up or say nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalicelib.carriers.twilio_api import Account, TwilioApi
from chalicelib.carriers.twilio_calls import TwilioCaller
from chalicelib.core.calls import OutboundCall
from chalicelib.core.messages import CarrierRecord, Direction, OutboundSms
from tests.carriers.servers import nobody

from .aws_faults import TOOK, AwsPlan, Move
from .town import TownCaller, TownCarrier

PUBLIC = "https://texts.clinic.example"
HASTY = 0.05  # seconds of real time that a silent server is waited for; two in virtual time
ANSWERS: dict[Move, tuple[int, dict[str, Any]]] = {
    Move.THROTTLED: (429, {"code": 20429, "message": "Too Many Requests"}),
    Move.BROKEN: (500, {"code": 20500, "message": "Internal Server Error"}),
    Move.BROKEN_TOOK: (500, {"code": 20500, "message": "Internal Server Error"}),
    Move.DENIED: (401, {"code": 20003, "message": "Authenticate"}),
    Move.OPTED_OUT: (400, {"code": 21610, "message": "Attempt to send to unsubscribed recipient"}),
}
QUIET = (Move.SILENCE, Move.SILENCE_TOOK)
WORDS = {"handed_to_carrier": "sent", "received": "received", "failed_number": "undelivered"}


class TwilioServer(ThreadingHTTPServer):
    """`behind`: the carrier that really sends. `move`: what becomes of the next request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind: TownCarrier | None = None
        self.move = Move.FINE
        self.handled, self.given_up = Event(), Event()
        Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def effect(self, method: str, path: str, fields: dict[str, str]) -> dict[str, Any]:
        """What the request does, and what is told of it."""
        assert self.behind is not None
        if path.endswith("/Calls.json"):
            row = parse_qs(urlsplit(fields["Url"]).query)["call"][0]
            placed = TownCaller(self.behind.town).call(OutboundCall(fields["From"], fields["To"], row, int(fields["Timeout"])))
            return {"sid": placed, "status": "queued"}
        if "/Calls/" in path:
            sid = path.rsplit("/", 1)[1].removesuffix(".json")
            TownCaller(self.behind.town).hang_up(sid)
            return {"sid": sid, "status": fields["Status"]}
        if "/Messages/" in path:
            return self._one(method, path, fields)
        if method == "GET":
            return {"messages": [_line(line) for line in self.behind.log], "next_page_uri": None}
        row = parse_qs(urlsplit(fields.get("StatusCallback", "")).query).get("row", [""])[0]
        return {"sid": self.behind.send(OutboundSms(fields["From"], fields["To"], fields["Body"], row)), "status": "queued"}

    def _one(self, method: str, path: str, fields: dict[str, str]) -> dict[str, Any]:
        """One line of the log, its words taken out where that is asked for."""
        assert self.behind is not None
        sid = path.rsplit("/", 1)[1].removesuffix(".json")
        if path.endswith("/Media.json"):
            return {"media_list": []}
        if method == "POST" and fields == {"Body": ""}:
            self.behind.redact(sid)
        return next(_line(line) for line in self.behind.log if line.carrier_id == sid)


def _line(line: CarrierRecord) -> dict[str, Any]:
    return {
        "sid": line.carrier_id,
        "direction": "inbound" if line.direction is Direction.IN else "outbound-api",
        "from": line.sender,
        "to": line.recipient,
        "body": line.body,
        "status": WORDS[line.status],
        "error_code": int(line.error_code) if line.error_code else None,
        "date_sent": format_datetime(line.at),
        "num_media": str(line.media),
    }


class _Handler(BaseHTTPRequestHandler):
    server: TwilioServer

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        move = self.server.move
        told = self.server.effect(self.command, self.path, dict(_pairs(content))) if move in TOOK else {}
        self.server.handled.set()
        if move in QUIET:
            self.server.given_up.wait(10)
        if move in ANSWERS or move is Move.FINE:
            self._say(*ANSWERS.get(move, (201 if self.command == "POST" else 200, told)))

    def _say(self, status: int, told: dict[str, Any]) -> None:
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def _pairs(content: str) -> Iterator[tuple[str, str]]:
    for name, values in parse_qs(content, keep_blank_values=True).items():
        yield name, values[0]


@dataclass
class TwilioDoor:
    """`ports.Carrier`: the real `TwilioApi`, each of its requests through the plan."""

    server: TwilioServer
    plan: AwsPlan
    account: Account
    name: str = "twilio"
    answers_in_response: bool = True

    def send(self, sms: OutboundSms) -> str:
        with _Turn(self, "send") as api:
            return api.send(sms)

    def log_since(self, since: Any, until: Any = None) -> Iterator[CarrierRecord]:
        with _Turn(self, "log_since") as api:
            lines = list(api.log_since(since, until))
        yield from lines

    def redact(self, carrier_id: str) -> bool:
        """Three requests of the real `TwilioApi`, all of them under the one fault."""
        with _Turn(self, "redact") as api:
            return bool(api.redact(carrier_id))

    def stops(self) -> Any:
        """It shows nobody its list, without a request."""
        return self.api(Move.FINE, "stops").stops()

    def call(self, call: OutboundCall) -> str:
        """`ports.Caller`: the real `TwilioCaller` likewise."""
        with _Turn(self, "call") as api:
            return api.call(call)

    def hang_up(self, carrier_id: str) -> None:
        with _Turn(self, "hang_up") as api:
            api.hang_up(carrier_id)

    def api(self, move: Move, operation: str) -> Any:
        url, read = nobody() if move is Move.NO_CONNECTION else self.server.url, HASTY if move in QUIET else 5.0
        if operation in ("call", "hang_up"):
            return TwilioCaller(url, self.account, PUBLIC, read=read)
        return TwilioApi(url, self.account, PUBLIC, read=read, clock=self.plan.clock)


class _Turn:
    """One call: the server is told what to do with it, and virtual time passes where nothing was heard."""

    def __init__(self, door: TwilioDoor, operation: str):
        self._door, self._plan, self._server, self._operation = door, door.plan, door.server, operation
        self._plan.begin("twilio", operation)
        self._move = self._plan.next_move("twilio")

    def __enter__(self) -> Any:
        if self._move is Move.DIE:
            self._plan.die()
        self._server.handled.clear()
        self._server.given_up.clear()
        self._server.move = self._move if self._move is not Move.DIE_TOOK else Move.FINE
        return self._door.api(self._move, self._operation)

    def __exit__(self, *raised: object) -> None:
        if self._move in QUIET:
            self._server.handled.wait(10)
            self._server.given_up.set()
        self._server.move = Move.FINE
        if self._move is Move.DIE_TOOK:
            self._plan.die()
        if self._move in QUIET:
            self._plan.patience.spend(2.0)
        if self._move is Move.NO_CONNECTION:
            self._plan.patience.spend(0.0)  # refused at once
