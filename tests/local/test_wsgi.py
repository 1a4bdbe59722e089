"""The server before moto and the phones: what an application is told, what its caller hears, and that nobody hangs up."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from infra.local.wsgi import open_server

KEPT = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_X_TWICE")


def told(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answers with what it was told, in two pieces and with a repeated header."""
    start("207 Many", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Connection", "close")])
    heard = [str(environ.get(name, "-")) for name in KEPT]
    return ["|".join(heard).encode(), b"|" + environ["wsgi.input"].read()]


@pytest.fixture
def line() -> Iterator[http.client.HTTPConnection]:
    server = open_server(told)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    yield line
    line.close()
    server.shutdown()
    server.server_close()


def heard(line: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
    line.request(method, path, body, headers)
    answer = line.getresponse()
    return answer, answer.read().decode()


def test_the_application_is_told_what_came_and_its_caller_what_it_said(line: http.client.HTTPConnection) -> None:
    line.putrequest("POST", "/a%20b/%2B1?q=%2B&q=2")
    for name, value in (("Content-Length", "5"), ("Content-Type", "x/y"), ("X-Twice", "one"), ("X-Twice", "two")):
        line.putheader(name, value)
    line.endheaders(b"h\xc3\xa9\r\n")
    answer = line.getresponse()
    assert answer.read().decode() == "POST|/a b/+1|q=%2B&q=2|x/y|5|one,two|hé\r\n"
    assert (answer.status, answer.reason, answer.headers.get_all("Set-Cookie")) == (207, "Many", ["a=1", "b=2"])


def test_one_connection_carries_many_requests(line: http.client.HTTPConnection) -> None:
    heard(line, "GET", "/first")
    socket = line.sock
    assert socket is not None
    head, nothing = heard(line, "HEAD", "/second")
    _, third = heard(line, "PUT", "/third", b"body")
    assert (nothing, head.headers["Content-Length"], third) == ("", str(len("HEAD|/second||-|-|-|")), "PUT|/third||-|4|-|body")
    assert line.sock is socket


def test_who_asks_before_sending_is_told_to_go_on_before_anything_is_sent(line: http.client.HTTPConnection) -> None:
    """botocore asks before each upload, and waits a second for the answer."""
    line.connect()
    line.sock.settimeout(5)
    line.sock.sendall(b"PUT /up HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
    assert line.sock.recv(100).startswith(b"HTTP/1.1 100 ")
    line.sock.sendall(b"body")
    assert b"PUT|/up||-|4|-|body" in line.sock.recv(1000)
