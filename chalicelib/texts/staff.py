"""What staff can put into a text they write: titles, levels and bodies with fields, from `staff.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

FIELDS = ("name", "clinician", "clinic", "phone", "hours")
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One text to begin with, in one language. `level`: the content level it needs (0-2)."""

    snippet_id: str
    language: str
    level: int
    title: str
    body: str

    def filled(self, fields: Mapping[str, str]) -> str:
        """Its words with what we know. A name we do not know is left out; another field stays visible, to be filled by hand."""
        known = {"name": "", **fields}
        said = _FIELD.sub(lambda field: known.get(field[1], field[0]), self.body)
        return re.sub(r"^(\w+) ,", r"\1,", re.sub(r" {2,}", " ", said)).strip()


@cache
def snippets() -> tuple[Snippet, ...]:
    """All of the file, in its order."""
    with resources.files(__package__).joinpath("staff.toml").open("rb") as file:
        rows = tomllib.load(file)["snippet"]
    return tuple(Snippet(r["id"], r["language"], r["level"], r["title"], r["body"]) for r in rows)
