"""The rows we keep, one frozen dataclass each; `key` names the fields that find it.

A field that can hold content is bytes and called `sealed_…`. Everything else must be safe to read in a
table export: opaque ids, instants, counts, statuses (N5).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

UNMATCHED = "unmatched"  # the program of numbers that belong to nobody yet, or to several


@dataclass(frozen=True, slots=True)
class PatientRef:
    """One of the people behind a number. `role`: self, shared, guardian (NUM-3)."""

    patient_id: str
    program: str
    role: str = "self"
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the last question was: "1" means nothing without it (T16). At most one per number."""

    prompt_id: str
    patient_id: str
    kind: str
    accepted: tuple[str, ...]
    expires_at: datetime
    opened_at: datetime
    replaced: bool = False  # another question was open when this one was asked


@dataclass(frozen=True, slots=True)
class IncidentRef:
    """What the door must know of an open incident without reading it: whom to page, how often it did."""

    incident_id: str
    thread_id: str
    code: str
    tier: int
    categories: tuple[str, ...]
    holder: str  # staff id, or "everyone"
    paged_at: tuple[datetime, ...]  # newest last, the last ten
    paged_for: tuple[str, ...]  # carrier ids of the texts that paged, the last ten
    answered_at: datetime | None = None
    answer_row: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone number, found by the keyed hash of its E.164 form; the number itself is sealed.

    `version` guards every change (0: not stored yet). `recent_hashes` are keyed hashes of our last texts to it, so
    that a tapback can be told from words (C17).
    """

    key: ClassVar[tuple[str, ...]] = ("contact_id",)
    contact_id: str
    version: int = 0
    sealed_number: bytes = b""
    patients: tuple[PatientRef, ...] = ()
    stopped_at: datetime | None = None
    started_at: datetime | None = None
    recent_hashes: tuple[str, ...] = ()
    prompt: Prompt | None = None
    incidents: tuple[IncidentRef, ...] = ()
    auto_sent: tuple[datetime, ...] = ()  # when automatic texts left, newest last: the frequency cap
    carrier: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """A person in one program. `sealed_profile`: JSON of name, birth_date, number.

    `consent` maps a kind of message to the instant it was granted (revoked: absent). `safe_hours` as in
    `core.safe_hours`: weekday "mon".."sun" to "HH:MM-HH:MM", patient's own zone.
    """

    key: ClassVar[tuple[str, ...]] = ("patient_id",)
    patient_id: str
    program: str
    contact_id: str
    sealed_profile: bytes
    version: int = 1
    status: str = "active"  # active, hold, hospital, discharged, deceased
    language: str = "en"
    content_level: int = 0
    zone: str = ""
    safe_hours: dict[str, str] = field(default_factory=dict)
    consent: dict[str, datetime] = field(default_factory=dict)
    created_at: datetime | None = None
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """Names of one program's patients, sealed together: one Decrypt for a whole list."""

    key: ClassVar[tuple[str, ...]] = ("program",)
    program: str
    version: int
    sealed_names: bytes


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
    note: str = ""  # why a person must look: start_after_stop, cancel_word, shared_number, screen_failed
    incident_id: str = ""
    tier: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One text in a thread. An outgoing row is its own outbox (DESIGN §3). `sealed_body`: the text alone."""

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
    # outgoing
    author: str = ""  # staff id, or "auto"
    template: str = ""
    body_hash: str = ""
    content_level: int = 0
    not_before: datetime | None = None
    expires_at: datetime | None = None
    lease_until: datetime | None = None
    attempts: int = 0
    status_at: datetime | None = None
    status_reason: str = ""
    in_reply_to: str = ""
    prompt: Prompt | None = None

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
class Step:
    """One line of an incident's history. `what` is a word of `core.incidents`."""

    at: datetime
    who: str
    what: str
    detail: str = ""


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
    steps: tuple[Step, ...] = ()
    reply_undelivered: bool = False
    disposition: str = ""


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """One line of the append-only consent ledger (TCPA-14)."""

    key: ClassVar[tuple[str, ...]] = ("subject_id", "entry_id")
    subject_id: str  # contact or patient
    entry_id: str
    kind: str  # all, reply, appointments, …
    change: str  # granted, revoked
    medium: str  # sms, verbal, paper, web
    at: datetime
    by: str
    rule_version: str
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """Something to do at or after `at`. `target` and `about` are opaque ids; no content."""

    key: ClassVar[tuple[str, ...]] = ("shard", "at", "due_id")
    shard: int
    at: datetime
    due_id: str  # "<kind>#<target>": the same matter has the same id
    kind: str  # deliver, answer_check, escalate, reconcile
    target: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to whom, and why (N6)."""

    key: ClassVar[tuple[str, ...]] = ("subject_id", "entry_id")
    subject_id: str
    entry_id: str
    at: datetime
    who: str
    action: str
    purpose: str
    result: str = "done"


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


Record = (
    Contact | Patient | Roster | Thread | Message | Receipt | Incident | ConsentEntry | Due | AuditEntry | Session
)

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT"})()


@dataclass(frozen=True, slots=True)
class Put:
    """A new row. Rejected when a row with its key exists."""

    record: Record


@dataclass(frozen=True, slots=True)
class Update:
    """Change named fields of one row, never the whole of it: an older version must not erase what a newer wrote.

    `expect`: field to value, or to a tuple of allowed values when `any_of` names the field, or ABSENT. `set_once`
    sets only fields that are absent. `add` counts. `append` adds to the end of a tuple field. `create`: make the row when it is not there (key fields and the
    changes only); otherwise a missing row is rejected. A value of None in `set` removes the field.
    """

    record: type[Record]
    key: tuple[Any, ...]
    set: dict[str, Any] = field(default_factory=dict)
    set_once: dict[str, Any] = field(default_factory=dict)
    add: dict[str, int] = field(default_factory=dict)
    append: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    expect: dict[str, Any] = field(default_factory=dict)
    any_of: tuple[str, ...] = ()
    create: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove one row. Deleting what is not there is no error."""

    record: type[Record]
    key: tuple[Any, ...]


Change = Put | Update | Delete


@dataclass(frozen=True, slots=True)
class Profile:
    """What `Patient.sealed_profile` holds once opened."""

    name: str
    number: str
    birth_date: date | None = None
