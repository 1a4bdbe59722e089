"""Forms on patients' pages, from `forms.toml`, and the text that a filled one becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from . import _read


@dataclass(frozen=True, slots=True)
class Choice:
    """`label` is what the page offers, `says` what they have said by it, by language."""

    choice_id: str
    label: Mapping[str, str]
    says: Mapping[str, str]
    danger: bool


@dataclass(frozen=True, slots=True)
class Question:
    """`item9`: asks about self-harm; a choice of danger marks the patient."""

    question_id: str
    label: Mapping[str, str]
    choices: tuple[Choice, ...]
    item9: bool


@dataclass(frozen=True, slots=True)
class Form:
    form_id: str
    title: Mapping[str, str]
    questions: tuple[Question, ...]


@cache
def forms() -> dict[str, Form]:
    """By id, in the file's order."""
    rows = _read("forms.toml")["form"]
    return {row["id"]: Form(row["id"], _both(row), tuple(map(_question, row["question"]))) for row in rows}


def _question(row: Mapping[str, Any]) -> Question:
    choices = tuple(Choice(c["id"], _both(c), _both(c, "says_"), c.get("danger", False)) for c in row["choices"])
    return Question(row["id"], _both(row), choices, row.get("item9", False))


def _both(row: Mapping[str, Any], before: str = "") -> dict[str, str]:
    return {language: str(row[f"{before}{language}"]) for language in ("en", "es")}


def chosen(form: Form, filled: Mapping[str, str]) -> dict[str, Choice]:
    """What was chosen, by question; what was left open is not there."""
    known = {each.question_id: {choice.choice_id: choice for choice in each.choices} for each in form.questions}
    return {name: choices[filled[f"q_{name}"]] for name, choices in known.items() if filled.get(f"q_{name}") in choices}


def as_text(form: Form, filled: Mapping[str, str], language: str) -> str:
    """The form in the patient's voice, a line a question; "" where nothing was chosen or written. Their own words come last."""
    spoken = language if language in form.title else "en"
    lines = [choice.says[spoken] for choice in chosen(form, filled).values()]
    own = filled.get("text", "").replace("\r\n", "\n").strip()
    return "\n".join([form.title[spoken], *lines, *([own] if own else [])]) if lines or own else ""


def marks(form: Form, filled: Mapping[str, str]) -> bool:
    """Whether somebody said that they think of harming themselves (item 9)."""
    said = chosen(form, filled)
    return any(each.item9 and each.question_id in said and said[each.question_id].danger for each in form.questions)
