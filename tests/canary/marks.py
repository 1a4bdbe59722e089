"""The marks, and every form in which one may hide: other spellings, escapes, base64, UTF-16, hex, an unkeyed hash."""

from __future__ import annotations

import base64
import codecs
import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import quote, quote_plus, unquote_to_bytes


@dataclass(frozen=True)
class Mark:
    """`spellings`: how a person or a program may write it. `hashed`: what somebody could try to find by trying them all."""

    name: str
    spellings: tuple[str, ...]
    hashed: tuple[str, ...] = ()

    @cached_property
    def loose(self) -> tuple[tuple[str, bytes], ...]:
        """(form, bytes in small letters), looked for in text without regard to case."""
        found: dict[bytes, str] = {}
        for spelling in (each for given in self.spellings for each in (given, _bare(given))):
            for cased in dict.fromkeys((spelling, spelling.lower(), spelling.upper())):
                for form, raw in _escaped(cased):
                    found.setdefault(raw.lower(), form)
        for text in self.hashed:
            for kind in ("md5", "sha1", "sha256"):
                found.setdefault(hashlib.new(kind, text.encode()).hexdigest()[:16].encode(), f"{kind} without a key")
        return tuple((form, raw) for raw, form in found.items())

    @cached_property
    def exact(self) -> tuple[tuple[str, bytes], ...]:
        """(form, bytes), in which case means something: base64 in its three alignments."""
        found: dict[bytes, str] = {}
        for spelling in self.spellings:
            for coding in ("utf-8", "utf-16-le", "utf-16-be"):
                for core in _base64_cores(spelling.encode(coding)):
                    found.setdefault(core, f"base64 of {coding}")
                    found.setdefault(core.translate(bytes.maketrans(b"+/", b"-_")), f"base64 of {coding}")
        return tuple((form, raw) for raw, form in found.items() if len(raw) >= 8)


