"""A message, its kinds, and the one-way road of its delivery status.

Statuses are RULES §1.8's canonical table plus our own first steps. Carriers repeat, reorder and forget
callbacks (TW-1, TW-2, C51), so a status only ever moves forward.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from .exercise import mark_of
from .quick import dataclass

if TYPE_CHECKING:
    from .people import Prompt


class Direction(StrEnum):
    IN = "in"
    OUT = "out"
    NOTE = "note"  # between staff: it never leaves


class Kind(StrEnum):
    """What a message is for; the rows of the N3 table in `core.permission`."""

    TEXT = "text"  # from a patient
    REACTION = "reaction"  # a tapback to one of our texts
    REPLY = "reply"  # a person of the clinic answers
    STAFF = "staff"  # a person of the clinic writes first
    WELCOME = "welcome"  # the first text to a new patient (CTIA-3, CR-6)
    CRISIS_ANSWER = "crisis_answer"
    STOP_CONFIRMATION = "stop_confirmation"
    START_CONFIRMATION = "start_confirmation"
    KEEP_CONFIRMATION = "keep_confirmation"  # what they kept after STOP
    HELP = "help"
    NOTICE = "notice"  # one kind automatic line: "we cannot see pictures"
    REMINDER = "reminder"  # a touch before a visit
    VISIT_NEWS = "visit_news"  # a person of the clinic moved a visit or called it off
    ACCESS = "access"  # how to get into a visit by video, just before it
    OFFER = "offer"  # a time that is open, to who asked for one
    CAMPAIGN = "campaign"  # to bring people back, or to tell a program something
    MOVES = "moves"  # open times, in answer to who needs another
    TIMES = "times"  # open times, to who told a person that they need another
    MISSED = "missed"  # the line of the day a visit was missed
    REENGAGE = "reengage"  # later, or to who has gone quiet: an open door
    VISIT_ANSWER = "visit_answer"  # an automatic line in answer to what they wrote about a visit
    PHONE_ANSWER = "phone_answer"  # in answer to what they asked of this phone: PRIVATE, QUIET, who writes
    ASK_BACK = "ask_back"  # whether they asked for texts on our web page: once, and only a yes from the phone itself counts
    CODE = "code"  # for a page of theirs that somebody has open, by a second channel
    CLOSED_NOTICE = "closed_notice"  # nobody reads now: once per closed time
    NOTE = "note"  # one colleague to another; no row of the N3 table lets it leave


class Status(StrEnum):
    RECEIVED = "received"
    QUEUED = "queued"
    CLAIMED = "claimed"  # one worker holds it, until `lease_until`
    UNKNOWN = "unknown"  # the request left, no answer came; reconciliation decides
    QUEUED_AT_CARRIER = "queued_at_carrier"
    HANDED_TO_CARRIER = "handed_to_carrier"
    DELIVERED = "delivered"
    FAILED_NUMBER = "failed_number"
    FAILED_BLOCKED = "failed_blocked"
    FAILED_OTHER = "failed_other"
    EXPIRED = "expired"
    REFUSED = "refused"  # we did not send it: N3
    WITHDRAWN = "withdrawn"  # its writer took it back before it left
    NOT_SENT = "not_sent"  # the carrier has no record of it
    MOVED = "moved"  # it stands in another thread now; this row is about to go


STEP: dict[Status, int] = {
    Status.RECEIVED: 9,
    Status.QUEUED: 0,
    Status.CLAIMED: 1,
    Status.UNKNOWN: 2,
    Status.NOT_SENT: 3,  # any word of the carrier, however late, proves it wrong
    Status.QUEUED_AT_CARRIER: 4,
    Status.HANDED_TO_CARRIER: 5,
    Status.DELIVERED: 9,
    Status.FAILED_NUMBER: 9,
    Status.FAILED_BLOCKED: 9,
    Status.FAILED_OTHER: 9,
    Status.EXPIRED: 9,
    Status.REFUSED: 9,
    Status.WITHDRAWN: 9,
    Status.MOVED: 9,
}
FINAL = frozenset(status for status, step in STEP.items() if step == 9)
FAILED = frozenset({Status.FAILED_NUMBER, Status.FAILED_BLOCKED, Status.FAILED_OTHER, Status.EXPIRED, Status.REFUSED})


def moves_forward(now: Status, to: Status) -> bool:
    """Whether a message may go from `now` to `to`. Equal steps do not move: the first final word stands (C51)."""
    return STEP[to] > STEP[now]


def behind(to: Status) -> tuple[Status, ...]:
    """Every status from which `to` is a step forward: the condition of a conditional update."""
    return tuple(status for status in STEP if moves_forward(status, to))


class Reason(StrEnum):
    """Why a text did not go, in our words."""

    OPTED_OUT = "opted_out"
    THROTTLED = "throttled"
    BAD_NUMBER = "bad_number"
    BLOCKED = "blocked"
    SPEND_LIMIT = "spend_limit"
    UNAUTHORISED = "unauthorised"
    CARRIER_DOWN = "carrier_down"
    BAD_REQUEST = "bad_request"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FromPage:
    """What came by a patient's page, from somebody who showed there who they are; their number is not known to that door.

    `link`: the hash of its token, by which the rest is found where it could not be read yet. `choice`: the button that was
    pressed, as the digit that answers `question`; the text then says it in words.
    """

    link: str
    contact_id: str = ""
    patient_id: str = ""
    question: Prompt | None = None
    choice: str = ""


@dataclass(frozen=True, slots=True)
class InboundSms:
    """One text as a carrier handed it to us, in our words. Numbers E.164; `body` may be empty.

    `sent_at` only where the carrier says it. `opt_out_type` is Twilio's own STOP/START/HELP mark (TW-4):
    the carrier has answered already and we stay silent. `media` counts attachments; their addresses are
    never kept.
    """

    carrier: str
    carrier_id: str
    sender: str
    our_number: str
    body: str
    received_at: datetime
    sent_at: datetime | None = None
    media: int = 0
    opt_out_type: str = ""
    page: FromPage | None = None
    wordless: bool = False  # its words are gone from the carrier's log, from which it came: nobody can tell what it said
    of_many: bool = False  # wordless, and others of its kind page just now

    @property
    def answers_by(self) -> str:
        """The carrier of a line in answer to it: "" for the number's own, where it came by no carrier."""
        return "" if self.page else self.carrier

    @property
    def exercise(self) -> str:
        """drill, dead-man, or "" for a real one."""
        return mark_of(self.carrier_id, self.sender)


