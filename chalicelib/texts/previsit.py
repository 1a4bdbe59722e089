"""What can be asked before a visit: the file `previsit` of this room."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from . import _read

NOTED = "visit_noted"  # the thanks


@dataclass(frozen=True, slots=True)
class Question:
    """One question before a visit. `owed`: the answers that somebody reads soon."""

    kind: str
    template: str
    label: str
    answers: tuple[str, ...]
    owed: frozenset[str]


@cache
def questions() -> dict[str, Question]:
    """By kind, which is the prompt's."""
    rows = _read("previsit.toml")["prompt"]
    return {r["id"]: Question(r["id"], r["template"], r["label"], tuple(r["answers"]), frozenset(r["owed"])) for r in rows}


def asked_by(template_id: str) -> Question | None:
    """The question that a template asks; None for one that asks about the visit itself, or nothing."""
    return next((each for each in questions().values() if each.template == template_id), None)
