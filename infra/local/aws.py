"""moto's server in a process of its own, on a free port of 127.0.0.1, with a switch that takes the store away.

Run as `python -m infra.local.aws`: it prints its port and ends when its standard input does, so it never outlives us.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

import urllib3

SWITCH = "/porchlight-laptop/store"
ROOT = Path(__file__).parents[2]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Aws:
    """The running server, seen from the demo."""

    def __init__(self, log: IO[bytes] | int):
        command = [sys.executable, "-m", __name__]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=log)
        self._url = ""
        self.store_is_down = False

    def url(self) -> str:
        """Its address, once it answers. Raises RuntimeError when it does not start."""
        if not self._url:
            said = self._process.stdout.readline() if self._process.stdout else b""
            if not said.strip().isdigit():
                raise RuntimeError("moto's server did not start: see .demo/aws.log")
            self._url = f"http://127.0.0.1:{int(said)}"
        return self._url

    def store_down(self, down: bool) -> None:
        """Make every DynamoDB call fail, or let them work again."""
        urllib3.request("POST", self.url() + SWITCH, body=b"down" if down else b"up")
        self.store_is_down = down

    def stop(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()


class Switch:
    """In front of moto: answers DynamoDB's calls with its own kind of error while it is down."""

    def __init__(self, behind: Wsgi):
        self._behind, self._down = behind, False
        self._one_at_a_time = threading.Lock()  # a reader of the stream never sees what is undone next

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if environ["PATH_INFO"] == SWITCH:
            self._down = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) == b"down"
            start("204 No Content", [])
            return [b""]
        if self._down and target.startswith("DynamoDB_"):
            start("500 Internal Server Error", [("Content-Type", "application/x-amz-json-1.0")])
            return [b'{"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "store is down"}']
        if not target.startswith("DynamoDB"):
            return self._behind(environ, start)
        with self._one_at_a_time:
            return list(self._behind(environ, start))


def main() -> None:
    """Serve until standard input ends. A Ctrl-C in the terminal is for the demo, which then ends us."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from . import atomic, brisk
    from .passkeys import Passkeys
    from .wsgi import open_server

    atomic.install()
    brisk.install()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    application = Switch(Passkeys(DomainDispatcherApplication(create_backend_app)))
    server = open_server(application)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.buffer.read()
    os._exit(0)  # nothing here is worth two seconds of tidying


if __name__ == "__main__":
    main()
