"""The door hands a request to the app as API Gateway would, and the app's answer back whole."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from chalice import Chalice, Response

from infra.local.door import for_this_machine, open_door, reserved

FORM = "application/x-www-form-urlencoded"


def an_app() -> tuple[Chalice, threading.Barrier]:
    app, together = Chalice("stand-in"), threading.Barrier(3, timeout=5)

    @app.route("/echo/{name}", methods=["POST"], content_types=[FORM])
    def echo(name: str) -> Response:
        seen = {
            "name": name,
            "body": app.current_request.raw_body.hex(),
            "cookie": app.current_request.headers.get("cookie"),
            "query": app.current_request.query_params and dict(app.current_request.query_params),
        }
        return Response(seen, headers={"Set-Cookie": ["a=1; HttpOnly", "b=2"]})

    @app.route("/page")
    def page() -> Response:
        return Response("<p>ñ</p>", headers={"Content-Type": "text/html; charset=utf-8"})

    @app.route("/together/{mine}")
    def wait(mine: str) -> dict[str, str]:
        together.wait()
        return {"mine": mine, "still": app.current_request.uri_params["mine"]}

    return app, together


@pytest.fixture
def port() -> Iterator[int]:
    server = open_door(an_app()[0], 0)
    yield server.server_port
    server.shutdown()
    server.server_close()


def ask(
    port: int, method: str, path: str, body: bytes | None = None, *headers: tuple[str, str]
) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path)
    for name, value in (*headers, *((("Content-Length", str(len(body))),) if body is not None else ())):
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    return answer.status, str(answer.headers), answer.read()


def test_raw_bytes_cookies_and_blank_fields_arrive(port: int) -> None:
    raw = b"Body=%F0%9F%99%82&Blank=&a=2&a=1+%2B\xff"
    status, headers, body = ask(
        port, "POST", "/echo/alice?row=t.m&blank=", raw, ("Content-Type", FORM), ("Cookie", "x=1"), ("Cookie", "y=2")
    )
    assert status == 200
    assert raw.hex().encode() in body
    assert b"x=1; y=2" in body
    assert b'"blank":""' in body
    assert headers.count("Set-Cookie: ") == 2


def test_head_says_what_get_would_without_the_body(port: int) -> None:
    status, headers, body = ask(port, "HEAD", "/page")
    assert (status, body) == (200, b"")
    assert "Content-Length: 9" in headers
    assert ask(port, "GET", "/page")[2] == "<p>ñ</p>".encode()


def test_an_unknown_path_is_refused_as_api_gateway_does(port: int) -> None:
    assert ask(port, "GET", "/nowhere")[0] == 403


def test_requests_at_the_same_time_do_not_mix(port: int) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda one: ask(port, "GET", f"/together/{one}")[2], range(3)))
    assert answers == [f'{{"mine":"{one}","still":"{one}"}}'.encode() for one in range(3)]


def test_more_at_once_than_its_function_takes_is_a_5xx_at_once_and_the_other_doors_go_on() -> None:
    """A carrier that gets it goes to its fallback address; the console is not the carriers' door."""
    app, inside, go = Chalice("stand-in"), threading.Semaphore(0), threading.Event()

    @app.route("/sms/slow")
    def slow() -> str:
        inside.release()
        assert go.wait(5)
        return "taken"

    @app.route("/console")
    def console() -> str:
        return "here"

    server = open_door(app, 0, {"/sms/": 2, "/console": 1})
    with ThreadPoolExecutor(2) as pool:
        two = [pool.submit(ask, server.server_port, "GET", "/sms/slow") for _ in range(2)]
        assert all(inside.acquire(timeout=5) for _ in two)
        assert ask(server.server_port, "GET", "/sms/slow")[0] == 502
        assert ask(server.server_port, "GET", "/console")[0] == 200
        go.set()
        assert [each.result()[0] for each in two] == [200, 200]
    assert ask(server.server_port, "GET", "/sms/slow")[0] == 200
    server.shutdown()
    server.server_close()


def test_the_carriers_door_has_the_most_room() -> None:
    assert reserved()["/sms/"] == max(reserved().values()) == 100


def test_a_machine_of_two_cores_takes_as_many_texts_as_it_can_answer_and_of_all_else_what_aws_does() -> None:
    assert for_this_machine(reserved(), 2) == {**reserved(), "/sms/": 16}
    assert for_this_machine(reserved(), 64) == reserved()


SLOW = b"POST /echo/slow HTTP/1.1\r\nHost: x\r\nContent-Type: " + FORM.encode() + b"\r\nContent-Length: 20\r\n\r\nBody=I"


def test_n2_who_sends_a_body_byte_by_byte_takes_no_place_and_keeps_no_other_text_waiting() -> None:
    """A door that takes one at a time, and a dozen bodies that never come to their end."""
    server = open_door(an_app()[0], 0, {"/echo/": 1})
    slow = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(12)]
    for each in slow:
        each.sendall(SLOW)
    try:
        assert [ask(server.server_port, "POST", "/echo/a", b"Body=hello", ("Content-Type", FORM))[0] for _ in range(3)] == [200, 200, 200]
        slow[0].sendall(b" am here so far"[: 20 - len("Body=I")])
        assert b"200 OK" in slow[0].recv(200)  # slow is not refused
    finally:
        for each in slow:
            each.close()
        server.shutdown()
        server.server_close()


def test_a_body_that_does_not_come_to_its_end_in_time_reaches_no_function() -> None:
    server = open_door(an_app()[0], 0, {"/echo/": 1}, patience=0.05)
    try:
        with socket.create_connection(("127.0.0.1", server.server_port)) as slow:
            slow.sendall(SLOW)
            assert slow.recv(200).startswith(b"HTTP/1.1 408")
    finally:
        server.shutdown()
        server.server_close()
