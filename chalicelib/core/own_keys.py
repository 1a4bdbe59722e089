"""A key lent for one patient, and how long keys last. Pure values."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from .quick import dataclass

LASTS = timedelta(minutes=15)  # the shortest that AWS gives, and what a revocation can lag behind
SPARE = timedelta(minutes=2)  # a new one is asked for before the old one ends
PAGED = timedelta(hours=12)  # how long a page opens its patient's record
AFTERWARDS = timedelta(hours=12)  # whoever was called from another program can still finish the note
PAGE, GLASS = "page", "glass"  # why a key is lent: a page called them, or they broke the glass
OPEN = "open"  # the shelf of what nobody reviewed yet


@dataclass(frozen=True, slots=True)
class LentKey:
    """One patient's record open to one person besides their programs, as it stands (docs/decisions/own-keys.md).

    `subject`: the patient's id, or the number's where it is nobody's; `program`: whose it was when it was lent. `about`: the item
    that paged, or the lending that broke the glass. `token`: makes KMS know it at once.
    """

    key: ClassVar[tuple[str, ...]] = ("staff_id", "subject")
    staff_id: str
    subject: str
    thread_id: str
    program: str
    why: str
    at: datetime
    until: datetime
    version: int = 1
    about: str = ""
    lending: str = ""  # the row that is reviewed
    token: str = ""
    back_at: datetime | None = None

    @property
    def target(self) -> str:
        """For a due row."""
        return f"{self.staff_id}#{self.subject}"

    def open_at(self, now: datetime) -> bool:
        return self.back_at is None and now < self.until


@dataclass(frozen=True, slots=True)
class Lending:
    """One time that a key was lent, for whoever reviews it. `shelf`: "open" until it is reviewed, then the month it began in.

    `code`: of the item that paged. `ground`: why the glass was broken (`core.break_glass`). `sealed_words`: what they wrote
    besides. `told`: who was told at once.
    """

    key: ClassVar[tuple[str, ...]] = ("shelf", "lending_id")
    shelf: str
    lending_id: str
    staff_id: str
    subject: str
    thread_id: str
    program: str
    why: str
    at: datetime
    until: datetime
    about: str = ""
    code: str = ""
    ground: str = ""
    nature: str = ""  # P2-6: the nature of the emergency, where the program treats substance use
    by: str = ""  # P2-6: who disclosed
    sealed_words: bytes = b""
    told: tuple[str, ...] = ()
    back_at: datetime | None = None
    reviewed_at: datetime | None = None
    reviewed_by: str = ""
    found: str = ""  # what the review found: right, wrong

    @property
    def ends(self) -> datetime:
        return self.back_at or self.until
