"""Crises that are none: a drill that a supervisor starts, and the dead man's text of each quarter of an hour (PG-6).

The mark is in the ids. A text of an exercise has a carrier id that no carrier makes and comes from a number that no carrier
can give to anybody; what grows out of it is called after it, so that no later change, move or export can lose the mark.
Anything that has only half of it is real.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import ClassVar

from .quick import dataclass

DRILL, DEAD_MAN = "drill", "dead-man"
MACHINE = "dead-man"  # who is paged by a dead man's text: a queue of our own, and nobody's phone
SELF_TEST = "self-test"  # its program: in nobody's list
DRILLS = "drills"  # where drills are logged, apart from every program

NOBODYS = "+1000"  # no area code begins with 0: no phone, and no carrier takes a text to it
DEAD_MAN_NUMBER = "+10005550100"
# The dead man's other text, which the first look passes and only the second raises: its thread, and the number it comes from.
SECOND, SECOND_NUMBER = "dead-man-second", "+10005550101"
EACH = timedelta(minutes=15)  # a dead man's text
IN_TIME = timedelta(seconds=60)  # its pages
DRILL_LASTS = timedelta(minutes=30)  # a drill that nobody took is over
WAY_IN = "way-in"  # the row of how the last text went that came in through the carrier
A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How the last dead man's text went, or the week's text through the carrier (`WAY_IN`). `wrong`: which parts of its road
    failed, or of the one before it."""

    key: ClassVar[tuple[str, ...]] = ("name",)
    name: str
    at: datetime | None = None
    passed_at: datetime | None = None  # when one last went well
    milliseconds: int = 0  # from the text to its page
    wrong: tuple[str, ...] = ()


def mark_of(carrier_id: str, sender: str) -> str:
    """Of a text: drill, dead-man, or "" for a real one."""
    mark = next((mark for mark in (DRILL, DEAD_MAN) if carrier_id.startswith(f"{mark}-")), "")
    return mark if is_nobodys(sender) else ""


def of(opaque: str) -> str:
    """Of an incident or a thread, by its id."""
    return next((mark for mark in (DRILL, DEAD_MAN) if opaque == mark or opaque.startswith(f"{mark}-")), "")


def dead_mans_thread(number: str) -> str:
    return SECOND if number == SECOND_NUMBER else DEAD_MAN


def marked(mark: str, opaque: str) -> str:
    """An id that says what it is; a real one is as it was."""
    return f"{mark}-{opaque}" if mark else opaque


def week_of(local: datetime) -> str:
    """The ISO week of an instant on the clinic's clock: "2026-W49"."""
    year, week, _ = local.isocalendar()
    return f"{year}-W{week:02d}"


def is_nobodys(number: str) -> bool:
    return number.startswith(NOBODYS)


def drill_number(program: str) -> str:
    """The number that a drill of a program comes from: always the same one."""
    digest = int.from_bytes(hashlib.sha256(program.encode()).digest()[:4], "big")
    return f"{NOBODYS}{digest % 10**7:07d}"


def drill_thread(program: str) -> str:
    return marked(DRILL, program)
