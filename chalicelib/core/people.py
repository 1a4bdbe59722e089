"""Who is behind a number, and what we may know of them: sealed names, opaque ids, instants (N5)."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, timedelta
from typing import ClassVar

from .quick import Later, carried, dataclass

MARK_HOLDS = timedelta(days=90)
UNLISTED = ("?",)  # what a row says whose visits nobody listed yet: they are looked up
UNMATCHED = "unmatched"  # the program of numbers that belong to nobody yet, or to several


@dataclass(frozen=True, slots=True)
class PatientRef:
    """One of the people behind a number. `role`: self, shared, guardian (NUM-3)."""

    patient_id: str
    program: str
    role: str = "self"
    language: str = "en"
    content_level: int = 0  # from here on what a crisis answer must know at once; an older version reads and writes the stricter
    safe_phone: str = ""
    veteran: bool = False
    duress: str = ""  # keyed hash of the word that says: not safe (SAFE-4)
    held_at: datetime | None = None  # when it was said, until somebody has found this phone safe
    label: str = ""  # how we name ourselves to who asks: a word of `texts/safe_phone.toml`
    quiet_until: datetime | None = None  # they wrote QUIET
    later: Later = carried()


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
    about: tuple[str, ...] = ()  # appointment ids that it asks about; of an offer the visit, then the openings
    later: Later = carried()


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
    answer_hash: str = ""  # keyed, of the last crisis answer: a tapback to it belongs to the incident (C17)
    texts_at: datetime | None = None  # when they asked for texts instead of a call, and the holder was told …
    texts_for: str = ""  # … by which text
    joined: int = 0  # how many texts and reactions came after the first
    later: Later = carried()


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
    told_until: datetime | None = None  # that nobody reads before this hour was said: once per closed time
    person_at: datetime | None = None  # when a text of a person of the clinic last left
    greeted_at: datetime | None = None  # a number that was nobody's was told who reads its texts: once
    staff: str = ""  # whose verified phone this is, for texts; a patient may answer it too
    kept: tuple[str, ...] = ()  # kinds kept after STOP (TCPA-8); void once stopped again
    kept_at: datetime | None = None
    keep_asked_at: datetime | None = None  # the STOP whose confirmation asked what to keep
    unsure_at: datetime | None = None  # wrote what may be STOP: automatic texts wait for a person
    joined_at: datetime | None = None  # when a poster's word was said yes to (double opt-in); a person records it
    incident_at: datetime | None = None  # when the last crisis on this number began
    who_at: datetime | None = None  # when it was last told how we name ourselves, or asked who writes
    no_more: tuple[str, ...] = ()  # what a text of theirs stopped, until their row says so (`core.said_by_phone`)
    doubt: str = ""  # why it may be somebody else's now (`core.whose_number`): nothing but neutral lines leaves
    doubt_at: datetime | None = None
    confirmed_at: datetime | None = None  # when it was last known to be theirs (RND-3)
    heard_at: datetime | None = None  # a sign of life, written down once a month at most
    carrier_out_at: datetime | None = None  # since when the carrier is known to refuse it for a STOP (`core.carrier_stops`)
    owner_at: datetime | None = None  # when it lost one of its people, or got another: a yes from before may be somebody else's
    asked_at: datetime | None = None  # when the database of reassigned numbers was last asked (RND-2)


def loud(contact: Contact) -> tuple[IncidentRef, ...]:
    """Open items that somebody's words began. One that only a "not safe" word began changes nothing that the phone could see."""
    return tuple(ref for ref in contact.incidents if ref.categories != ("no_contact",))


