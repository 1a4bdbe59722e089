"""Why each rule of the first look is there, as its author wrote it: read from the lexicon's own files, once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "es")


@cache
def rule_reasons() -> dict[str, str]:
    """By rule id, such as "en.suicide.want-to-die"."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for file in (files("chalicelib") / "lexicon" / language).iterdir():
            if file.name.endswith(".toml"):
                rows = tomllib.loads(file.read_text("utf-8")).get("rule", ())
                found |= {f"{language}.{row['id']}": row.get("reason", "") for row in rows}
    return found
