"""Every word of the page on which anybody may ask for texts, by version: the ledger names the one that was read (TCPA-14)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from . import _read

Words = Mapping[str, str]


@cache
def versions() -> Mapping[str, Words]:
    """Every version that was ever shown."""
    return {row["version"]: row for row in _read("web_form.toml")["words"]}


def words(language: str) -> Words:
    """What is shown now: the newest version of a language; English for one that we do not have."""
    of = [row for row in versions().values() if row["language"] == language]
    return of[-1] if of else words("en")


def shown(version: str, language: str) -> str:
    """The version that a form says it showed; "" for one that we do not know. The first form said none."""
    said = version or f"web-{language}-1"
    return said if versions().get(said, {}).get("language") == language else ""


def language_of(version: str) -> str:
    """Of a version that another release shows: English, since no yes may be lost over it."""
    return versions()[version]["language"] if version in versions() else "en"
