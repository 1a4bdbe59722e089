"""N3: whether a text may leave, asked at the moment of sending. Texts fail closed.

What must hold for each kind is a table: `core.permission_rules`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .appointments import AboutVisit, Appointment
from .budget import next_room
from .messages import Kind
from .permission_rules import ABOVE_LEVEL as ABOVE_LEVEL
from .permission_rules import RULES as RULES
from .permission_rules import Rule as Rule
from .safe_hours import next_safe
from .waitlist import Slot, held

if TYPE_CHECKING:
    from .people import Contact, Patient
    from .records import Message


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


def may_leave(
    message: Message,
    contact: Contact | None,
    patient: Patient | None,
    zone: ZoneInfo,
    now: datetime,
    visits: Sequence[Appointment | None] = (),
    slots: Sequence[Slot] = (),
) -> Verdict:
    """The verdict for one outgoing row; `zone` is the clinic's, for patients whose own is unknown. `visits`: those that it
    tells of (`message.visits`), `slots`: those that it offers, as they stand now."""
    rule = _rule(message)
    if rule is None:
        return Refuse("unknown_kind")
    if contact is None:
        return Refuse("no_number")
    if message.expires_at is not None and now >= message.expires_at:
        return Refuse("too_late")
    if stopped(contact) and not rule.when_stopped:
        return Refuse("opted_out")
    refusal = _patient_allows(rule, message, contact, patient) if message.patient_id else _nobody_allows(rule, message)
    refusal = refusal or (_visits_allow(message, patient, visits) if rule.of_visits else "")
    refusal = refusal or (_slots_allow(message, patient, slots, now) if rule.of_slots else "")
    if refusal:
        return Refuse(refusal)
    if rule.capped and rule.of_visits:
        return _reminder_hours(rule, contact, patient, zone, now)
    if rule.capped and over_cap(contact, now):
        return Wait(cap_frees(contact, now), "frequency_cap") if rule.quiet_hours else Refuse("frequency_cap")
    return _hours(rule, patient, zone, now)


def _rule(message: Message) -> Rule | None:
    """None for what is no outgoing kind, or one that a newer version wrote."""
    return RULES.get(Kind(message.kind)) if message.kind in set(Kind) else None


def _nobody_allows(rule: Rule, message: Message) -> str:
    """A number that belongs to nobody yet: it has agreed to nothing, and hears nothing beyond level 0 (TXT-4)."""
    if rule.consent:
        return "no_consent"
    return "content_level" if message.content_level > 0 else ""


def _patient_allows(rule: Rule, message: Message, contact: Contact, patient: Patient | None) -> str:
    """Why not, or ""."""
    if patient is None:
        return "no_patient"
    if patient.merged_into:
        return "merged"
    if patient.status == "deceased":
        return "deceased"
    if patient.status != "active" and not rule.while_inactive:
        return "on_hold"
    if patient.contact_id != contact.contact_id:
        return "number_changed"
    if rule.consent and rule.consent not in patient.consent:
        return "no_consent"
    if message.content_level > patient.content_level and not _let_above(message, patient):
        return "content_level"
    return ""


def _visits_allow(message: Message, patient: Patient | None, visits: Sequence[Appointment | None]) -> str:
    """C50: what was moved or called off since it was written is not told; nor is anything to who declined these texts."""
    if patient is not None and "appointments" in patient.declined:
        return "declined"
    now_are = {each.appointment_id: each for each in visits if each is not None}
    stands = all(_stands(each, now_are.get(each.appointment_id)) for each in message.visits)
    return "" if message.visits and stands else "visit_changed"


def _stands(told: AboutVisit, visit: Appointment | None) -> bool:
    if visit is None:
        return False
    return not visit.ahead if told.off else visit.ahead and visit.start_at == told.start_at


def _slots_allow(message: Message, patient: Patient | None, slots: Sequence[Slot], now: datetime) -> str:
    """C58: what somebody else took, or what is no longer held for them, is not offered."""
    if patient is not None and "appointments" in patient.declined:
        return "declined"
    theirs = {each.slot_id for each in slots if held(each, message.patient_id, now)}
    return "" if message.slots and set(message.slots) <= theirs else "slot_gone"


def _let_above(message: Message, patient: Patient) -> bool:
    """A person let this one text through, knowing the level as it was then; one that was lowered since refuses it."""
    by_hand = message.kind in (Kind.REPLY, Kind.STAFF) and message.author not in ("", "auto")
    return by_hand and message.above_level in ABOVE_LEVEL and patient.content_level >= message.level_then


def _reminder_hours(rule: Rule, contact: Contact, patient: Patient | None, zone: ZoneInfo, now: datetime) -> Verdict:
    """Its cap goes by the patient's own calendar (`core.budget`); the day with room has to be a safe one too."""
    try:
        own_zone = ZoneInfo(patient.zone) if patient and patient.zone else zone
    except (KeyError, ValueError, OSError):
        return Refuse("unreadable_hours")
    room = next_room(contact.auto_sent, now, own_zone)
    found = _hours(rule, patient, zone, room)
    if room == now or isinstance(found, Refuse):
        return found
    return Wait(found.until if isinstance(found, Wait) else room, "frequency_cap")


def _hours(rule: Rule, patient: Patient | None, zone: ZoneInfo, now: datetime) -> Verdict:
    if not rule.quiet_hours:
        return Leave()
    try:
        own_zone = ZoneInfo(patient.zone) if patient and patient.zone else zone
        at = next_safe(now, own_zone, patient.safe_hours if patient else {})
    except (KeyError, ValueError, OSError):  # a zone or a window that cannot be read: texts fail closed
        return Refuse("unreadable_hours")
    if at is None:
        return Refuse("no_safe_hours")
    return Leave() if at <= now else Wait(at, "safe_hours")


def stopped(contact: Contact) -> bool:
    """Whether this number asked us to stop and has not asked us back."""
    if contact.stopped_at is None:
        return False
    return contact.started_at is None or contact.started_at <= contact.stopped_at


def cap_frees(contact: Contact, now: datetime) -> datetime:
    """When the budget has room again: what we begin waits for it, an answer that comes a day late does not help."""
    moments = sorted(at + span for at in contact.auto_sent for span in (timedelta(days=1), timedelta(days=7)) if at + span > now)
    return next((moment for moment in moments if not over_cap(contact, moment)), now + timedelta(days=7))


def over_cap(contact: Contact, now: datetime) -> bool:
    day = [at for at in contact.auto_sent if now - at < timedelta(days=1)]
    week = [at for at in contact.auto_sent if now - at < timedelta(days=7)]
    return len(day) >= PER_DAY or len(week) >= PER_WEEK
