"""The HTTP door: requests as they came to the Chalice app through Chalice's own local gateway, and its answers back.

Each function's door takes as many requests at once as it has concurrency reserved; what is more gets the 5xx that sends a
carrier to its fallback address at once. Without it, a burst would leave every text waiting until its carrier hangs up. A body is
read whole before anything is taken of that, as API Gateway does: who sends theirs byte by byte keeps nobody else waiting.
"""

from __future__ import annotations

import base64
import json
import logging
import socket
import threading
import time
import tomllib
from collections.abc import Iterator, Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import LocalChalice, LocalGateway, LocalGatewayException, create_local_server

from .wsgi import Server

TEXTS, TEXTS_A_CORE = "/sms/", 8  # at some 0.05 to 0.1 s each and their store's: under a second for a page
LONGEST_BODY = 10 * 1024 * 1024  # what API Gateway takes
PATIENCE = 30.0  # seconds until a body is whole
FAILED = (502, (), b'{"message": "Internal server error"}')  # API Gateway's, whatever it was
ROOT = Path(__file__).parents[2]
log = logging.getLogger("porchlight.door")


def reserved() -> dict[str, int]:
    """How many requests each address's function takes at once, by the address's beginning, as the template has it."""
    stage = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]["prod"]["lambda_functions"]
    functions = {name.replace("_", ""): each["reserved_concurrency"] for name, each in stage.items()}
    doors = tomllib.loads((ROOT / "infra" / "doors.toml").read_text())["door"]
    return {prefix: functions[door["function"].lower()] for door in doors for prefix in door["prefixes"]}


def for_this_machine(rooms: Mapping[str, int], cores: int) -> dict[str, int]:
    """As many texts at once as are answered in time here. On AWS each has a processor of its own; a hundred on two keep each
    other waiting until the carrier hangs up on all of them, while one that is refused goes to the fallback address at once."""
    return {**rooms, TEXTS: min(rooms[TEXTS], cores * TEXTS_A_CORE)}


def open_door(
    app: Chalice, port: int, at_once: Mapping[str, int] | None = None, patience: float = PATIENCE
) -> Server:
    """Serve the app on 127.0.0.1 (port 0: a free one) until `shutdown`. `at_once`: as `reserved`. `patience`: for a body, in
    seconds. Raises OSError when the port is taken."""
    gateway = _gateway(app)

    class Handler(Request):
        handle_request = staticmethod(gateway.handle_request)
        rooms = {prefix: threading.BoundedSemaphore(many) for prefix, many in (at_once or {}).items()}
        waits = patience

    server = Server(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), name="door", daemon=True).start()
    return server


def _gateway(app: Chalice) -> LocalGateway:
    """Chalice's gateway. Its server is made and thrown away: making it gives the app a request for each thread."""
    config = Config(chalice_stage="local", config_from_disk={"version": "2.0", "app_name": app.app_name})
    if not isinstance(app, LocalChalice):
        create_local_server(app, config, "127.0.0.1", 0).server.server_close()
    return LocalGateway(app, config)


class Request(BaseHTTPRequestHandler):
    """One connection. HEAD is a GET whose body stays here."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Porchlight-laptop", ""
    handle_request: Any
    rooms: Mapping[str, threading.BoundedSemaphore]
    waits: float

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_BODY:
            self.close_connection = True
            self._send(413, (), b'{"message": "Request Too Long"}')
        elif len(body := self._body(length)) < length:
            self.close_connection = True
            self._send(408, (), b'{"message": "Request Timeout"}')
        else:
            self._send(*self._in_turn(body))

    def _body(self, length: int) -> bytes:
        """What came in time."""
        parts, missing, until = list[bytes](), length, time.monotonic() + self.waits
        while missing and (left := until - time.monotonic()) > 0:
            self.connection.settimeout(left)
            try:
                part = self.rfile.read1(missing)
            except TimeoutError:
                break
            if not part:
                break
            parts.append(part)
            missing -= len(part)
        self.connection.settimeout(None)
        return b"".join(parts)

    def _in_turn(self, body: bytes) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        room = next((room for prefix, room in self.rooms.items() if self.path.startswith(prefix)), None)
        if room is None:
            return self._asked(body)
        if not room.acquire(blocking=False):
            return FAILED
        try:
            return self._asked(body)
        finally:
            room.release()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def _asked(self, body: bytes) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        method = "GET" if self.command == "HEAD" else self.command
        try:
            response = self.handle_request(method, self.path, event_headers(self.headers), body or None)
        except LocalGatewayException as refused:
            return refused.CODE, tuple(refused.headers.items()), refused.body or b""
        except Exception:  # whatever it was
            log.exception("the app did not answer")
            return FAILED
        return response["statusCode"], tuple(response_headers(response)), response_body(response)

    def _send(self, status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        if not any(name.lower() == "content-type" for name, _ in headers):
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: an address may hold what a log must not (N5)."""


def event_headers(headers: Message) -> dict[str, str]:
    """Headers as Lambda's event has them: the last of a repeated one, all cookies in one."""
    event = dict(headers.items())
    cookies = headers.get_all("Cookie") or []
    return {name: value for name, value in event.items() if name.lower() != "cookie"} | (
        {"Cookie": "; ".join(cookies)} if cookies else {}
    )


def response_headers(response: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every header of the app's answer, the repeated ones (Set-Cookie) each for itself."""
    many = response.get("multiValueHeaders") or {}
    for name, value in (response.get("headers") or {}).items():
        if name not in many:
            yield name, str(value)
    for name, values in many.items():
        for value in values:
            yield name, str(value)


def response_body(response: Mapping[str, Any]) -> bytes:
    body = response.get("body") or b""
    if response.get("isBase64Encoded"):
        return base64.b64decode(body)
    return body.encode() if isinstance(body, str) else bytes(body)


def must_be_free(port: int) -> None:
    """Raises OSError when somebody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
