"""The words by which staff ask for permission to text, and their version for the ledger."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ..core.minors import StateRule


@dataclass(frozen=True, slots=True)
class ConsentWords:
    version: str
    words: str


@cache
def consent_words() -> dict[str, ConsentWords]:
    """By language."""
    with resources.files(__package__).joinpath("consent.toml").open("rb") as file:
        data = tomllib.load(file)
    return {key: ConsentWords(row["version"], row["words"]) for key, row in data.items() if key in ("en", "es")}


@cache
def kind_words() -> dict[tuple[str, str], ConsentWords]:
    """What is asked for one kind, or read before an acknowledgement, by (kind, language)."""
    with resources.files(__package__).joinpath("consent.toml").open("rb") as file:
        rows = tomllib.load(file)["ask"]
    return {(row["kind"], row["language"]): ConsentWords(row["version"], row["words"]) for row in rows}


def version_of(ledger: str, kind: str, language: str) -> str:
    """Which words were shown for a yes: of the kind, of the ledger, or those that everybody agrees to first."""
    first = consent_words().get(language) or consent_words()["en"]
    asked = kind_words().get((kind if ledger == "text" else ledger, language))
    return asked.version if asked else first.version


@cache
def state_rules() -> tuple[StateRule, ...]:
    """MIN-2: empty as shipped. Raises KeyError for a row without a statute or a reviewer."""
    with resources.files(__package__).joinpath("minors.toml").open("rb") as file:
        return tuple(StateRule(**row) for row in tomllib.load(file)["rule"] if row["statute"] and row["reviewer"])
