"""What goes by e-mail and by an automated call (`channels.toml`)."""

from __future__ import annotations

from functools import cache

from . import Template, _read


@cache
def templates() -> dict[tuple[str, str], Template]:
    """By (id, language); all at level 0."""
    rows = _read("channels.toml")["template"]
    return {(r["id"], r["language"]): Template(r["id"], r["language"], r["level"], r["body"]) for r in rows}


def say(template_id: str, language: str, **fields: str) -> Template:
    """One sentence, filled; in English for a language we do not have. Raises KeyError for an unknown one."""
    found = templates().get((template_id, language)) or templates()[template_id, "en"]
    return Template(found.template_id, found.language, found.level, found.body.format(**fields))
