"""The HTTP door: requests as they came to the Chalice app through Chalice's own local gateway, and its answers back."""

from __future__ import annotations

import base64
import logging
import socket
import threading
from collections.abc import Iterator, Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import LocalChalice, LocalGateway, LocalGatewayException, create_local_server

LONGEST_BODY = 10 * 1024 * 1024  # what API Gateway takes
log = logging.getLogger("porchlight.door")


def open_door(app: Chalice, port: int) -> ThreadingHTTPServer:
    """Serve the app on 127.0.0.1 (port 0: a free one) until `shutdown`. Raises OSError when the port is taken."""
    gateway = _gateway(app)

    class Handler(Request):
        handle_request = staticmethod(gateway.handle_request)

    server = Server(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), name="door", daemon=True).start()
    return server


def _gateway(app: Chalice) -> LocalGateway:
    """Chalice's gateway. Its server is made and thrown away: making it gives the app a request for each thread."""
    config = Config(chalice_stage="local", config_from_disk={"version": "2.0", "app_name": app.app_name})
    if not isinstance(app, LocalChalice):
        create_local_server(app, config, "127.0.0.1", 0).server.server_close()
    return LocalGateway(app, config)


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


class Request(BaseHTTPRequestHandler):
    """One connection. HEAD is a GET whose body stays here."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Porchlight-laptop", ""
    handle_request: Any

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_BODY:
            self.close_connection = True
            self._send(413, (), b'{"message": "Request Too Long"}')
        else:
            self._send(*self._asked(length))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def _asked(self, length: int) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        body = self.rfile.read(length) if length else None
        method = "GET" if self.command == "HEAD" else self.command
        try:
            response = self.handle_request(method, self.path, event_headers(self.headers), body)
        except LocalGatewayException as refused:
            return refused.CODE, tuple(refused.headers.items()), refused.body or b""
        except Exception:  # API Gateway says 502 whatever it was, and so do we
            log.exception("the app did not answer")
            return 502, (), b'{"message": "Internal server error"}'
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
