"""The words by which staff ask for permission to text, and their version for the ledger."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class ConsentWords:
    version: str
    words: str


@cache
def consent_words() -> dict[str, ConsentWords]:
    """By language."""
    with resources.files(__package__).joinpath("consent.toml").open("rb") as file:
        data = tomllib.load(file)
    return {key: ConsentWords(row["version"], row["words"]) for key, row in data.items() if isinstance(row, dict)}
