"""What administrators changed: rows laid over the clinic's file, their history, and who may sign in. No patient in them."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import ClassVar

from .quick import Later, carried, dataclass

PROGRAM, SNIPPET, HOUSE, ROTA, PROPOSAL = "program", "snippet", "house", "rota", "proposal"
SEQUENCE = "sequence"  # of one program: sequence id to its steps, "" for the released ones


@dataclass(frozen=True, slots=True)
class Setting:
    """The newest word on one matter. `value`: only the fields that somebody changed, as texts; the file has the rest."""

    key: ClassVar[tuple[str, ...]] = ("kind", "setting_id")
    kind: str  # program, snippet, house, rota, tell, views, proposal, sequence
    setting_id: str
    version: int = 0
    value: dict[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """One line of a matter's history, never changed. `before` and `after` name the fields that moved.

    `undoes`: the version whose effect this one takes back, or 0.
    """

    key: ClassVar[tuple[str, ...]] = ("kind", "setting_id", "version")
    kind: str  # program, snippet, staff, rota, proposal, sequence
    setting_id: str
    version: int
    at: datetime
    who: str
    why: str = ""
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    undoes: int = 0


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Where to find one session of a person, so that all can be ended at once."""

    token_hash: str
    expires_at: datetime
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Access:
    """One person's door: what an administrator decided, and which sessions are open.

    `role` is empty when nobody decided here: then the sign-in's own word holds. While `pending`, the user pool has not
    been told yet and this row is the truth.
    """

    key: ClassVar[tuple[str, ...]] = ("staff_id",)
    staff_id: str
    version: int = 0
    name: str = ""
    role: str = ""
    programs: tuple[str, ...] = ()
    closed: bool = False
    pending: bool = False
    changed_at: datetime | None = None
    changed_by: str = ""
    sessions: tuple[OpenSession, ...] = ()
