"""When a text that may leave does: the patient's safe hours, and the budget of automatic texts. The verdicts of N3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .budget import next_room
from .safe_hours import next_safe

if TYPE_CHECKING:
    from .people import Contact, Patient

PER_DAY, PER_WEEK = 1, 3  # TCPA-11 as a house budget for automatic texts


@dataclass(frozen=True, slots=True)
class Leave:
    """It may go now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now: at `until`."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not at all. `why` is a word that the console explains."""

    why: str


Verdict = Leave | Wait | Refuse


def reminder_hours(quiet: bool, contact: Contact, patient: Patient | None, zone: ZoneInfo, now: datetime) -> Verdict:
    """Its cap goes by the patient's own calendar (`core.budget`); the day with room has to be a safe one too."""
    try:
        own_zone = ZoneInfo(patient.zone) if patient and patient.zone else zone
    except (KeyError, ValueError, OSError):
        return Refuse("unreadable_hours")
    room = next_room(contact.auto_sent, now, own_zone)
    found = hours(quiet, patient, zone, room)
    if room == now or isinstance(found, Refuse):
        return found
    return Wait(found.until if isinstance(found, Wait) else room, "frequency_cap")


def hours(quiet: bool, patient: Patient | None, zone: ZoneInfo, now: datetime) -> Verdict:
    if not quiet:
        return Leave()
    try:
        own_zone = ZoneInfo(patient.zone) if patient and patient.zone else zone
        at = next_safe(now, own_zone, patient.safe_hours if patient else {})
    except (KeyError, ValueError, OSError):  # a zone or a window that cannot be read: texts fail closed
        return Refuse("unreadable_hours")
    if at is None:
        return Refuse("no_safe_hours")
    return Leave() if at <= now else Wait(at, "safe_hours")


def cap_frees(contact: Contact, now: datetime) -> datetime:
    """When the budget has room again: what we begin waits for it, an answer that comes a day late does not help."""
    moments = sorted(at + span for at in contact.auto_sent for span in (timedelta(days=1), timedelta(days=7)) if at + span > now)
    return next((moment for moment in moments if not over_cap(contact, moment)), now + timedelta(days=7))


def over_cap(contact: Contact, now: datetime) -> bool:
    day = [at for at in contact.auto_sent if now - at < timedelta(days=1)]
    week = [at for at in contact.auto_sent if now - at < timedelta(days=7)]
    return len(day) >= PER_DAY or len(week) >= PER_WEEK
