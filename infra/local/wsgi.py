"""A WSGI application on 127.0.0.1 that keeps its connections, as AWS and the carrier do; werkzeug's own server closes each.

For the laptop's emulators alone, whose callers send a whole body with its length and wait for the whole answer.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
NOT_HTTP = ("CONTENT_TYPE", "CONTENT_LENGTH")  # CGI's names for these two have no HTTP_ before them


class Server(ThreadingHTTPServer):
    """A thread a connection, and room for a burst of them."""

    request_queue_size, daemon_threads = 128, True


def open_server(application: Application, port: int = 0) -> ThreadingHTTPServer:
    """Bound, not yet served: call `serve_forever`, later `shutdown`. Port 0: a free one. Raises OSError when it is taken."""

    class Handler(Connection):
        app = staticmethod(application)

    return Server(("127.0.0.1", port), Handler)


class Connection(BaseHTTPRequestHandler):
    """One caller's, with its requests one after the other. Logs nothing: an address may hold what a log must not (N5)."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or an answer's body waits for the caller to have heard of its head
    wbufsize = -1  # and both leave together
    app: Application

    def answer(self) -> None:
        said: list[Any] = []
        body = b"".join(self.app(self._environ(), lambda status, headers, *_: said.extend((status, headers))))
        status, headers = said
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection", "server", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def handle_expect_100(self) -> bool:
        """Whoever asks before they send hears at once: an upload had waited a whole second for what was still in our hands."""
        said = super().handle_expect_100()
        self.wfile.flush()
        return said

    def _environ(self) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "REQUEST_URI": self.path,
            "RAW_URI": self.path,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_port),  # type: ignore[attr-defined]
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            key = key if key in NOT_HTTP else f"HTTP_{key}"
            environ[key] = f"{environ[key]},{value}" if key in environ else value
        return environ

    def log_message(self, *_: Any) -> None: ...