def _bare(text: str) -> str:
    """Without accents, as the screen and the search fold it."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def _escaped(text: str) -> Iterator[tuple[str, bytes]]:
    yield "plain", text.encode()
    yield "latin-1", text.encode("latin-1", "ignore")
    yield "percent", quote(text, safe="").encode()
    yield "form", quote_plus(text).encode()
    yield "json", json.dumps(text)[1:-1].encode()
    yield "json in json", json.dumps(json.dumps(text)[1:-1])[1:-1].encode()
    yield "html", html.escape(text).encode()
    yield "html numbers", text.encode("ascii", "xmlcharrefreplace")
    yield "bytes shown", repr(text.encode())[2:-1].encode()
    yield "utf-16-le", text.encode("utf-16-le")
    yield "utf-16-be", text.encode("utf-16-be")
    yield "hex", text.encode().hex().encode()
    yield "backwards", text[::-1].encode()
    yield "rot13", codecs.encode(text, "rot13").encode() if text.isascii() and text.isalpha() else text.encode()


def _base64_cores(raw: bytes) -> Iterator[bytes]:
    """What is the same in base64 whatever stands before and after: the whole groups, for each of three beginnings."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        start = (shift * 8 + 5) // 6
        bits = (shift + len(raw)) * 8
        yield coded[start : bits // 6]


def a_number(name: str, e164: str) -> Mark:
    """A North American number as E.164, bare, and as people write it."""
    area, exchange, line = e164[2:5], e164[5:8], e164[8:]
    ten = e164[2:]
    spellings = (
        e164, e164[1:], ten, exchange + line, f"{exchange}-{line}", f"({area}) {exchange}-{line}", f"{area}.{exchange}.{line}",
        f"{area} {exchange} {line}", f"1-{area}-{exchange}-{line}",
    )
    return Mark(name, spellings, (e164, e164[1:], ten))


def a_birth_date(name: str, born: date) -> Mark:
    y, m, d = born.year, born.month, born.day
    spellings = (
        born.isoformat(), f"{born:%Y%m%d}", f"{born:%m/%d/%Y}", f"{m}/{d}/{y}", f"{born:%m-%d-%Y}", f"{born:%m%d%Y}",
        f"{d:02}.{m:02}.{y}", f"{born:%B} {d}, {y}", f"{born:%b} {d}, {y}", f"{d} {born:%B} {y}", f"date({y}, {m}, {d})",
    )
    return Mark(name, spellings, (born.isoformat(),))


WORDS = ("quill&ñandúvane", "kestrelbrook")
PHRASE = " ".join(WORDS)
REPLY_WORD = "ostrichharp"
GIVEN, FAMILY = "Zephyrine", "O'Quillmarkson-Ñuñez"
NAME = f"{GIVEN} {FAMILY}"
OTHER_GIVEN = "Thaddeusine"
NUMBER, STRANGER, SECOND, NEW, EUM = "+13035550177", "+17205550183", "+13035550168", "+19705550142", "+17195550156"
WORK, OWN_SECOND = "+17205550129", "+17205550147"
THIRD, AT_HOME = "+13035550162", "+13035550161"
EMAIL = "ibis.lantern@mail.example"
TAG = "wrenlantern"
BORN = date(1931, 8, 27)
PICTURE = "https://pictures.example/kestrelpicture/7"

MARKS: tuple[Mark, ...] = (
    Mark("phrase, first word", (WORDS[0], "ñandúvane")),
    Mark("phrase, second word", (WORDS[1],)),
    Mark("phrase", (PHRASE,), (PHRASE,)),
    Mark("reply", (REPLY_WORD,)),
    Mark("tag", (TAG,)),
    Mark("given name", (GIVEN, OTHER_GIVEN)),
    Mark("family name", (FAMILY, "Quillmarkson")),
    Mark("name", (NAME,), (NAME,)),
    a_number("number", NUMBER),
    a_number("stranger's number", STRANGER),
    a_number("second patient's number", SECOND),
    a_number("registered number", NEW),
    a_number("number through AWS", EUM),
    a_number("colleague's number", WORK),
    a_number("third patient's number", THIRD),
    a_number("clinic's second number", OWN_SECOND),
    a_number("landline's number", AT_HOME),
    Mark("e-mail address", (EMAIL, "ibis.lantern"), (EMAIL,)),
    a_birth_date("birth date", BORN),
    Mark("picture's address", ("kestrelpicture",)),
)


@dataclass(frozen=True)
class Hit:
    mark: str
    form: str
    around: str


def search(data: bytes, marks: Iterable[Mark] = MARKS) -> list[Hit]:
    """Every mark that is in there, once each, in the first form that is found."""
    views = _views(data)
    return [hit for mark in marks if (hit := _find(mark, views))]


def _find(mark: Mark, views: list[tuple[bytes, bytes]]) -> Hit | None:
    for view, small in views:
        for form, raw in mark.loose:
            if (at := _place(small, raw)) >= 0:
                return Hit(mark.name, form, _around(view, at, len(raw)))
        for form, raw in mark.exact:
            if (at := view.find(raw)) >= 0:
                return Hit(mark.name, form, _around(view, at, len(raw)))
    return None


def _place(small: bytes, raw: bytes) -> int:
    """Where it stands, or -1. A few digits stand in every long hex number: those count only for themselves."""
    if len(raw) >= 10 or not raw.isdigit():
        return small.find(raw)
    found = re.search(rb"(?<![0-9a-z])" + raw + rb"(?![0-9a-z])", small) if raw in small else None
    return found.start() if found else -1


def _around(view: bytes, at: int, size: int) -> str:
    return view[max(0, at - 60) : at + size + 20].decode("utf-8", "replace")


def _views(data: bytes) -> list[tuple[bytes, bytes]]:
    """As it is, and with one layer of escapes taken off."""
    unescaped = html.unescape(data.decode("utf-8", "replace")).encode("utf-8", "replace")
    read = re.sub(rb"\\u([0-9a-fA-F]{4})", lambda found: _char(found[1]), unescaped)
    views = dict.fromkeys([data, unquote_to_bytes(data.replace(b"+", b" ")), unquote_to_bytes(data), unescaped, read])
    return [(view, view.lower()) for view in views]


def _char(digits: bytes) -> bytes:
    return chr(int(digits, 16)).encode("utf-8", "surrogatepass")
