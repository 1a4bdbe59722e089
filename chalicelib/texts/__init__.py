"""Every sentence a patient can receive, as data, and the words we read from patients."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ..core.keywords import Keywords, read_keywords


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence in one language. `level`: the content level it needs (0–2)."""

    template_id: str
    language: str
    level: int
    body: str


@dataclass(frozen=True, slots=True)
class Disposition:
    """One way an incident ends. `without_contact`: allowed before anybody reached the patient."""

    disposition_id: str
    label: str
    without_contact: bool = False


def _read(name: str) -> dict[str, Any]:
    with resources.files(__package__).joinpath(name).open("rb") as file:
        return tomllib.load(file)


@cache
def templates() -> dict[tuple[str, str], Template]:
    """Every template by (id, language)."""
    rows = _read("patient.toml")["template"]
    return {(r["id"], r["language"]): Template(r["id"], r["language"], r["level"], r["body"]) for r in rows}


def render(template_id: str, language: str, **fields: str) -> str:
    """The sentence, filled. A language we do not have is answered in English. Raises KeyError for an unknown id or field."""
    known = templates()
    template = known.get((template_id, language)) or known[(template_id, "en")]
    return template.body.format(**fields)


@cache
def keywords() -> Keywords:
    return read_keywords(_read("keywords.toml"))


@cache
def dispositions() -> dict[str, Disposition]:
    """Every disposition by id, in the order a person should read them."""
    rows = _read("dispositions.toml")["disposition"]
    return {r["id"]: Disposition(r["id"], r["label"], r.get("without_contact", False)) for r in rows}
