"""One patient's record is deleted whole: who wanted it, who agreed, what was removed, row by row counted, and what stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

WHY: dict[str, str] = {
    "retention": "The time for which the law wants it kept is over",
    "mistake": "Registered by mistake: this person is no patient",
    "request": "The patient asks for it, and counsel says that the law allows it",
}
LISTED, ASKED, CONFIRMED, DONE, DROPPED, STOPPED = "listed", "asked", "confirmed", "done", "dropped", "stopped"
OPEN = frozenset({LISTED, ASKED, CONFIRMED})
STATES: dict[str, str] = {
    LISTED: "Due by the table: two people decide",
    ASKED: "Waits for a second person",
    CONFIRMED: "Is being deleted",
    DONE: "Deleted",
    DROPPED: "Kept after all",
    STOPPED: "Stopped by a legal hold: what was removed before is counted",
}
GONE = frozenset({"discharged", "deceased"})  # whose record may be deleted at all; and one registered by mistake
# What is removed, and what stays, as the page says it.
KINDS: dict[str, str] = {
    "messages": "texts and notes", "incidents": "urgent items", "visits": "visits", "plans": "safe-phone plans and other sheets",
    "lists": "places on lists", "record": "the record and its summary",
}  # fmt: skip
STAYS: tuple[str, ...] = (
    "What they agreed to and refused, and a STOP of their number (TCPA-14; six years: HIP-4)",
    "The trail: who did what and when, without a word of content (164.316(b)(2)(i))",
    "What was released of it and to whom (164.528)",
    "The number itself, sealed, so that a STOP holds and a text in danger can be answered",
    "That each text came, by the carrier's id alone, so that a late copy is not taken for a new one",
    "Copies in backups until those end (docs/decisions/forgetting.md)",
)


@dataclass(frozen=True, slots=True)
class Erasure:
    """`asked_by`, `confirmed_by`: two people. `law`: the row of the table that it follows, for "retention". `removed`: rows
    of each kind, counted in the transaction that removed them."""

    key: ClassVar[tuple[str, ...]] = ("erasure_id",)
    erasure_id: str
    patient_id: str
    program: str
    at: datetime
    why: str
    state: str
    version: int = 1
    law: str = ""
    asked_by: str = ""
    asked_at: datetime | None = None
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    removed: dict[str, int] = field(default_factory=dict)
