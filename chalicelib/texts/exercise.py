"""What an exercise says: its text, and its pages."""

from __future__ import annotations

from functools import cache
from typing import Any

from ..core.exercise import DEAD_MAN, DRILL, SECOND
from . import _read


@cache
def _file() -> dict[str, Any]:
    return _read("exercise.toml")


def body(mark: str, tier: int) -> str:
    """The synthetic patient's words. Raises KeyError for a tier that no exercise has."""
    wanted = mark if mark in (DEAD_MAN, SECOND) else f"{mark}-{tier}"
    return str({row["id"]: row["body"] for row in _file()["text"]}[wanted])


def page(mark: str, text: str) -> str:
    """A page as it is said: of a drill, that it is one, first."""
    return str(_file()["page"]["drill"]).format(page=text) if mark == DRILL else text


def weekly() -> str:
    """To the clinic's own test phone."""
    return str(_file()["page"]["weekly"])


def arriving(mark: str) -> str:
    """To the clinic's own number, through its carrier."""
    return str(_file()["page"]["arriving"]).format(mark=mark)


def over(code: str) -> str:
    """That nobody took a drill, to whom it called."""
    return str(_file()["page"]["over"]).format(code=code)


def taken(code: str) -> str:
    """To who took a drill by text."""
    return str(_file()["page"]["taken"]).format(code=code)
