"""A crisis as it is kept, and the lines of a history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from . import exercise
from .quick import Later, carried


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an incident's history. `what` is a word of `core.incidents`."""

    at: datetime
    who: str
    what: str
    detail: str = ""
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Incident:
    """A crisis from detection to disposition."""

    key: ClassVar[tuple[str, ...]] = ("incident_id",)
    incident_id: str
    code: str
    thread_id: str
    contact_id: str
    program: str
    state: str
    tier: int
    categories: tuple[str, ...]
    detected_at: datetime
    version: int = 1
    patient_id: str = ""
    open_in: str = ""  # the program while it is open, empty once resolved (sparse index)
    holder: str = ""
    step: int = 0
    escalate_at: datetime | None = None  # when the next step is paged, unless somebody acknowledges
    step_at: datetime | None = None  # when this step was first called; None: with the first text
    page_owed: bool = False  # the pager has not taken this step's page yet; its phones were called all the same
    steps: tuple[Step, ...] = ()
    reply_undelivered: bool = False
    asks_for_texts: bool = False  # they cannot talk: TEXT instead of a call
    disposition: str = ""
    logged_in: str = ""  # "<program>#<month>" of its beginning, for ever: what the crisis board counts (index log)
    mark: str = ""  # what a person says of its page: true, false or unsure
    signed_by: str = ""  # who else looked at how it ended, where the policy asks
    note_id: str = ""  # the note for the chart, in the thread (ESC-2)
    calls: tuple[str, ...] = ()  # telephone calls that were placed for it, by id: what rings still is hung up when it is taken
    rules: tuple[str, ...] = ()  # ids of what fired in the text that began it, and of what lowered it there

    @property
    def exercise(self) -> str:
        """drill, dead-man, or "" for a real one."""
        return exercise.of(self.incident_id)
