"""Words of patients' pages and of the lines that bring a link to one, from `pages.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from . import Template, _read

LANGUAGES = ("en", "es")


@cache
def templates() -> dict[tuple[str, str], Template]:
    """The lines that bring a link, by (id, language)."""
    rows = _read("pages.toml")["template"]
    return {(r["id"], r["language"]): Template(r["id"], r["language"], r["level"], r["body"]) for r in rows}


def line(purpose: str, language: str, sender: str, link: str) -> Template:
    """The line for one link, filled. Raises KeyError for an unknown purpose."""
    name = f"page_{purpose}"
    found = templates().get((name, language)) or templates()[name, "en"]
    return Template(found.template_id, found.language, found.level, found.body.format(sender=sender, link=link))


@cache
def words(language: str) -> Mapping[str, str]:
    """Every word of the pages in one language; English for a language that we do not have."""
    return dict(_read("pages.toml")[language if language in LANGUAGES else "en"])


@cache
def leave_for() -> str:
    """Where "leave this page" goes."""
    return str(_read("pages.toml")["leave_for"])
