"""A round: one thing that one patient is to be told, from one channel to the next until it reached them or a person has it.

Never two channels for the same thing, unless they asked for both: a channel's turn comes only when the one before surely failed,
or could not be used at all; where nobody can tell whether it arrived, a person decides. How long each has is data
(`texts/rounds.toml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from .appointments import AboutVisit
from .channels import CALLS, CHANNELS, Channel
from .messages import FAILED, Status
from .people import Prompt
from .quick import Later, carried

# What it tells: the ids of `texts/rounds.toml`.
REMINDER, MOVED, OFF, ACCESS, OFFER, TIMES = "reminder", "visit_moved", "visit_off", "access", "offer", "times"
BACK, CAMPAIGN, STAGE, PAGE = "reengage", "campaign", "campaign_stage", "page"
MISSED = "missed"
ANSWERED_BY_VISIT = (REMINDER, MOVED)  # whoever said something of the visit knows of it
GOING, TOLD, PERSON, OVER = "going", "told", "person", "over"
NOT_SURE = "not_sure"  # why a person has it: whether it arrived nobody can tell
UNDECIDED = frozenset({Status.QUEUED, Status.CLAIMED})
# Why a text stays here that says something of this channel alone: another may do. All else holds for every channel.
OF_THE_CHANNEL = frozenset({
    "no_phone", "no_number", "number_in_doubt", "number_silent", "number_changed", "opted_out", "no_consent", "guardian",
    "unsafe_calls", "no_consent_kind",
})  # fmt: skip
# Why a row was refused as it left, though what it tells still stands: the next channel may do. Any other refusal ends the round.
NEXT_MAY = OF_THE_CHANNEL | {
    "no_consent_channel", "address_bounced", "content_level", "cannot_open", "no_agreement", "lapsed", "not_covered", "no_qso",
    "not_safe",
}  # fmt: skip
THEIR_NO = frozenset({"opted_out", "declined"})  # what they themselves said: no person is sent after them for a reminder


@dataclass(frozen=True, slots=True)
class Tried:
    """One channel's turn. `why`: why it did not reach them; "" while that is open, and where it did. `message_id`: its row."""

    channel: str
    at: datetime
    message_id: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What it says, as its text was written; a reminder has none, and is put into words anew at each turn.

    `message_id`: of that text; the first turn is this row, whichever channel it goes by. `sealed`: its words, under its row in
    `program`; of a page (`page`: its purpose, `subject`: what it is about) what only the page shows. `scope`: its permission.
    """

    kind: str
    message_id: str
    program: str
    sealed: bytes
    language: str = "en"
    template: str = ""
    level: int = 0
    scope: str = ""
    prompt: Prompt | None = None
    slots: tuple[str, ...] = ()
    reengagement: tuple[str, ...] = ()
    campaign: str = ""
    author: str = "auto"
    page: str = ""
    subject: str = ""
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Round:
    """`about`: the visits that it tells of, as they stood. `left`: channels whose turn has not come. `until`: when it helps
    nobody any more. `state`: going, told (by the channel tried last), person, over."""

    key: ClassVar[tuple[str, ...]] = ("patient_id", "round_id")
    patient_id: str
    round_id: str
    program: str
    purpose: str
    at: datetime
    until: datetime
    about: tuple[AboutVisit, ...] = ()
    touch: str = ""  # of the visits' sequence
    left: tuple[str, ...] = ()
    tried: tuple[Tried, ...] = ()
    state: str = GOING
    why: str = ""  # why a person has it, or why it is over
    said: Said | None = None
    also: str = ""  # a second channel at once, because they asked for both …
    beside: Tried | None = None  # … and what became of its turn
    version: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one purpose. `waits`: how long a channel has before it is looked at again; `room`: how much time must be left for it to
    help at all; `never`: why a channel carries none of this; `both`: whether two at once may be asked for."""

    waits: Mapping[str, timedelta]
    room: Mapping[str, timedelta]
    never: Mapping[str, str]
    both: bool = False


def read_limits(rows: Iterable[Mapping[str, Any]]) -> dict[str, Limits]:
    """Minutes as they stand in the file. Raises KeyError, ValueError."""
    found = {row["id"]: _limits(row) for row in rows}
    if any(not _whole(each) for each in found.values()):
        raise ValueError("rounds.toml: each channel stands once, in room or in never, and one that goes by itself has its wait")
    return found


def _limits(row: Mapping[str, Any]) -> Limits:
    return Limits(_minutes(row["waits"]), _minutes(row["room"]), row.get("never", {}), row.get("both", False))


def _whole(limits: Limits) -> bool:
    by_itself = {each for each in limits.room if not CHANNELS[each].by_hand} if set(limits.room) <= set(CHANNELS) else {""}
    return sorted((*limits.room, *limits.never)) == sorted(CHANNELS) and set(limits.waits) == by_itself


def _minutes(row: Mapping[str, int]) -> dict[str, timedelta]:
    return {channel: timedelta(minutes=minutes) for channel, minutes in row.items()}


def in_time(limits: Limits, channel: str, now: datetime, until: datetime) -> bool:
    """Whether this channel still helps: a letter is no way to say something of tomorrow."""
    return channel in limits.room and until - now >= limits.room[channel]


def asked_besides(limits: Limits, wish: str, theirs: tuple[str, ...]) -> str:
    """The second channel at once that they asked for: one of theirs that goes by itself, and not the first; "" for none."""
    mine = limits.both and wish in theirs[1:] and not CHANNELS[wish].by_hand
    return wish if mine else ""


def ways(limits: Limits, channels: Iterable[str]) -> tuple[str, ...]:
    """Those of somebody's channels that may carry this, in their order."""
    return tuple(each for each in channels if each in limits.room)


def came_of(last: Tried, status: str, opened: bool, now: datetime, limits: Limits) -> str:
    """What became of a channel's turn: told, failed, open, or not_sure.

    `status`: of its row ("" where there is none). `opened`: somebody showed on the page who they are. A text that the carrier
    took and of which nothing bad was heard in its time counts as told: the other way round they would be told twice.
    """
    over = now - last.at >= limits.waits[last.channel]
    if opened:
        return TOLD
    if status in FAILED or status in ("", Status.NOT_SENT, Status.WITHDRAWN):
        return "failed"
    if status in UNDECIDED or not over:
        return "open"
    if status == Status.UNKNOWN or last.channel == Channel.EMAIL:  # sent, and nobody looked: whether they read it is not known
        return NOT_SURE
    if last.channel in CALLS:  # a call that reached somebody is delivered; any other end is a failure that would be known by now
        return TOLD if status == Status.DELIVERED else NOT_SURE
    return TOLD
