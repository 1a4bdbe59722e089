"""Openings, who wants sooner, and the offers that join them. Ids, instants and words of ours are in clear; where it is and the
link are sealed (N5). Nothing here knows a trait of a person: no age, sex, race, language, diagnosis or payer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

LIVE = frozenset({"open", "offered"})
STATES: dict[str, str] = {
    "open": "Open",
    "offered": "On offer",
    "taken": "Taken",
    "withdrawn": "Withdrawn",
    "gone": "Too late to fill",
}
LEAST_NOTICE = timedelta(hours=3)  # nobody is asked to come sooner than this, whatever they said
HOLD = timedelta(hours=1)  # how long an offered time is theirs to take
SHORTEST_HOLD = timedelta(minutes=20)
STAYS_OPEN = timedelta(hours=12)  # the question, so that who answers late is answered
GROUP = 3  # who are asked at once
MOST_OFFERS = 12  # of one opening
LONGEST_LIST = 200  # entries of one program
ENDED = frozenset({"accepted", "declined", "lapsed", "over"})


@dataclass(frozen=True, slots=True)
class Offer:
    """One person asked for one opening. `state`: offered, accepted, declined, lapsed, over (the time is not to be had any more).

    `by`: text, phone, or both. `why`: as `core.waitlist_rank.reasons` says it, such as "waited:21". `visit_id`: the visit that
    moves, or the id of the one that would be booked.
    """

    patient_id: str
    visit_id: str
    at: datetime
    until: datetime
    state: str = "offered"
    by: str = "text"
    why: tuple[str, ...] = ()
    zone: str = ""  # on whose clock it was told
    message_id: str = ""
    task_id: str = ""
    move: bool = False  # one of the times for who needs another, not from the waitlist


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that somebody may have. `slot_id` begins with its instant, so that openings sort by time.

    `sealed_details`: as an appointment's, under (freed_by's patient or the slot, program, "appointment").
    `taken_by`: "<patient>.<appointment>" once it is; from then on it is nobody else's, whatever happens.
    """

    key: ClassVar[tuple[str, ...]] = ("program", "slot_id")
    program: str
    slot_id: str
    clinician: str
    kind: str  # a word of `core.appointments.KINDS`
    start_at: datetime
    zone: str  # IANA, of the place
    minutes: int
    state: str = "open"
    remote: bool = False
    sealed_details: bytes = b""
    freed_by: str = ""  # "<patient>.<appointment>"; empty: entered
    offers: tuple[Offer, ...] = ()
    taken_by: str = ""
    added_by: str = ""
    created_at: datetime | None = None
    version: int = 1

    @property
    def ref(self) -> str:
        """What due rows call it: opaque."""
        return f"{self.program}.{self.slot_id}"

    @property
    def ends_at(self) -> datetime:
        return self.start_at + timedelta(minutes=self.minutes)

    @property
    def live(self) -> bool:
        return self.state in LIVE


@dataclass(frozen=True, slots=True)
class WaitlistEntry:
    """Somebody who wants sooner, and what suits them. Empty: anything does. `hours`: "HH:MM-HH:MM" on the place's wall."""

    key: ClassVar[tuple[str, ...]] = ("program", "patient_id")
    program: str
    patient_id: str
    since: datetime
    kind: str = "individual"
    visit_id: str = ""  # the visit to move; empty: they have none, and one is booked
    minutes: int = 0  # what the visit takes at least
    days: tuple[str, ...] = ()  # "mon" … "sun"
    hours: str = ""
    clinician: str = ""  # staff id
    where: str = ""  # place, video
    notice_hours: int = 24
    by_phone: bool = False  # they are called, not texted
    priority_by: str = ""  # the clinician who set it
    priority_until: datetime | None = None
    offered: tuple[datetime, ...] = ()  # when they were asked, newest last, the last ten
    held_until: datetime | None = None  # one offer at a time
    version: int = 1

    def has_priority(self, now: datetime) -> bool:
        return self.priority_until is not None and now < self.priority_until


@dataclass(frozen=True, slots=True)
class SlotRules:
    """What a clinician wants of offers of their times. `offers`: all, own (only who is theirs), none (a person fills them)."""

    key: ClassVar[tuple[str, ...]] = ("program", "clinician")
    program: str
    clinician: str
    offers: str = "all"
    notice_hours: int = 0
    version: int = 1


OFFERS: dict[str, str] = {
    "all": "To everybody it suits",
    "own": "Only to their own patients",
    "none": "To nobody: a person fills them",
}


def slot_id(start_at: datetime, about: str) -> str:
    """Of the time that `about` (an opaque id) freed or named: the same time of the same visit is one opening."""
    return f"{start_at.astimezone(UTC):%Y%m%dT%H%MZ}-{about}"


def split_ref(ref: str) -> tuple[str, str]:
    """A due row's target as program and slot id."""
    program, _, slot = ref.rpartition(".")
    return program, slot


def held(slot: Slot, patient_id: str, now: datetime) -> Offer | None:
    """The offer by which this time is theirs to take now."""
    if not slot.live:
        return None
    return next((each for each in slot.offers if each.patient_id == patient_id and _holds(each, now)), None)


def _holds(offer: Offer, now: datetime) -> bool:
    return offer.state == "offered" and now < offer.until


def may_take(slot: Slot, patient_id: str, now: datetime) -> bool:
    """Theirs by an offer; or by one that ran out, while the time is open and nobody else holds it: a late yes is a yes."""
    asked = any(each.patient_id == patient_id and each.state in ("offered", "lapsed") for each in slot.offers)
    others = any(each.patient_id != patient_id and _holds(each, now) for each in slot.offers)
    if held(slot, patient_id, now) is not None:
        return slot.start_at > now
    return slot.live and asked and not others and now + LEAST_NOTICE <= slot.start_at


def holders(slot: Slot, now: datetime) -> tuple[Offer, ...]:
    return tuple(each for each in slot.offers if _holds(each, now)) if slot.live else ()


def taken(slot: Slot, patient_id: str, visit_id: str) -> Slot:
    """Nobody else's any more. The other offers are over, without a word to anybody (N7)."""
    def ended(offer: Offer) -> Offer:
        if offer.patient_id == patient_id and offer.state in ("offered", "lapsed"):
            return replace(offer, state="accepted")
        return replace(offer, state="over") if offer.state == "offered" else offer

    return replace(slot, state="taken", taken_by=f"{patient_id}.{visit_id}", offers=tuple(map(ended, slot.offers)))


def declined(slot: Slot, patient_id: str) -> Slot:
    mine = [each.patient_id == patient_id and each.state == "offered" for each in slot.offers]
    offers = tuple(replace(each, state="declined") if own else each for each, own in zip(slot.offers, mine, strict=True))
    return _settled(replace(slot, offers=offers))


def lapsed(slot: Slot, now: datetime) -> Slot:
    """With every hold that ran out ended."""
    offers = tuple(replace(e, state="lapsed") if e.state == "offered" and e.until <= now else e for e in slot.offers)
    return _settled(replace(slot, offers=offers))


def closed(slot: Slot, state: str) -> Slot:
    """Withdrawn or gone: whoever still holds it holds nothing."""
    offers = tuple(replace(each, state="over") if each.state == "offered" else each for each in slot.offers)
    return replace(slot, state=state, offers=offers)


def _settled(slot: Slot) -> Slot:
    if not slot.live:
        return slot
    return replace(slot, state="offered" if any(each.state == "offered" for each in slot.offers) else "open")
