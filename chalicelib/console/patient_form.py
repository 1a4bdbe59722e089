"""The form that changes a patient, filled from the record, read back with what is wrong beside the field."""

from __future__ import annotations

from ..core.clinic import DAYS
from ..core.records import Contact, Patient, Profile
from ..flows.edit_patient import Edit
from ..ports import World
from . import registration_form, words
from .registration_form import HOW, Errors
from .web import Form

PHONES = {
    "": "Not asked yet",
    "safe": "Yes: nobody else answers, listens or reads there",
    "unsafe": "No: somebody else may",
}
ROLES = {"self": "The patient", "shared": "The patient and somebody else", "guardian": "A parent or guardian"}


def filled(patient: Patient, profile: Profile, contact: Contact | None, zone: str) -> dict[str, str]:
    """The fields as the record has them. Hours that differ by day show the first day's; saving then asks for one."""
    own = patient.safe_hours
    start, _, end = next(iter(own.values()), "09:00-17:00").partition("-")
    refs = [ref.role for ref in contact.patients if ref.patient_id == patient.patient_id] if contact else []
    return {
        "version": str(patient.version),
        "name": profile.name,
        "number": words.phone(profile.number),
        "birth_date": profile.birth_date.isoformat() if profile.birth_date else "",
        "language": patient.language,
        "content_level": str(patient.content_level),
        "zone": patient.zone or zone,
        "role": refs[0] if refs else "self",
        "answers": profile.answers,
        "safe_phone": patient.safe_phone,
        "veteran": "on" if patient.veteran else "",
        "tags": ", ".join(profile.tags),
        "hours": "keep" if len(set(own.values())) > 1 else "own" if own else "house",
        "from": start,
        "until": end,
        **dict.fromkeys(own or DAYS[:5], "on"),
    }


def read(world: World, form: Form, patient: Patient) -> tuple[Edit | None, Errors]:
    """The change, or what is wrong, by field. Said as in registering."""
    asked = {**form, "form_id": world.ids(world.clock()), "program": patient.program, "consent": ""}
    wish, errors = registration_form.read(world, asked)
    agreed = form.get("agreed_by", "")
    if agreed and agreed not in HOW:
        errors["agreed_by"] = "Say how they agreed."
    if wish is None or errors:
        return None, errors
    version = form.get("version", "")
    return Edit(
        version=int(version) if version.isdigit() else 0,
        name=wish.name,
        number=wish.number,
        birth_date=wish.birth_date,
        language=wish.language,
        content_level=wish.content_level,
        zone=wish.zone,
        safe_hours=patient.safe_hours if form.get("hours") == "keep" else wish.safe_hours,
        role=form.get("role", "") if form.get("role") in ROLES else "self",
        agreed_by=agreed,
        shared_known=wish.shared_known,
        tags=wish.tags,
        answers=wish.answers,
        safe_phone=form.get("safe_phone", "") if form.get("safe_phone") in PHONES else "",
        veteran=form.get("veteran") == "on",
    ), {}
