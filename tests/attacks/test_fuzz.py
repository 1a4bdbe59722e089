"""A few requests of schemathesis to every address that is open to anybody; `make fuzz` sends many, to the console's too. See
`fuzz.faults` for what an answer must be."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from chalice.test import HTTPResponse

from .described import paths
from .fuzz import SECRET, faults, fuzz

DOORS = [(path, method) for path, method, _ in paths() if not path.startswith("/console")]  # the console's hundreds: `make fuzz`
EXAMPLES = int(os.environ.get("FUZZ", "20"))


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method"), DOORS)
def test_no_input_brings_a_public_address_down_or_is_said_again(path: str, method: str) -> None:
    tried = Counter[str]()
    assert fuzz(path, method, EXAMPLES, tried) == []
    assert tried[f"{method} {path}"] >= EXAMPLES // 2


@pytest.mark.parametrize(("status", "headers", "body", "fault"), [
    (500, {}, "", "500"), (200, {"Content-Type": "text/html"}, "", "no content-security-policy"), (200, {"X": "a\r\nb"}, "", "two lines"),
    (200, {"Content-Type": "text/plain"}, SECRET, "said again"), (303, {"Location": "//elsewhere.example"}, "", "sent away"),
    (303, {"Location": "https://elsewhere.example"}, "", "sent away"), (200, {"Content-Type": "text/html"}, f"<script>{SECRET}", "a tag"),
])  # fmt: skip
def test_what_is_wrong_is_seen(status: int, headers: dict[str, str], body: str, fault: str) -> None:
    assert any(fault in each for each in faults("/p/{token}", "GET", HTTPResponse(body.encode(), headers, status), False))
