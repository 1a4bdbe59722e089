"""N3: whether a text may leave, asked at the moment of sending. Texts fail closed.

What must hold for each kind is a table: `core.permission_rules`. What a patient allows is another: `core.consent`. Here
both meet the hour, the cap, the level, and what the text tells of.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .appointments import Appointment, stands
from .asked import why_not
from .campaign_rules import LOOK_AGAIN, PAUSED, Beside, campaign_allows, scope_of
from .consent import Scope, allowed, standing_of
from .consent import stopped as stopped
from .leaving import PER_DAY as PER_DAY
from .leaving import Leave as Leave
from .leaving import Refuse as Refuse
from .leaving import Verdict as Verdict
from .leaving import Wait as Wait
from .leaving import cap_frees as cap_frees
from .leaving import hours, reminder_hours
from .leaving import over_cap as over_cap
from .messages import Kind
from .permission_rules import ABOVE_LEVEL as ABOVE_LEVEL
from .permission_rules import RULES as RULES
from .permission_rules import Rule as Rule
from .place import open_prompt
from .reengagement import Back, why_stop
from .said_by_phone import stricter
from .waitlist import Slot, held
from .whose_number import silent

if TYPE_CHECKING:
    from .people import Contact, Patient
    from .records import Message


ASK_AGAIN = timedelta(minutes=30)  # until a person has decided what may have been STOP
WAITS_FOR_CALL = timedelta(hours=1)
LONGEST_UNSURE = timedelta(days=3)


def may_leave(
    message: Message,
    contact: Contact | None,
    patient: Patient | None,
    zone: ZoneInfo,
    now: datetime,
    visits: Sequence[Appointment | None] = (),
    slots: Sequence[Slot] = (),
    back: Back | None = None,
    beside: Beside | None = None,
) -> Verdict:
    """The verdict for one outgoing row; `zone` is the clinic's, for patients whose own is unknown. `visits`: those that it
    tells of (`message.visits`), `slots`: those that it offers, `back` and `beside`: what a re-engagement, and a campaign,
    depend on, as they stand now."""
    rule = _rule(message)
    patient = stricter(patient, contact) if patient else None
    if rule is None or contact is None:
        return Refuse("no_number" if rule else "unknown_kind")
    if message.expires_at is not None and now >= message.expires_at:
        return Refuse("too_late")
    said = _said(rule, message, contact, patient, beside)
    if said == "opted_out":
        return Refuse(said)
    if doubted := _doubted(rule, message, contact, now):
        return Refuse(doubted)
    if rule.alone and (why := why_not(contact)):
        return Refuse(why)
    refusal = _patient_allows(said, message, contact, patient) if message.patient_id else _nobody_allows(said, message, contact)
    refusal = refusal or _what_it_tells(rule, message, patient, visits, slots, back, now)
    if refusal := refusal or (campaign_allows(contact, patient, beside, now) if rule.of_campaign else ""):
        return Wait(now + LOOK_AGAIN, refusal) if refusal == PAUSED else Refuse(refusal)
    return _undecided(rule, contact, now) if said == "unsure_stop" else _when(rule, message, contact, patient, zone, now)


def _doubted(rule: Rule, message: Message, contact: Contact, now: datetime) -> str:
    """SAFE-7, RND-2: nothing but a neutral line to a number that may be somebody else's. A person answers who is in danger there,
    whoever it is (N2)."""
    if _own_address(message):
        return ""
    why = "number_in_doubt" if contact.doubt else "number_silent" if rule.consent and silent(contact, now) else ""
    if why and rule.neutral:
        return "content_level" if message.content_level else ""
    in_danger = any(ref.thread_id == message.thread_id for ref in contact.incidents)
    if in_danger and message.kind == Kind.REPLY and message.author not in ("", "auto"):
        return ""
    return why


def _when(
    rule: Rule, message: Message, contact: Contact, patient: Patient | None, zone: ZoneInfo, now: datetime
) -> Verdict:
    """It may go; now, or when a person, their cap and their hours let it. Another channel carries what no text could: it counts
    against the cap for what comes after it, and is not held by the text that failed."""
    if rule.after_call and patient is not None and patient.call_first:
        return Wait(now + WAITS_FOR_CALL, "call_first")
    if rule.quiet_hours and patient is not None and patient.quiet_until is not None and now < patient.quiet_until:
        return Wait(patient.quiet_until, "quiet")  # TXT-1: they asked for it, and whoever writes to us is answered all the same
    if rule.alone and (asked := open_prompt(contact, now)) and asked.prompt_id != message.message_id:
        return Wait(asked.expires_at, "other_question")
    if message.channel:  # also a text, where something else was tried before it
        return hours(rule.quiet_hours, patient, zone, now)
    if rule.capped and (rule.of_visits or rule.of_return):
        return reminder_hours(rule.quiet_hours, contact, patient, zone, now)
    if rule.capped and over_cap(contact, now):
        return Wait(cap_frees(contact, now), "frequency_cap") if rule.quiet_hours else Refuse("frequency_cap")
    return hours(rule.quiet_hours, patient, zone, now)


def _rule(message: Message) -> Rule | None:
    """None for what is no outgoing kind, or one that a newer version wrote."""
    return RULES.get(Kind(message.kind)) if message.kind in set(Kind) else None


def _said(rule: Rule, message: Message, contact: Contact, patient: Patient | None, beside: Beside | None) -> str:
    """What the ledgers say of this text. A person who wrote after what may be STOP has seen it. What a campaign is for says
    which permission it needs."""
    if rule.when_stopped:
        return ""
    seen = contact.unsure_at is None or message.at >= contact.unsure_at
    by_hand = seen and message.kind in (Kind.REPLY, Kind.STAFF)
    scope = scope_of(beside, rule.consent) if rule.of_campaign else rule.consent
    return allowed(standing_of(scope, contact, patient if message.patient_id else None, by_hand, message.channel))


def _own_address(message: Message) -> bool:
    """Whether it goes elsewhere than to the number of its contact."""
    return message.channel in ("email", "landline")


def _undecided(rule: Rule, contact: Contact, now: datetime) -> Verdict:
    """What we begin waits a while for somebody to decide; an answer to what they wrote would come too late."""
    since = contact.unsure_at
    waits = bool(rule.consent) and since is not None and now - since < LONGEST_UNSURE
    return Wait(now + ASK_AGAIN, "unsure_stop") if waits else Refuse("unsure_stop")


def _nobody_allows(said: str, message: Message, contact: Contact) -> str:
    """A number that belongs to nobody yet: it has agreed to nothing, and hears nothing beyond level 0 (TXT-4). On a phone of
    several people of whom one said "not safe" nobody begins anything with whoever it is."""
    if any(ref.held_at for ref in contact.patients) and not RULES[Kind(message.kind)].answers:
        return "not_safe"
    if said not in ("", "unsure_stop"):
        return said
    return "content_level" if message.content_level > 0 else ""


def _patient_allows(said: str, message: Message, contact: Contact, patient: Patient | None) -> str:
    """Why not, or ""."""
    rule = RULES[Kind(message.kind)]
    if patient is None:
        return "no_patient"
    if patient.merged_into:
        return "merged"
    if patient.status == "deceased":
        return "deceased"
    if patient.status != "active" and not rule.while_inactive:
        return "on_hold"
    if why := _address_allows(message, contact, patient):
        return why
    if patient.held_at is not None and not rule.answers:  # SAFE-4: also what was written, planned or scheduled before
        return "not_safe"
    if said not in ("", "unsure_stop"):
        return said
    if message.content_level > level_of(patient) and not (_let_above(message, patient) or _to_that_word(rule, message, patient)):
        return "content_level"
    return ""


def _address_allows(message: Message, contact: Contact, patient: Patient) -> str:
    if patient.contact_id != contact.contact_id:
        return "number_changed"
    if patient.no_phone and not _own_address(message):
        return "no_phone"
    if not message.channel:
        return ""
    from .channels import came_back, unsafe_call  # what texts alone ask waits for no file that it does not need

    if came_back(message.channel, patient):
        return "address_bounced"
    return "unsafe_calls" if unsafe_call(message.channel, patient) else ""


def level_of(patient: Patient) -> int:
    """How much a text may say. TXT-4: nothing beyond neutral words to who does not accept that texts can be read by others;
    their care is named only while they have not said no to that."""
    if patient.unencrypted == "no":
        return 0
    return min(patient.content_level, 1) if Scope.CLINICAL in patient.declined else patient.content_level


def _what_it_tells(
    rule: Rule, message: Message, patient: Patient | None, visits: Sequence[Appointment | None], slots: Sequence[Slot],
    back: Back | None, now: datetime,
) -> str:  # fmt: skip
    """Why what it tells of keeps it here, or ""."""
    told = _visits_allow(message, patient, visits) if rule.of_visits else ""
    offered = _slots_allow(message, patient, slots, now) if rule.of_slots else ""
    return told or offered or (_return_allows(message, patient, back, now) if rule.of_return else "")


def _visits_allow(message: Message, patient: Patient | None, visits: Sequence[Appointment | None]) -> str:
    """C50: what was moved or called off since it was written is not told; nor is anything to who declined these texts."""
    if patient is not None and "appointments" in patient.declined:
        return "declined"
    now_are = {each.appointment_id: each for each in visits if each is not None}
    stand = all(stands(each, now_are.get(each.appointment_id)) for each in message.visits)
    return "" if message.visits and stand else "visit_changed"


def _return_allows(message: Message, patient: Patient | None, back: Back | None, now: datetime) -> str:
    """Whatever has ended a re-engagement since it was planned keeps its text here; what cannot be read does too."""
    if patient is None or back is None or len(message.reengagement) != 2:
        return "sequence_changed"
    return why_stop(back, patient, message.reengagement[1], now)


def _slots_allow(message: Message, patient: Patient | None, slots: Sequence[Slot], now: datetime) -> str:
    """C58: what somebody else took, or what is no longer held for them, is not offered."""
    if patient is not None and "appointments" in patient.declined:
        return "declined"
    theirs = {each.slot_id for each in slots if held(each, message.patient_id, now)}
    return "" if message.slots and set(message.slots) <= theirs else "slot_gone"


def _to_that_word(rule: Rule, message: Message, patient: Patient) -> bool:
    """The answer to the very text that held the word is the one that any text gets; each later one says less (SAFE-4)."""
    return rule.answers and patient.held_at is not None and message.at == patient.held_at


def _let_above(message: Message, patient: Patient) -> bool:
    """A person let this one text through, knowing the level as it was then; one that was lowered since refuses it."""
    by_hand = message.kind in (Kind.REPLY, Kind.STAFF) and message.author not in ("", "auto")
    return by_hand and message.above_level in ABOVE_LEVEL and patient.content_level >= message.level_then
