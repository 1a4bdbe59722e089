"""A telephone call that the service places: to a colleague about an item, as a test, for a code, or to put her through to a
patient. What is said on it may be heard by anybody who answers a phone, and by a voicemail box: no word of anyone (N5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

RINGS = 30  # seconds; Twilio's own default is 60, and most voicemail boxes take over before either
KEPT = timedelta(days=8)  # a call's row, so that a carrier's late word finds it
PIN_TRIES = 3  # in one call
BRIDGE_LASTS = timedelta(minutes=10)  # from the press in the console until the patient's phone may still be rung
LONGEST = 7200  # seconds of a call through the clinic


class Why(StrEnum):
    PAGE = "page"
    TEST = "test"
    CODE = "code"
    BRIDGE = "bridge"
    TOLD = "told"  # a patient is told of a visit, by a recorded voice
    OPENS = "opens"  # a patient hears a code for a page of theirs; nothing is asked


TO_PATIENTS = (Why.TOLD, Why.OPENS)


class Ended(StrEnum):
    """How a call ended, in our words. `ANSWERED` says that something answered: a person, or a machine."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """One call, from before it rings until a few days after. `sealed_number`: whom a call through the clinic is for, sealed
    under "bridge" for this call alone, and gone once it was dialled or can be no more."""

    key: ClassVar[tuple[str, ...]] = ("call_id",)
    call_id: str
    why: str
    staff: str  # whose phone rings
    at: datetime
    expires_at: datetime  # when the row is forgotten
    contact_id: str = ""  # the phone that rings
    incident_id: str = ""
    version: int = 1
    wrong: int = 0  # PINs that were not hers
    done: str = ""  # taken, passed, pass_late, tested, told, dialled: what a key did
    ended: str = ""  # of `Ended`, once it is over
    machine: bool = False  # the carrier heard a machine answer
    number: int = 1  # the second call of a page follows one that nobody answered
    for_contact: str = ""  # a call through the clinic: the patient's phone …
    for_program: str = ""
    sealed_number: bytes = b""
    other_ended: str = ""  # … and how its ringing ended
    carrier_id: str = ""  # the carrier's own id, once it was placed
    # of a call that tells a patient of a visit
    patient_id: str = ""
    row: str = ""  # the message that it is
    spoken: bytes = b""  # its words, sealed for the door of calls under "spoken"
    spoken_row: str = ""
    language: str = ""
    label: str = ""  # how we name ourselves on this phone
    voicemail: bool = False  # a neutral line may be left


@dataclass(frozen=True, slots=True)
class OutboundCall:
    """What a carrier is asked to place. `row` travels in the addresses it asks (opaque); `rings`: seconds."""

    sender: str
    recipient: str
    row: str
    rings: int = RINGS
    listens: str = ""  # for a machine: "" while the call goes on; "first", before anything is said; "beep", until one may speak


@dataclass(frozen=True, slots=True)
class CallEvent:
    """A carrier's word on a call of ours. `moment`: where in its script it is (we named it). `keys`: what was pressed."""

    carrier: str
    carrier_id: str
    row: str
    at: datetime
    moment: str = ""
    keys: str = ""
    ended: str = ""  # of `Ended`
    other_ended: str = ""  # of the phone that this call was put through to
    seconds: int = 0  # how long they spoke
    machine: bool = False
    unsure: bool = False  # the carrier listened, and cannot say whether a person or a machine answered


@dataclass(frozen=True, slots=True)
class Ask:
    """Keys to press. `moment` comes back with them."""

    says: str
    moment: str
    digits: int = 1
    seconds: int = 8
    times: int = 2  # how often it is said


@dataclass(frozen=True, slots=True)
class Dial:
    """Put the caller through to `number`, who sees `caller_id` ("": the caller's own). `moment` comes back when that is over."""

    number: str
    caller_id: str
    moment: str
    rings: int = RINGS


@dataclass(frozen=True, slots=True)
class Script:
    """What a call does next: say something; ask for keys, or put through; say what follows no key; hang up."""

    says: str = ""
    says_es: str = ""  # the same in Spanish, in a voice that speaks it
    ask: Ask | None = None
    dial: Dial | None = None
    after: str = ""
    language: str = ""  # of all it says; "" for English
