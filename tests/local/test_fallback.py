"""The laptop's fallback address plays the template: one constant page to everyone, crisis resources, nothing of the text."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
import urllib3

from infra.local.fallback import Throttle, open_fallback
from infra.local.phones.webhooks import Answer, read_twiml

MADE = {"PageTopic": "arn:aws:sns:us-east-1:123456789012:porchlight-pages"}


@pytest.fixture
def fallback() -> Iterator[tuple[str, list[str]]]:
    calls: list[str] = []

    def refused(call: str) -> int:
        calls.append(call)
        return 500

    server = open_fallback(MADE, "token", refused)
    yield f"http://127.0.0.1:{server.server_port}", calls
    server.shutdown()
    server.server_close()


def test_everyone_is_paged_and_the_patient_is_answered_even_if_sns_refuses(fallback: tuple[str, list[str]]) -> None:
    url, calls = fallback
    answer = urllib3.request("POST", f"{url}/prod/token", fields={"Body": "a secret", "From": "+12025550101"})
    replies = read_twiml(url, Answer(answer.status, answer.headers["Content-Type"], answer.data.decode()))
    assert all("988" in reply.body for reply in replies)
    (call,) = calls
    fields = parse_qs(call)
    assert fields["TopicArn"] == [MADE["PageTopic"]]
    assert {"everyone", "now"} <= {value for values in fields.values() for value in values}
    assert "secret" not in call
    assert "5550101" not in call


def test_another_path_pages_nobody(fallback: tuple[str, list[str]]) -> None:
    url, calls = fallback
    assert urllib3.request("POST", f"{url}/prod/guess").status == 403
    assert calls == []


def test_a_flood_is_answered_each_time_and_pages_as_often_as_the_templates_throttle_lets(fallback: tuple[str, list[str]]) -> None:
    url, calls = fallback
    assert {urllib3.request("POST", f"{url}/prod/token", fields={"Body": "x"}).status for _ in range(60)} == {200}
    assert 5 <= len(calls) < 30


def test_the_throttle_fills_again() -> None:
    at = [0.0]
    throttle = Throttle(10, 2, lambda: at[0])
    assert [throttle.passes() for _ in range(3)] == [True, True, False]
    at[0] = 0.1
    assert [throttle.passes() for _ in range(2)] == [True, False]
