"""Who did what to whom, and why (N6). What the entry says of people are ids; it never holds content (N5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

HOUR = timedelta(hours=1)
JOB = "job:"  # how a function's name begins in `who`
FIELDS = ("subject_id", "entry_id", "at", "who", "role", "action", "purpose", "where", "result")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the trail. It is only ever added: no role may change or delete one.

    `subject_id`: a patient, a number, or what else was looked at ("roster#adult"). `who`: a staff id, or "job:" and the
    flow. `role`: what they were then. `where`: what the request came through, and from which address ("console 203.0.113.7",
    "text", "call", "schedule"). `hour`: its UTC hour, by which it is sealed.
    """

    key: ClassVar[tuple[str, ...]] = ("subject_id", "entry_id")
    subject_id: str
    entry_id: str
    at: datetime
    who: str
    action: str
    purpose: str
    result: str = "done"
    role: str = ""
    where: str = ""
    hour: str = ""

    @property
    def refused(self) -> bool:
        """They were turned away: "refused", or that and why ("refused: never")."""
        return self.result.startswith("refused")


def hour_of(at: datetime) -> str:
    """"2026-11-28T00": the UTC hour that an instant lies in."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H")


def begins(hour: str) -> datetime:
    """The instant at which an hour begins. Raises ValueError for what is none."""
    return datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)


def later(hour: str, by: int) -> str:
    """The hour that many hours later, or earlier."""
    return hour_of(begins(hour) + by * HOUR)
