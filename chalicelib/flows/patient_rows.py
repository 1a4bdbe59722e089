"""Rows that a change of a patient touches besides their own: the sealed profile, and the numbers."""

from __future__ import annotations

from datetime import datetime

from ..core.incidents import OPEN
from ..core.records import ABSENT, Contact, Incident, IncidentRef, Patient, PatientRef, Profile, Update
from ..core.sealed_json import written
from ..ports import SealContext, World


def sealed_profile(world: World, patient: Patient, profile: Profile, program: str = "") -> bytes:
    """A profile as it is kept; `program`: another one than the patient's. Raises `SealFailed`."""
    context = SealContext(patient.patient_id, program or patient.program, "profile")
    return world.vault.seal(context, patient.patient_id, profile_text(profile))


def profile_text(profile: Profile) -> str:
    """What is sealed; what is empty is left out."""
    born = profile.birth_date.isoformat() if profile.birth_date else None
    planned = profile.plan_on.isoformat() if profile.plan_on else ""
    more = {"tags": profile.tags, "answers": profile.answers, "emergency": profile.emergency, "place": profile.place}
    more |= {"plan": profile.plan, "plan_on": planned}
    said = {"name": profile.name, "number": profile.number, "birth_date": born}
    return written(profile, said | {name: value for name, value in more.items() if value})


def without_person(contact: Contact, patient_id: str, now: datetime) -> Update:
    """A number that is this patient's no more: no person, no open question, no incident of theirs."""
    fields: dict[str, object] = {
        "patients": tuple(ref for ref in contact.patients if ref.patient_id != patient_id),
        "incidents": tuple(ref for ref in contact.incidents if ref.thread_id != patient_id),
        "owner_at": now,
        "version": contact.version + 1,
    }
    if contact.prompt is not None and contact.prompt.patient_id == patient_id:
        fields["prompt"] = None
    return Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version})


def changed_hands(contact: Contact, now: datetime) -> dict[str, object]:
    """Of a number that gets one more person. The first of a number that was nobody's is who wrote from it."""
    return {"owner_at": now} if contact.patients else {}


def with_person(
    world: World, contact: Contact, number: str, ref: PatientRef, now: datetime, incidents: tuple[IncidentRef, ...] = ()
) -> Update:
    """A number that this patient has too. `number`: sealed when nobody wrote from it yet."""
    fields: dict[str, object] = {"patients": (*contact.patients, ref), "version": contact.version + 1}
    fields |= changed_hands(contact, now)
    if incidents:
        fields["incidents"] = (*contact.incidents, *incidents)
    if contact.version == 0:
        context = SealContext(contact.contact_id, "numbers", "number")
        fields["sealed_number"] = world.vault.seal(context, contact.contact_id, number)
        fields["created_at"] = now
    expect = {"version": contact.version or ABSENT}
    return Update(Contact, (contact.contact_id,), set=fields, expect=expect, create=contact.version == 0)


def rehoused(ref: IncidentRef, **fields: object) -> Update:
    """An open incident that belongs to another number, thread, patient or program now; rejected when it is over."""
    return Update(Incident, (ref.incident_id,), set=fields, add={"version": 1}, expect={"state": OPEN}, any_of=("state",))
