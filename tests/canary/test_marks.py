"""The search finds a mark in every form, and finds nothing where nothing is."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from hashlib import sha256
from random import Random
from urllib.parse import quote, quote_plus

import pytest

from .marks import BORN, MARKS, NAME, NUMBER, PHRASE, search

CARRIED: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "capitals": lambda text: text.upper().encode(),
    "latin-1": lambda text: text.encode("latin-1"),
    "in a url": lambda text: f"https://x.example/?q={quote_plus(text)}".encode(),
    "in a path": lambda text: f"/threads/{quote(text)}".encode(),
    "json": lambda text: json.dumps({"a": text}).encode(),
    "json in json": lambda text: json.dumps({"a": json.dumps({"b": text})}).encode(),
    "utf-16": lambda text: text.encode("utf-16-le"),
    "utf-16, the other end first": lambda text: text.encode("utf-16-be"),
    "hex": lambda text: text.encode().hex().encode(),
    "bytes shown": lambda text: repr(text.encode()).encode(),
    "an sha256 without a key": lambda text: sha256(text.encode()).hexdigest().encode(),
    **{
        f"base64 behind {size} bytes": lambda text, size=size: base64.b64encode(b"x" * size + text.encode() + b"yz")  # type: ignore[misc]
        for size in range(4)
    },
    "base64 of utf-16": lambda text: base64.urlsafe_b64encode(b"x" + text.encode("utf-16-le")),
    "base64 of json": lambda text: base64.b64encode(json.dumps({"body": text}, ensure_ascii=False).encode()),
}


@pytest.mark.parametrize("how", CARRIED)
@pytest.mark.parametrize("text", [PHRASE, NAME, NUMBER, BORN.isoformat()], ids=["phrase", "name", "number", "birth date"])
def test_found_in_every_form(how: str, text: str) -> None:
    assert search(CARRIED[how](text))


@pytest.mark.parametrize(
    "said", ["13035550177", "5550177", "19310827", "(303) 555-0177", "303.555.0177", "8/27/1931", "27.08.1931", "August 27, 1931", "O&#x27;QUILLMARKSON-ñuñez"]
)
def test_found_as_people_write_it(said: str) -> None:
    assert search(f"…{said}…".encode())


@pytest.mark.slow
def test_nothing_found_in_noise() -> None:
    noise = Random(27).randbytes(2_000_000)
    assert search(noise) == []
    assert search(base64.b64encode(noise)) == []
    assert search(noise.hex().encode()) == []
    assert search(b"9e5550142f7719310827b") == []  # the last seven digits of a number, a date: inside something longer


def test_part_of_a_phrase_is_enough() -> None:
    assert [hit.mark for hit in search(PHRASE[:20].encode())] == ["phrase, first word"]


def test_what_is_packed_is_not_seen_through() -> None:
    """A limit, said here: a mark inside compressed or sealed bytes is not found. Nothing of ours compresses."""
    assert search(gzip.compress(PHRASE.encode() * 3)) == []


def test_marks_do_not_hide_in_one_another() -> None:
    for mark in MARKS:
        assert any(hit.mark == mark.name for hit in search(mark.spellings[0].encode()))
