"""Whether a channel may be used for one patient now, of what stands in two rows: for the next channel's turn, and for the list of
who cannot be reached. `core.permission` asks the same of each row again when it leaves (N3).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from .channels import CHANNELS, Channel, came_back, unsafe_call
from .consent import allowed, keeps, standing_of
from .whose_number import silent

if TYPE_CHECKING:
    from .people import Contact, Patient

# What keeps one channel from being used, for staff.
WHY: dict[str, str] = {
    "no_phone": "No number of theirs is known",
    "number_in_doubt": "The number may be somebody else's",
    "address_bounced": "There is no such address: what we sent to it came back",
    "number_silent": "Nothing was heard from the number for half a year",
    "not_safe": "They said that the phone is not safe: as their safe-phone plan says",
    "unsafe_calls": "Calls to their phone are not safe",
    "opted_out": "They asked us to stop",
    "unsure_stop": "They may have asked us to stop: decide on their consent page",
    "no_consent": "They have not agreed to texts",
    "no_consent_kind": "They have not agreed to this kind",
    "no_consent_channel": "They have not agreed to this channel",
    "declined": "They want none of this kind",
    "guardian": "It is a guardian's, and nothing was granted for it",
    "not_in_plan": "It does not reach them, by what they said",
    "on_hold": "They are on hold, in hospital, in custody or discharged",
}


def why_not(channel: str, patient: Patient, contact: Contact | None, scope: str, now: datetime) -> str:
    """Why this channel cannot carry a text of this scope that we begin, as a word of WHY; "" when it may. A person always may."""
    about = CHANNELS.get(channel)
    if about is None or (patient.channels and channel not in patient.channels):
        return "not_in_plan"
    if about.by_hand:
        return ""
    if patient.held_at is not None:
        return "not_safe"
    if patient.status != "active":
        return "on_hold"
    return _number(channel, patient, contact, now) or _consent(channel, patient, contact, scope)


def _number(channel: str, patient: Patient, contact: Contact | None, now: datetime) -> str:
    """An address of its own has no number to doubt."""
    if unsafe_call(channel, patient):
        return "unsafe_calls"
    if CHANNELS[channel].own_address:
        return "address_bounced" if came_back(channel, patient) else ""
    if contact is None or patient.no_phone:
        return "no_phone"
    if contact.doubt:
        return "number_in_doubt"
    return "number_silent" if silent(contact, now) else ""


def _consent(channel: str, patient: Patient, contact: Contact | None, scope: str) -> str:
    if contact is None:
        return "no_phone"
    why = allowed(standing_of(scope, contact, patient, channel=channel))
    if not CHANNELS[channel].asked:
        return why
    kept = why == "opted_out" and keeps(contact, scope)  # their STOP ended this channel, and they asked for texts of this kind
    return "no_consent_channel" if kept or why == "no_consent" else why


def open_channels(patient: Patient, contact: Contact | None, scope: str, now: datetime) -> tuple[str, ...]:
    """The automatic ones that would carry it now, in this patient's order."""
    ways = patient.channels or (Channel.TEXT,)
    return tuple(each for each in ways if not CHANNELS[each].by_hand and not why_not(each, patient, contact, scope, now))
