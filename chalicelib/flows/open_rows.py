"""Open what a patient's row and a number's row keep sealed. Whoever calls has let the person in and leaves the trace."""

from __future__ import annotations

from datetime import date

from ..core.exercise import is_nobodys
from ..core.records import Contact, Patient, Profile
from ..core.sealed_json import read
from ..core.staff import Staff
from ..ports import SealContext, World


def open_profile(world: World, who: Staff, patient: Patient) -> Profile:
    """Raises `OpenFailed`."""
    context = SealContext(patient.patient_id, patient.program, "profile")
    said, later = read(Profile, world.vault.open(context, patient.patient_id, patient.sealed_profile, who.staff_id))
    days = {name: date.fromisoformat(said[name]) if said.get(name) else None for name in ("birth_date", "plan_on")}
    return Profile(**{**said, **days, "tags": tuple(said.get("tags", ())), **later})


def open_number(world: World, who: Staff, contact: Contact | None) -> str:
    """E.164, or "" when there is none, as behind an exercise. Raises `OpenFailed`."""
    if contact is None or not contact.sealed_number:
        return ""
    context = SealContext(contact.contact_id, "numbers", "number")
    number = world.vault.open(context, contact.contact_id, contact.sealed_number, who.staff_id)
    return "" if is_nobodys(number) else number
