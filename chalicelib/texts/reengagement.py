"""What patients are told after a missed visit and when they have gone quiet: the file `reengagement` of this room."""

from __future__ import annotations

from functools import cache

from ..core.meaning import BACK_TALK, BACK_TIME
from ..core.return_sequences import ReturnSequence, read_return_sequences
from . import Template, _read
from .visits import barriers

LANGUAGES = ("en", "es")


@cache
def templates() -> dict[tuple[str, str, int], Template]:
    """Every sentence by (id, language, level)."""
    rows = _read("reengagement.toml")["template"]
    return {(r["id"], each, r["level"]): Template(r["id"], each, r["level"], r[each]) for r in rows for each in LANGUAGES}


def choose(template_id: str, language: str, level: int) -> Template:
    """The fullest one that this level allows, in English for a language we do not have. Raises KeyError for an unknown id."""
    known = templates()
    spoken = language if (template_id, language, 0) in known else "en"
    return next(known[template_id, spoken, each] for each in range(level, -1, -1) if (template_id, spoken, each) in known)


@cache
def sequences() -> tuple[ReturnSequence, ...]:
    return read_return_sequences(_read("reengagement.toml"))


def sequence(sequence_id: str) -> ReturnSequence | None:
    return next((each for each in sequences() if each.sequence_id == sequence_id), None)


def accepted(asks: str) -> tuple[str, ...]:
    """What may be answered to a question of this kind."""
    return (*barriers(), *BACK_TIME["missed"], *BACK_TALK["missed"]) if asks == "missed" else ("1", "2")