@dataclass(frozen=True, slots=True)
class Patient:
    """A person in one program. `sealed_profile`: JSON of name, birth_date, number.

    `consent` maps a kind of `core.consent.SCOPES` to the instant it was granted (revoked: absent). `safe_hours` as in
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
    team: tuple[str, ...] = ()  # staff ids: who cares for them
    merged_into: str = ""  # the record that holds everything of this one now
    last_merge: str = ""  # the move that brought another record into this one and can be undone
    moving: str = ""  # the move that is not done yet: one at a time
    safe_phone: str = ""  # whether calls and words about violence are safe on this phone: safe, unsafe, "" for not asked
    safe_phone_at: datetime | None = None  # when they last said so; None for a mark from before this was kept
    veteran: bool = False  # a crisis answer names their own line
    item9_at: datetime | None = None  # the newest positive item 9 of a PHQ-9: what measures write (issue 5, part 4)
    discharged_at: datetime | None = None  # when they last left a hospital, or the clinic
    call_first: str = ""  # the task of a clinician's call, while it is open: nothing automatic that we begin leaves
    called_at: datetime | None = None  # when such a call was last closed
    quiet_due: datetime | None = None  # the due row that looks whether they have gone quiet: one at a time
    declined: tuple[str, ...] = ()  # kinds they said no to though they agreed to texts: "appointments" (`core.consent`)
    unencrypted: str = ""  # that texts can be read by others (TXT-2): yes, no, "" for a row from before this was asked apart
    proxy: tuple[str, ...] = ()  # kinds granted for a guardian's phone (MIN-2) …
    proxy_until: datetime | None = None  # … until here (MIN-3)
    visits: tuple[str, ...] = UNLISTED  # ids of the appointments that their thread shows, so that it need not look for them
    # of the safe-phone plan (`core.safe_phone`), what must be known without opening it
    plan: int = 0  # its newest version; 0: none yet
    plan_due: datetime | None = None  # when it is to be looked at again
    word: str = ""  # keyed hash of the word they chose for staff to ask
    needs_word: bool = False  # known by that word alone: somebody near knows the rest
    duress: str = ""  # keyed hash of the word that says: not safe
    held_at: datetime | None = None  # when that word came: until a person finds the phone safe, nothing we begin leaves
    quiet_until: datetime | None = None  # they wrote QUIET: nothing we begin leaves before
    no_phone: bool = False  # a person found that the number is not theirs: none is known
    label: str = ""  # how we name ourselves to who asks
    reach: int = 0  # the newest version of the sheet (`core.reach`), 0: never asked; and what must be known without opening it
    reach_due: datetime | None = None  # when to ask again
    channels: tuple[str, ...] = ()  # in their order; empty: texts alone
    agreed: dict[str, datetime] = field(default_factory=dict)  # channels besides texts that they agreed to (`core.channels`)
    guarded: tuple[str, ...] = ()  # of those, whose address is a guardian's (MIN-2)
    no_voicemail: bool = False  # no message is left on this phone
    voicemail: bool = False  # their plan says that one may be left
    read_by_others: tuple[str, ...] = ()  # of those, whose address somebody else reads too: a page asks for their word
    legal_hold_at: datetime | None = None  # nothing of it may be deleted (`core.holds`)
    erasing: str = ""  # the decision to delete it that is not ended yet: one at a time (`core.erasures`)
    also: str = ""  # a second channel at once for their visits: their own wish
    bounced: dict[str, datetime] = field(default_factory=dict)  # channels whose address does not exist, since when


def mark_is_old(patient: Patient, now: datetime) -> bool:
    """Whether a safe-phone mark should be asked about again (SAFE-1): homes and phones change."""
    said = patient.safe_phone_at
    return bool(patient.safe_phone) and (said is None or now - said > MARK_HOLDS)


def ref_of(patient: Patient, role: str = "self", known: tuple[PatientRef, ...] = ()) -> PatientRef:
    """What a number knows of one of its people. `known`: whom it knew before, of whom a newer version may have written more."""
    more = next((ref.later for ref in known if ref.patient_id == patient.patient_id), ())
    return PatientRef(
        patient.patient_id, patient.program, role, patient.language, patient.content_level, patient.safe_phone, patient.veteran,
        patient.duress, patient.held_at, patient.label, patient.quiet_until, later=more,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imported:
    """That a row of the clinic's own list was taken in: found by the keyed hash of the clinic's record id."""

    key: ClassVar[tuple[str, ...]] = ("record_hash",)
    record_hash: str
    patient_id: str
    row_hash: str  # keyed hash of what the row said


@dataclass(frozen=True, slots=True)
class Roster:
    """Names of one program's patients, sealed together: one Decrypt for a whole list. `sealed_arrivals`: who came from another
    program since, each put there by somebody who could not open the list; whoever writes it next takes them in."""

    key: ClassVar[tuple[str, ...]] = ("program",)
    program: str
    version: int
    sealed_names: bytes
    sealed_arrivals: tuple[bytes, ...] = ()
