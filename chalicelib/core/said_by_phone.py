"""What a text of theirs said of a phone, before the patient's own row says it too.

The door that takes texts may not touch a patient's row (docs/decisions/three-doors.md): what it hears stands on the number, in
the transaction that keeps the text. Whoever decides reads both, and the stricter holds; a moment later the tick writes it down.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .people import Contact, Patient

LEVEL = "level"  # in place of a kind: that texts say nothing but neutral words
TIGHTENED = ("content_level", "held_at", "quiet_until", "declined", "consent")


def stops(patient_id: str, kind: str = LEVEL) -> str:
    """As `Contact.no_more` holds it."""
    return f"{patient_id} {kind}"


def with_stops(contact: Contact, *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*contact.no_more, *more)))


def stricter(patient: Patient, contact: Contact | None) -> Patient:
    """The patient as row and number together have them. Unchanged where the number knows nothing more."""
    ref = next((each for each in contact.patients if each.patient_id == patient.patient_id), None) if contact else None
    if contact is None or ref is None:
        return patient
    later = [at for at in (patient.quiet_until, ref.quiet_until) if at is not None]
    stopped = {kind for who, kind in (each.split(" ", 1) for each in contact.no_more) if who == patient.patient_id}
    return replace(
        patient,
        content_level=0 if LEVEL in stopped else patient.content_level,
        held_at=patient.held_at or ref.held_at,
        quiet_until=max(later, default=None),
        declined=tuple(sorted({*patient.declined, *stopped - {LEVEL}})) if stopped else patient.declined,
        consent={kind: at for kind, at in patient.consent.items() if kind not in stopped} if stopped else patient.consent,
    )
