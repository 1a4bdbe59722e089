"""A campaign: one approved text to people chosen by a filter, each by themself (N7), with a share held out to compare with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from .consent import CAMPAIGNS as OF_PURPOSE
from .consent import Scope
from .incident_rows import Step

# What it is for. The purpose decides which permission it needs (CTIA-1); there is none for promotion, and no row for it.
PURPOSES: dict[str, str] = {
    "back": "Bring people back",
    "news": "Tell a program something",
    "stage": "Follow the stage of change",
}
PERMISSION: dict[str, Scope] = {"back": OF_PURPOSE["outreach"], "news": OF_PURPOSE["visits"], "stage": OF_PURPOSE["care"]}
AUDIENCES: dict[str, str] = {
    "everyone": "Everybody of the program",
    "no_visit": "Who has no visit ahead",
    "gone_quiet": "Who has gone quiet",
    "contemplation": "Stage: thinking about it",
    "precontemplation": "Stage: not thinking about it now",
    "preparation": "Stage: getting ready",
    "action": "Stage: doing it",
    "maintenance": "Stage: keeping it up",
}
STATES: dict[str, str] = {
    "counting": "Being counted",
    "ready": "Waits for approval",
    "approved": "Approved, not started",
    "running": "Running",
    "paused": "Paused",
    "stopped": "Stopped",
    "done": "Done",
}
# From which states a person may do what, and what it then is.
MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "approve": (("ready",), "approved"),
    "start": (("approved",), "running"),
    "pause": (("running",), "paused"),
    "resume": (("paused",), "running"),
    "stop": (("counting", "ready", "approved", "running", "paused", "done"), "stopped"),  # a text that was put off may be left
}
LIVE = frozenset({"approved", "running", "paused"})
OVER = frozenset({"stopped", "done"})
HOLD_OUTS = (0, 10, 20, 30, 50)  # percent
RUNS_FOR = timedelta(days=14)
COUNT_HOLDS = timedelta(days=7)  # who was counted longer ago is counted anew
MEASURED = timedelta(days=30)  # after the start: what became of both groups
TEXT_HOLDS = timedelta(hours=6)  # a text that could not leave in that time is not for this day any more


@dataclass(frozen=True, slots=True)
class Campaign:
    """`counts`: what the dry run found, by arm and by why. `figures`: what was measured last. No words of anybody's."""

    key: ClassVar[tuple[str, ...]] = ("program", "campaign_id")
    program: str
    campaign_id: str
    template: str
    purpose: str
    audience: str
    made_by: str
    made_at: datetime
    language: str = ""  # people who are written to in it alone; empty: everybody
    hold_out: int = 0  # percent
    reader: str = ""  # staff id: who reads the answers to an open question
    state: str = "counting"
    cursor: str = ""  # the last patient that was looked at
    counts: dict[str, int] = field(default_factory=dict)
    parts: int = 0  # of all its texts
    written: int = 0  # texts that went to the outbox
    dropped: int = 0  # left out when their turn came
    approved_by: str = ""
    started_at: datetime | None = None
    until: datetime | None = None
    steps: tuple[Step, ...] = ()
    figures: dict[str, int] = field(default_factory=dict)
    measured_at: datetime | None = None
    version: int = 1

    @property
    def ref(self) -> str:
        """What due rows call it: opaque."""
        return f"{self.program}.{self.campaign_id}"

    @property
    def waiting(self) -> int:
        """Texts that have not had their turn."""
        return max(0, self.counts.get("text", 0) - self.written - self.dropped)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person of a campaign, as counted: `arm` text, hold_out, or "" for who was left out then (`why`).

    `turn_in`, `turn_at`: present while they wait for their text; the index that a slice is read from.
    """

    key: ClassVar[tuple[str, ...]] = ("campaign_id", "patient_id")
    campaign_id: str
    patient_id: str
    arm: str = ""
    state: str = "left_out"  # waiting, held_out, left_out, written
    why: str = ""
    parts: int = 0
    turn_in: str = ""
    turn_at: datetime | None = None
    message_id: str = ""
    written_at: datetime | None = None
    outcome: str = ""  # what the carrier said of it, in our words
    reply: str = ""  # a word of `core.campaign_figures`
    opted_out: bool = False
    booked: bool = False  # a visit, after the start
    kept: bool = False


def split_ref(ref: str) -> tuple[str, str]:
    program, _, campaign_id = ref.rpartition(".")
    return program, campaign_id


def held_out(keyed_hash: str, percent: int) -> bool:
    """Whether somebody is of the share that gets no text: the same answer for the same hash, whoever asks and when."""
    return int(keyed_hash[:8], 16) % 100 < percent


def jitter(keyed_hash: str) -> timedelta:
    """Their place in the row: by chance, so that no order of names or ids shows, and the same each time (DLC-6)."""
    return timedelta(microseconds=int(keyed_hash[8:16], 16) % 1_000_000)
