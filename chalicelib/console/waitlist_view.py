"""The waitlist in the words of a clinic: open times with their offers and why, and who waits for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..core.appointments import KINDS
from ..core.records import Offer, Slot, WaitlistEntry
from ..core.waitlist import STATES, holders
from ..core.waitlist_rank import ASKED_FOR
from ..core.waitlist_rules import WHERE
from ..flows.read_waitlist import Board
from . import words
from .times import Place

TONES = {"open": "wait", "offered": "good", "taken": "quiet", "withdrawn": "quiet", "gone": "quiet"}
OFFER_SAYS: dict[str, tuple[str, str]] = {
    "offered": ("holds it", "good"),
    "accepted": ("took it", "good"),
    "declined": ("no thanks", "quiet"),
    "lapsed": ("no answer in time", "wait"),
    "over": ("over", "quiet"),
}
WAYS = {"text": "by text", "phone": "by phone: call them", "both": "by text, and call them"}
SHORT = {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One offer. `holds`: it can be settled now."""

    patient_id: str
    name: str
    says: str
    tone: str
    how: str
    why: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Time:
    slot_id: str
    when: str
    at: datetime
    says: str
    tone: str
    about: str
    asked: tuple[Asked, ...]
    next_up: tuple[tuple[str, str], ...]  # name and why
    live: bool


@dataclass(frozen=True, slots=True)
class Waits:
    patient_id: str
    name: str
    since: str
    wants: str
    instead_of: str
    priority: str
    asked: str


def view_times(board: Board, place: Place) -> tuple[list[Time], list[Time]]:
    """What is live, and what is over."""
    shown = [_time(slot, board, place) for slot in board.slots]
    return [each for each in shown if each.live], [each for each in shown if not each.live]


def _time(slot: Slot, board: Board, place: Place) -> Time:
    names, holds = board.names, holders(slot, place.now)
    asked = tuple(_asked(each, each in holds, names, place) for each in slot.offers)
    ranked = board.next_up.get(slot.slot_id, ())
    up = tuple((name_of(names, each.candidate.entry.patient_id), why(each.reasons)) for each in ranked)
    about = [words.person(slot.clinician), f"{slot.minutes} min", KINDS.get(slot.kind, slot.kind).lower()]
    about += ["video"] if slot.remote else []
    live = slot.live and slot.start_at > place.now
    return Time(
        slot.slot_id, slot_when(slot, place), slot.start_at, STATES.get(slot.state, slot.state), TONES.get(slot.state, "quiet"),
        " · ".join(about), asked, up, live,
    )  # fmt: skip


def _asked(offer: Offer, holds: bool, names: object, place: Place) -> Asked:
    says, tone = OFFER_SAYS.get(offer.state, (offer.state, "quiet"))
    if offer.state == "offered":
        says = f"holds it until {place.clock(offer.until)}" if holds else "no answer in time"
    how = "asked for another time, by text" if offer.move else WAYS.get(offer.by, offer.by)
    return Asked(offer.patient_id, name_of(names, offer.patient_id), says, tone, how, why(offer.why), holds)


def name_of(names: object, patient_id: str) -> str:
    return (names.get(patient_id) if isinstance(names, dict) else "") or "Somebody of another program now"


def why(reasons: tuple[str, ...]) -> str:
    """"waited 21 days +21, 14 days sooner +14": what counted, with its points."""
    return ", ".join(filter(None, (_reason(each) for each in reasons)))


def _reason(reason: str) -> str:
    word, _, points = reason.partition(":")
    days = f"{points} day{'' if points == '1' else 's'}"
    return {
        "priority": "a clinician's priority: first, and alone",
        "waited": f"waited {days} +{points}",
        "sooner": f"{days} sooner +{points}",
        "asked_for": f"the clinician they asked for +{ASKED_FOR}",
        "theirs": f"their own clinician +{points}",
    }.get(word, "")


def view_waits(board: Board, place: Place) -> list[Waits]:
    return [_waits(each, board, place) for each in board.entries]


def _waits(entry: WaitlistEntry, board: Board, place: Place) -> Waits:
    visit = board.visits.get(entry.patient_id)
    instead = place.stamp(visit.start_at) if visit else "their visit is over" if entry.visit_id else "no visit booked"
    until = entry.priority_until
    priority = f"Priority until {place.stamp(until)}, {words.person(entry.priority_by)}" if until and until > place.now else ""
    week = sum(place.now - at < timedelta(days=7) for at in entry.offered)
    days = (place.now - entry.since).days
    return Waits(
        entry.patient_id, name_of(board.names, entry.patient_id), f"{days} day{'' if days == 1 else 's'}", wants(entry), instead,
        priority, f"asked {week} time{'' if week == 1 else 's'} this week" if week else "",
    )  # fmt: skip


def wants(entry: WaitlistEntry) -> str:
    """What suits them, in one line."""
    parts = [KINDS.get(entry.kind, entry.kind).lower()]
    parts += [", ".join(SHORT[day] for day in entry.days)] if entry.days else []
    parts += [entry.hours] if entry.hours else []
    parts += [f"with {words.person(entry.clinician)}"] if entry.clinician else []
    parts += [WHERE[entry.where].lower()] if entry.where else []
    parts.append(f"{entry.notice_hours} h notice")
    parts += ["by phone"] if entry.by_phone else []
    return " · ".join(parts)


def slot_when(slot: Slot, place: Place) -> str:
    """On the clinic's clock, with the zone's name where it is another."""
    own = Place(ZoneInfo(slot.zone), place.now)
    return own.stamp(slot.start_at) + (f" ({words.zone_name(slot.zone)})" if slot.zone != place.zone.key else "")
