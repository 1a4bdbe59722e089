"""Open what a patient's row and a number's row keep sealed. Whoever calls has let the person in and leaves the trace."""

from __future__ import annotations

import json
from datetime import date

from ..core.exercise import is_nobodys
from ..core.records import Contact, Patient, Profile
from ..core.staff import Staff
from ..ports import SealContext, World


def open_profile(world: World, who: Staff, patient: Patient) -> Profile:
    """Raises `OpenFailed`."""
    context = SealContext(patient.patient_id, patient.program, "profile")
    inside = json.loads(world.vault.open(context, patient.patient_id, patient.sealed_profile, who.staff_id))
    born = inside.get("birth_date") or ""
    when = date.fromisoformat(born) if born else None
    planned = inside.get("plan_on", "")
    more = {name: inside.get(name, "") for name in ("answers", "emergency", "place", "plan")}
    plan_on = date.fromisoformat(planned) if planned else None
    return Profile(inside["name"], inside["number"], when, tuple(inside.get("tags", ())), **more, plan_on=plan_on)


def open_number(world: World, who: Staff, contact: Contact | None) -> str:
    """E.164, or "" when there is none, as behind an exercise. Raises `OpenFailed`."""
    if contact is None or not contact.sealed_number:
        return ""
    context = SealContext(contact.contact_id, "numbers", "number")
    number = world.vault.open(context, contact.contact_id, contact.sealed_number, who.staff_id)
    return "" if is_nobodys(number) else number