@dataclass(frozen=True, slots=True)
class DeliveryEvent:
    """A carrier's word on one of our texts. `row` is what we gave it: "<thread_id>.<message_id>"."""

    carrier: str
    carrier_id: str
    status: Status
    at: datetime
    row: str = ""
    error_code: str = ""
    number: str = ""  # what it says of the number itself: gone, landline (`core.whose_number`), opted_out, or ""
    ours: bool = False  # our own number, registration or account is at fault: whoever it goes to, the next one fails too


@dataclass(frozen=True, slots=True)
class CarrierRecord:
    """One line of the carrier's own message log."""

    carrier: str
    carrier_id: str
    direction: Direction
    sender: str
    recipient: str
    body: str
    at: datetime
    status: Status
    media: int = 0
    error_code: str = ""
    number: str = ""  # as of a `DeliveryEvent`
    ours: bool = False  # likewise

    def said_of(self, row: str, now: datetime) -> DeliveryEvent:
        """As if the carrier had told it of this row of ours."""
        return DeliveryEvent(self.carrier, self.carrier_id, self.status, now, row, self.error_code, self.number, self.ours)


@dataclass(frozen=True, slots=True)
class OutboundSms:
    """What a carrier is asked to send. `row` travels in the callback address or context (opaque)."""

    sender: str
    recipient: str
    body: str
    row: str
    expires_at: datetime | None = None
