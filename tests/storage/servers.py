"""Small servers on the loopback that misbehave as AWS may: they refuse, hang up, or never answer."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Answer = tuple[int, dict[str, Any]] | None  # None: hang up after reading the request


class Scripted(ThreadingHTTPServer):
    """Answers the n-th request with the n-th answer; the last one for ever. `asked` holds the requests' JSON."""

    daemon_threads = True

    def __init__(self, answers: list[Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.asked = answers, list[dict[str, Any]]()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Scripted

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(json.loads(body) if body.startswith(b"{") else {})
        answer = self.server.answers[min(len(self.server.asked), len(self.server.answers)) - 1]
        if answer is None:
            self.close_connection = True
            return
        content = json.dumps(answer[1]).encode()
        self.send_response(answer[0])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Not a word."""


@contextmanager
def scripted(*answers: Answer) -> Iterator[Scripted]:
    with Scripted(list(answers)) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def silent() -> Iterator[str]:
    """The address of a socket that takes a connection and never says anything."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def refusal(code: str, *reasons: str, status: int = 400) -> Answer:
    """A refusal of DynamoDB, with one reason an item for a transaction that was cancelled."""
    content: dict[str, Any] = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "the secret words"}
    if reasons:
        content["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return status, content
