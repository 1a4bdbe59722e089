"""Rows of people at their desks: what an answer settled, a draft, who looks at a thread, what waits for somebody to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from .quick import Later, carried


@dataclass(frozen=True, slots=True)
class Owed:
    """What a thread owed before an answer settled it: taking the answer back restores it."""

    since: datetime
    count: int = 0
    note: str = ""
    reply_by: datetime | None = None
    told: int = 0
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A text somebody has not sent yet, sealed under (`patient`, `program`, "draft") for row `draft_id`.

    `draft_id` is the id of the form it was written in, so that what was sent is never offered again.
    """

    key: ClassVar[tuple[str, ...]] = ("thread_id", "staff_id")
    thread_id: str
    staff_id: str
    draft_id: str
    patient: str  # patient id, or contact id for an unmatched number
    program: str
    sealed_text: bytes = b""
    at: datetime | None = None
    by: str = ""  # who wrote it, when it was handed over
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody who has a thread open."""

    staff_id: str
    at: datetime
    writing: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """Who looks at a thread at this moment, and when each person last did (`saw`, oldest look first)."""

    key: ClassVar[tuple[str, ...]] = ("thread_id",)
    thread_id: str
    people: tuple[Here, ...] = ()
    saw: tuple[Here, ...] = ()
    version: int = 0
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A colleague asked somebody to look at a thread. No content."""

    thread_id: str
    program: str
    patient_id: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ForYou:
    """What colleagues asked one person to look at, oldest first, until they open it."""

    key: ClassVar[tuple[str, ...]] = ("staff_id",)
    staff_id: str
    items: tuple[Mention, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """Something that somebody must do after a crisis. `kind`: a word of `core.tasks`. No content."""

    task_id: str
    kind: str
    thread_id: str
    by: str  # who asked for it
    at: datetime
    due_at: datetime
    incident_id: str = ""
    patient_id: str = ""
    owner: str = ""  # staff id; empty: whoever the kind is for
    about: str = ""  # of a page review: whose week, such as "erin 2026-W48"
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Tasks:
    """What is open in one program, oldest first: one row, so that an inbox reads it in one call whatever was ever done."""

    key: ClassVar[tuple[str, ...]] = ("program",)
    program: str
    items: tuple[Task, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class Miss:
    """A text that no look paged and that should have: whose word that is, and where it stands. No content."""

    thread_id: str
    message_id: str
    at: datetime  # when the text came
    by: str
    marked_at: datetime
    language: str = "en"
    tier: int | None = None  # what the first look held it for
    rules: tuple[str, ...] = ()  # what fired in it all the same
    incident_id: str = ""  # the item that was opened for it
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Missed:
    """What was missed of the texts of one program and month, in the order it was marked: one row, read with the figures."""

    key: ClassVar[tuple[str, ...]] = ("program", "month")
    program: str
    month: str  # "2026-11", of the text, in UTC
    items: tuple[Miss, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """When a person was last told outside the console that a text waits too long. Forgotten soon."""

    key: ClassVar[tuple[str, ...]] = ("staff_id",)
    staff_id: str
    at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a name, or an address, was tried at the door in a quarter of an hour; of both together, that they are known to
    belong together. The key is a keyed hash. Forgotten soon."""

    key: ClassVar[tuple[str, ...]] = ("counter",)
    counter: str
    count: int = 0
    expires_at: datetime | None = None
