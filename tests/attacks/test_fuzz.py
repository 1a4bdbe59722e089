"""A few requests of schemathesis to every public address; `make fuzz` sends many. See `fuzz.faults` for what an answer must be."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from chalice.test import HTTPResponse

from .described import paths
from .fuzz import SECRET, faults, fuzz

pytestmark = pytest.mark.slow
EXAMPLES = int(os.environ.get("FUZZ", "0"))
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_no_input_brings_a_public_address_down_or_is_said_again(part: int) -> None:
    tried, wrong = Counter[str](), list[str]()
    for path, method, _ in list(paths())[part::PARTS]:
        wrong += fuzz(path, method, EXAMPLES or (2 if path.startswith("/console") else 10), tried)
    assert wrong == []
    assert sum(tried.values()) > 60


@pytest.mark.parametrize(("status", "headers", "body", "fault"), [
    (500, {}, "", "500"), (200, {"Content-Type": "text/html"}, "", "no content-security-policy"), (200, {"X": "a\r\nb"}, "", "two lines"),
    (200, {"Content-Type": "text/plain"}, SECRET, "said again"), (303, {"Location": "//elsewhere.example"}, "", "sent away"),
    (303, {"Location": "https://elsewhere.example"}, "", "sent away"), (200, {"Content-Type": "text/html"}, f"<script>{SECRET}", "a tag"),
])  # fmt: skip
def test_what_is_wrong_is_seen(status: int, headers: dict[str, str], body: str, fault: str) -> None:
    assert any(fault in each for each in faults("/p/{token}", "GET", HTTPResponse(body.encode(), headers, status), False))
