"""What the second look reads, and whether it works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

REMEMBERED = timedelta(hours=1)  # longer than the stream tries (15 minutes), and the ten minutes before that
UNSEEN = timedelta(minutes=3)  # a text nobody looked at a second time by then goes to a person


@dataclass(frozen=True, slots=True)
class RecentText:
    """A short-lived copy of one inbound text that the first look did not page, of a kind of its own: KMS can condition on
    kind, not on age (DESIGN §3). `sealed_text`: JSON of the sender's number and the words."""

    key: ClassVar[tuple[str, ...]] = ("thread_id", "message_id")
    thread_id: str
    message_id: str
    at: datetime
    received_at: datetime
    program: str
    contact_id: str
    carrier: str
    carrier_id: str
    sealed_text: bytes
    expires_at: datetime
    our_number: str = ""
    language: str = "en"
    tier: int = 3  # what the first look said

    @property
    def row(self) -> str:
        """The message it is a copy of."""
        return f"{self.thread_id}.{self.message_id}"


PARTS = 4  # rows that count together, so that texts of one moment seldom meet in one


@dataclass(frozen=True, slots=True)
class Looked:
    """How many texts the second look let pass in a program and month: with the pages, what came in. A count, near enough."""

    key: ClassVar[tuple[str, ...]] = ("program", "month", "part")
    program: str
    month: str  # "2026-11", in UTC
    part: int
    texts: int = 0


@dataclass(frozen=True, slots=True)
class Outage:
    """A part of the service that does not do its work. `since` is there only while it lasts."""

    key: ClassVar[tuple[str, ...]] = ("name",)
    name: str
    since: datetime | None = None
