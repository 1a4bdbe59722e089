"""What patients are told and asked about visits, and what stands in their way: the files `visits`, `sequences`, `barriers` and
`visit_replies` of this room.
"""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from ..core.sequences import Sequence, read_sequences
from ..core.visit_replies import Replies, read_replies
from . import DAYS, Template, _read

MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ),
}


@dataclass(frozen=True, slots=True)
class Barrier:
    """One thing that stands in the way. `answers`: by language. `task`: somebody does something; `reads`: a person answers."""

    barrier_id: str
    digit: str
    label: str
    answers: dict[str, str]
    task: bool = False
    reads: bool = False


@cache
def templates() -> dict[tuple[str, str, int], Template]:
    """Every sentence about visits by (id, language, level)."""
    rows = _read("visits.toml")["template"]
    return {(r["id"], r["language"], r["level"]): Template(r["id"], r["language"], r["level"], r["body"]) for r in rows}


def choose(template_id: str, language: str, level: int) -> Template:
    """The fullest one that this level allows, in English for a language we do not have. Raises KeyError for an unknown id, and
    where this level has no words."""
    known = templates()
    for spoken in (language, "en"):
        for each in range(level, -1, -1):
            if found := known.get((template_id, spoken, each)):
                return found
    raise KeyError(template_id)


@cache
def sequences() -> tuple[Sequence, ...]:
    return read_sequences(_read("sequences.toml"))


@cache
def offered() -> tuple[str, ...]:
    """The templates that a program may put into a sequence of its own."""
    return tuple(_read("sequences.toml")["templates"])


@cache
def replies() -> Replies:
    return read_replies(_read("visit_replies.toml"))


@cache
def barriers() -> dict[str, Barrier]:
    """By the digit that people reply with."""
    rows = _read("barriers.toml")["barrier"]
    return {
        r["digit"]: Barrier(
            r["id"], r["digit"], r["label"], {"en": r["en"], "es": r["es"]}, r.get("task", False), r.get("reads", False)
        )
        for r in rows
    }


def spoken_when(starts: Many[datetime], zone: ZoneInfo, language: str) -> str:
    """"Tue Mar 3 at 2:00 PM and 4:00 PM"; the beginnings of one day, on that zone's wall."""
    local = [each.astimezone(zone) for each in starts]
    first, spanish = local[0], language == "es"
    months, days = MONTHS["es" if spanish else "en"], DAYS["es" if spanish else "en"]
    clocks = f" {'y' if spanish else 'and'} ".join(dict.fromkeys(spoken_clock(each) for each in local))
    if spanish:
        return f"{days[first.weekday()]} {first.day} de {months[first.month - 1]} a las {clocks}"
    return f"{days[first.weekday()]} {months[first.month - 1]} {first.day} at {clocks}"


def spoken_clock(at: datetime) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"
