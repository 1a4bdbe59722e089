"""What the console says of each rule of the first look, as its author wrote it: read from the lexicon's own files, once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class About:
    """`tier`: what it raises to when nothing lowers it; None for a rule that lowers."""

    reason: str
    tier: int | None = None
    category: str = ""


@cache
def rules() -> dict[str, About]:
    """By rule id, such as "en.suicide.want-to-die"."""
    found: dict[str, About] = {}
    for language in LANGUAGES:
        for file in (files("chalicelib") / "lexicon" / language).iterdir():
            if file.name.endswith(".toml"):
                table = tomllib.loads(file.read_text("utf-8"))
                for row in table.get("rule", ()):
                    category = row.get("category") or table.get("category", "")
                    found[f"{language}.{row['id']}"] = About(row.get("reason", ""), row.get("tier"), category)
    return found


def rule_reasons() -> dict[str, str]:
    return {rule: about.reason for rule, about in rules().items()}


def may_page(rule: str) -> bool:
    """Whether it can wake somebody by itself. One that left the lexicon, or is none of its, is taken to."""
    about = rules().get(rule)
    return about is None or (about.tier is not None and about.tier <= 1)
