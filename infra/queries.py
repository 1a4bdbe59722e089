"""The compliance officer's questions: one file each in `infra/queries`, put into the template as they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "queries"


@dataclass(frozen=True, slots=True)
class Question:
    """`values`: what the question marks stand for, in order."""

    name: str
    title: str
    purpose: str
    values: str
    sql: str


def questions() -> list[Question]:
    """All of them, in the order of their numbers. Raises ValueError for a file without its three lines."""
    return [read_question(path) for path in sorted(FOLDER.glob("*.sql"))]


def read_question(path: Path) -> Question:
    text = path.read_text(encoding="utf-8")
    head = [line.removeprefix("-- ") for line in text.splitlines()[:3] if line.startswith("-- ")]
    if len(head) < 3 or not head[2].startswith("Values: "):
        raise ValueError(f"{path.name}: title, purpose and values first")
    return Question(path.stem, head[0], head[1], head[2].removeprefix("Values: "), text)


def resources() -> dict[str, Any]:
    """A named query each: Athena shows them by name, with the purpose beside."""
    return {"Resources": {_logical(each.name): _named(each) for each in questions()}}


def _logical(name: str) -> str:
    return "Question" + "".join(part.capitalize() for part in name.split("-")[1:])


def _named(question: Question) -> dict[str, Any]:
    return {
        "Type": "AWS::Athena::NamedQuery",
        "Properties": {
            "Name": question.title,
            "Description": f"{question.purpose} Values: {question.values}",
            "Database": {"Ref": "TrailDatabase"},
            "WorkGroup": {"Ref": "OfficerWorkGroup"},
            "QueryString": question.sql,
        },
    }
