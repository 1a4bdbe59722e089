"""The words of an answer to somebody in danger, put together from `crisis.toml`; and a clinician's own "I read it"."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..core.crisis_answers import ANYTHING_ELSE, NOT_KNOWN, Choice, Wording
from ..core.segments import count
from . import Template

PARTS = 2  # SEG-6
ANSWERS = ("lead", "line", "ending")  # the parts of the file that answers are put together from
OPENS = "{open}"
DIGITS = 16  # of a digest, in hex: 64 bits are enough to tell a few hundred sentences apart


@dataclass(frozen=True, slots=True)
class ReadThis:
    """A text by which a person says that they have read. `calls`: it says that they will call."""

    read_id: str
    title: str  # in the words of staff
    body: str
    calls: bool = False


@cache
def _file() -> Mapping[str, Any]:
    with Path(__file__).with_name("crisis.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def leads() -> Mapping[tuple[str, str, int], str]:
    """Every lead by (id, language, tier)."""
    found: dict[tuple[str, str, int], str] = {}
    for row in _file()["lead"]:
        for tier in (row["tier"],) if "tier" in row else (0, 1):
            found[row["id"], row["language"], tier] = row["body"]
    return found


@cache
def endings() -> Mapping[tuple[str, str, int], str]:
    """Every ending by (id, language, content level that it needs)."""
    return {(row["id"], row["language"], row["level"]): row["body"] for row in _file()["ending"]}


def pieces() -> list[Template]:
    """Every sentence of the file, for a person who reviews them."""
    rows = [(part, row) for part in ("lead", "line", "ending", "read") for row in _file()[part]]
    return [Template(_called(part, row), row["language"], row.get("level", 0), row["body"]) for part, row in rows]


def _called(part: str, row: Mapping[str, Any]) -> str:
    return f"{part} {row['id']}" + (f", tier {row['tier']}" if "tier" in row else "")


def answer(choice: Choice, language: str, *, opens: str = "", clinic: str = "") -> str:
    """The whole answer, as `said` says what `wording` chose."""
    return said(wording(choice, language, opens=opens, clinic=clinic))


def wording(choice: Choice, language: str, *, opens: str = "", clinic: str = "") -> Wording:
    """The words of an answer. `opens`: when somebody reads next, said in the language; "" when nobody knows, and then none is
    named. `clinic`: how a text may call us, said at level 1 where it still fits. A name of tomorrow is answered plainly:
    whatever stands in a row or a rota, somebody in danger is answered."""
    language = language if language in ("en", "es") else "en"
    known, tier = leads(), min(choice.tier, 1)
    lead = known.get((choice.lead, language, tier)) or known[ANYTHING_ELSE.lead, language, tier]
    ending = _ending(choice, language, opens)
    bodies = [lead, *([_veteran(language)] if choice.veteran else []), ending]
    plain = Wording(tuple(map(digest, bodies)), opens if OPENS in ending else "")
    signed = replace(plain, clinic=clinic)
    return signed if clinic and choice.level >= 1 and count(said(signed)).parts <= PARTS else plain


def said(words: Wording) -> str:
    """What was said then, however the words of today read. Raises KeyError for a piece that nobody released."""
    body = " ".join(_piece(each) for each in words.pieces).replace(OPENS, words.opens)
    return f"{body} - {words.clinic}" if words.clinic else body


def digest(body: str) -> str:
    """What a piece is called by: the beginning of its SHA-256. Whatever changes in the words, changes it."""
    return sha256(body.encode()).hexdigest()[:DIGITS]


def _piece(called: str) -> str:
    return _today().get(called) or released()[called]


@cache
def _today() -> Mapping[str, str]:
    return {digest(row["body"]): row["body"] for part in ANSWERS for row in _file()[part]}


@cache
def released() -> Mapping[str, str]:
    """Every piece that an answer was ever put together from, by its digest."""
    with (Path(__file__).parent / "released" / "crisis.toml").open("rb") as file:
        return {digest(row["body"]): row["body"] for row in tomllib.load(file)["piece"]}


def _veteran(language: str) -> str:
    return next(str(row["body"]) for row in _file()["line"] if (row["id"], row["language"]) == ("veteran", language))


def _ending(choice: Choice, language: str, opens: str) -> str:
    known = endings()
    name = choice.ending if (choice.ending, language, 0) in known else NOT_KNOWN
    if OPENS in known[name, language, 0] and not opens:
        name = NOT_KNOWN
    return known.get((name, language, choice.level)) or known[name, language, 0]


@cache
def read_this(language: str) -> tuple[ReadThis, ...]:
    """What a clinician can choose from; in English for a language we do not have."""
    rows = _file()["read"]
    there = [row for row in rows if row["language"] == language] or [row for row in rows if row["language"] == "en"]
    return tuple(ReadThis(row["id"], row["title"], row["body"], row.get("calls", False)) for row in there)
