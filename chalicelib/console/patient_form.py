"""The form that changes a patient, filled from the record, read back with what is wrong beside the field."""

from __future__ import annotations

from datetime import date

from ..core.clinic import DAYS
from ..core.records import Contact, Patient, Profile
from ..flows.edit_patient import Edit, ForCrisis
from ..ports import World
from . import registration_form, words
from .registration_form import HOW, Errors
from .web import Form, whole

PHONES = {
    "": "Not asked yet",
    "safe": "Yes: nobody else answers, listens or reads there",
    "unsafe": "No: somebody else may",
}
LONGEST_LINE = 160
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
        "emergency": profile.emergency,
        "place": profile.place,
        "plan": profile.plan,
        "plan_on": profile.plan_on.isoformat() if profile.plan_on else "",
        "tags": ", ".join(profile.tags),
        "hours": "keep" if len(set(own.values())) > 1 else "own" if own else "house",
        "from": start,
        "until": end,
        **dict.fromkeys(own or DAYS[:5], "on"),
    }


def read(world: World, form: Form, patient: Patient) -> tuple[Edit | None, Errors]:
    """The change, or what is wrong, by field. Said as in registering."""
    none = "on" if patient.no_phone and not form.get("number", "").strip() else ""
    asked = {**form, "form_id": world.ids(world.clock()), "program": patient.program, "consent": "", "no_phone": none}
    wish, errors = registration_form.read(world, asked)
    agreed = form.get("agreed_by", "")
    if agreed and agreed not in HOW:
        errors["agreed_by"] = "Say how they agreed."
    crisis = _for_crisis(world, form, errors)
    if wish is None or errors:
        return None, errors
    return Edit(
        version=whole(form.get("version", ""), 0),
        name=wish.name,
        number=wish.number,
        birth_date=wish.birth_date,
        language=wish.language,
        content_level=wish.content_level,
        zone=wish.zone,
        safe_hours=patient.safe_hours if form.get("hours") == "keep" else wish.safe_hours,
        role=_answered_by(form, wish.answers),
        agreed_by=agreed,
        shared_known=wish.shared_known,
        tags=wish.tags,
        answers=wish.answers,
        safe_phone=form.get("safe_phone", "") if form.get("safe_phone") in PHONES else "",
        phone_asked=form.get("phone_asked") == "on",
        veteran=form.get("veteran") == "on",
        crisis=crisis,
    ), {}


def _answered_by(form: Form, who_else: str) -> str:
    """Where somebody else is named, the phone is not the patient's alone."""
    role = form.get("role", "") if form.get("role") in ROLES else "self"
    return "shared" if who_else and role == "self" else role


def _for_crisis(world: World, form: Form, errors: Errors) -> ForCrisis:
    """Lines as typed; the day of the plan is one in the past."""
    said = {}
    for field in ("emergency", "place", "plan"):
        said[field] = " ".join(form.get(field, "").split())
        if len(said[field]) > LONGEST_LINE:
            errors[field] = f"Shorten this to {LONGEST_LINE} characters."
    day = form.get("plan_on", "").strip()
    try:
        plan_on = date.fromisoformat(day) if day else None
    except ValueError:
        plan_on = date.max
    if plan_on and plan_on > world.clock().astimezone(world.clinic.zone).date():
        errors["plan_on"] = "Enter the day the plan was made or last looked at, today or before."
    return ForCrisis(said["emergency"], said["place"], said["plan"], plan_on)
