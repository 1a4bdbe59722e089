"""The rows we keep, one frozen dataclass each; `key` names the fields that find it.

A field that can hold content is bytes and called `sealed_…`. Everything else must be safe to read in a
table export: opaque ids, instants, counts, statuses (N5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from .absence import Absence
from .amendments import Amendment
from .appointments import AboutVisit, Appointment, Charted, Touch, VisitChange
from .asked import Ask, AskCount, Asked
from .audit import AuditEntry
from .breaches import BreachCase
from .calls import PhoneCall
from .campaigns import Campaign, Recipient
from .changes import ABSENT, Change, Delete, Put, Update
from .compared import Compared
from .consent_ledger import ConsentEntry
from .crisis_answers import Wording
from .desk_rows import ForYou, Here, KeptDraft, Mention, Miss, Missed, Owed, Presence, Task, Tasks, Told, Tries
from .drops import Dropped
from .erasures import Erasure
from .exercise import SelfTest
from .holds import Hold
from .incident_rows import Incident, Step
from .moves import Forward, Move
from .own_keys import Lending, LentKey
from .page_links import Link, PageSession
from .people import (
    UNMATCHED,
    Contact,
    Imported,
    IncidentRef,
    Patient,
    PatientRef,
    Prompt,
    Roster,
)
from .phones import Errand, StaffPhone
from .profile import Profile
from .quiet import Quiet
from .reach import Address, ReachSheet
from .recent import Looked, Outage, RecentText
from .redacted import Redacted, Standing
from .reengagement import Reengagement
from .releases import Part, Release
from .rounds import Round
from .safe_phone import SafePlan
from .settings import Access, Revision, Setting
from .stage import Stage
from .throughput import PacedDay
from .waitlist import Offer, Slot, SlotRules, WaitlistEntry

__all__ = [
    "ABSENT", "UNMATCHED", "AboutVisit", "Absence", "Access", "Address", "Appointment", "Ask", "AskCount", "Asked",
    "AuditEntry", "Campaign", "Change", "Charted", "Compared", "ConsentEntry", "Contact", "Delete", "Dropped", "Due", "Errand",
    "ForYou", "Forward", "Here", "Imported", "Incident", "IncidentRef", "KeptDraft", "Lending", "LentKey", "Link", "Looked",
    "Mention", "Message", "Miss", "Missed", "Move", "Offer", "Outage", "Owed", "PacedDay", "PageSession", "Part", "Patient",
    "PatientRef", "PhoneCall", "Presence", "Profile", "Prompt", "Put", "Quiet", "ReachSheet", "Receipt", "RecentText",
    "Recipient", "Record", "Redacted", "Reengagement", "Release", "Revision", "Roster", "Round", "SafePlan", "SelfTest",
    "Session", "Setting", "Slot", "SlotRules", "StaffPhone", "Stage", "Standing", "Step", "Task", "Tasks", "Thread", "Told",
    "Touch", "Tries", "Update", "VisitChange", "WaitlistEntry",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thread:
    """The summary of a thread. `thread_id` is the patient's id, or the contact's for an unmatched number."""

    key: ClassVar[tuple[str, ...]] = ("thread_id",)
    thread_id: str
    program: str
    contact_id: str
    patient_id: str = ""
    waiting_since: datetime | None = None  # the oldest text nobody answered
    last_at: datetime | None = None
    last_inbound_id: str = ""
    unanswered: int = 0
    note: str = ""  # why a person must look: start_after_stop, cancel_word, shared_number, screen_failed, not_read_again
    owner: str = ""  # staff id; empty: the program's duty queue
    reply_by: datetime | None = None  # when the promise of an answer runs out; present only while waiting
    told: int = 0  # how far up somebody was told that it ran out
    closed_at: datetime | None = None  # a new text opens it again
    closed_why: str = ""
    turns: tuple[Step, ...] = ()  # assigned (detail: to whom, or duty), away and back (likewise), closed (why), reopened
    incident_id: str = ""
    tier: int | None = None
    noted_at: datetime | None = None  # the newest staff-only note
    heard_at: datetime | None = None  # their newest text
    crisis_at: datetime | None = None  # the newest text or hand that began an urgent item, or when the last one ended
    planned: tuple[str, ...] = ()  # texts for a later time, by message id; some may have left


@dataclass(frozen=True, slots=True)
class Message:
    """One text in a thread. An outgoing row is its own outbox (DESIGN §3). `sealed_body`: the text alone;
    empty where `wording` says the same of public words."""

    key: ClassVar[tuple[str, ...]] = ("thread_id", "message_id")
    thread_id: str
    message_id: str
    direction: str
    kind: str
    status: str
    at: datetime
    program: str
    contact_id: str
    sealed_body: bytes
    patient_id: str = ""
    our_number: str = ""  # the clinic's own number: not a secret
    carrier: str = ""
    carrier_id: str = ""
    language: str = "en"
    # incoming
    tier: int | None = None
    categories: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    meaning: str = ""
    media: int = 0
    incident_id: str = ""
    missed_by: str = ""  # who says that it should have paged somebody
    written_at: datetime | None = None  # only of a text that came late: when the carrier had it
    # outgoing
    author: str = ""  # staff id, or "auto"
    template: str = ""
    wording: Wording | None = None
    body_hash: str = ""
    content_level: int = 0
    not_before: datetime | None = None
    expires_at: datetime | None = None
    lease_until: datetime | None = None
    attempts: int = 0
    claim: str = ""  # the token of whoever claimed it last
    status_at: datetime | None = None
    status_reason: str = ""
    in_reply_to: str = ""
    prompt: Prompt | None = None
    came_by: str = ""  # the move that brought it into this thread
    owed: Owed | None = None  # what its writer settled with it
    scheduled: bool = False  # a person chose `not_before`
    above_level: str = ""  # why a person lets it say more than the patient's level: a word of `core.permission`
    level_then: int = 0  # the patient's level when they did
    guess: str = ""  # of a text that may answer a question about a visit: what it may mean, for a person to decide
    visits: tuple[AboutVisit, ...] = ()  # what it tells of, as it stood then
    slots: tuple[str, ...] = ()  # the openings that it offers, by id: each must still be held for its patient
    reengagement: tuple[str, ...] = ()  # of a text of one: its id, and the name of the touch
    parts: int | None = None  # of a text that we begin: what it takes of the number
    campaign: str = ""  # the one that it belongs to: it must be running
    # of a text with a link to a page of the patient's (`core.page_links`): its purpose, the link, and what only that page shows
    page: str = ""
    link: str = ""
    sealed_page: bytes = b""
    page_read_at: datetime | None = None
    sealed_spoken: bytes = b""  # of an automated call: its words for the door of calls
    channel: str = ""  # how it goes (`core.channels`): "" as a text; "text" as one after another channel failed

    @property
    def by_text(self) -> bool:
        return self.channel in ("", "text")

    @property
    def row(self) -> str:
        """What travels to the carrier and back: opaque."""
        return f"{self.thread_id}.{self.message_id}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof that a carrier's text was kept: at most one per carrier id, for ever (C1, C5)."""

    key: ClassVar[tuple[str, ...]] = ("carrier", "carrier_id")
    carrier: str
    carrier_id: str
    thread_id: str
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """Something to do at or after `at`. `target` and `about` are opaque ids; no content."""

    key: ClassVar[tuple[str, ...]] = ("shard", "at", "due_id")
    shard: int
    at: datetime
    due_id: str  # "<kind>#<target>": the same matter has the same id
    kind: str  # deliver, answer_check, escalate, repage, reconcile, second_look, read_inbox
    target: str
    about: str = ""
    tries: int = 0  # how often it has failed


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person. Found by the hash of the cookie's token; the token itself is kept nowhere."""

    key: ClassVar[tuple[str, ...]] = ("token_hash",)
    token_hash: str
    staff_id: str
    role: str
    programs: tuple[str, ...]
    csrf: str
    started_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    sealed_pass: bytes = b""  # what gets their own key, under a key that only their cookie holds (docs/decisions/own-keys.md)


Record = (
    Redacted
    | Absence | Compared | Contact | Patient | Roster | Thread | Message | Receipt | Incident | ConsentEntry | Due | AuditEntry
    | Session | Move | Forward | Imported | KeptDraft | Presence | ForYou | Tasks | Told | Tries | Setting | Revision | Access
    | StaffPhone | Errand | PhoneCall
    | RecentText | Outage | Missed | Looked | Appointment | Charted | SelfTest | Slot | SlotRules | WaitlistEntry
    | Reengagement | Quiet | VisitChange | Dropped
    | PacedDay | Campaign | Recipient | Stage | SafePlan | LentKey | Lending
    | Link | PageSession | ReachSheet | Address | Round
    | Release
    | Hold | Erasure | BreachCase | Amendment | Asked | AskCount
)
