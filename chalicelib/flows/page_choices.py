"""What patients change about texts on their own page: they may say no to a kind, and to words about their care, at once and
without a reason (TXT-1), and choose their language. Allowing more is asked of staff, who call back: whoever holds the phone could
ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..core.consent import RULE_VERSION, SCOPES
from ..core.consent_ledger import Comes, ConsentEntry, comes_to
from ..core.page_links import PAGE
from ..core.people import Contact, Patient
from ..core.records import Change, Put, Update
from ..core.said_by_phone import stricter
from ..errors import Conflict, Rejected
from ..ports import World
from ..texts import pages
from .page_identity import Door, trace

ATTEMPTS = 4
KNOWN_TO_THE_NUMBER = ("content_level", "language", "safe_phone", "label", "quiet_until")  # of a patient's fields
Make = Callable[[Patient, Contact | None], list[Change]]


def decline(world: World, door: Door, kind: str, where: str) -> bool:
    """No more of one kind. False for a kind there is not. Raises `StoreError`."""
    return kind in SCOPES and changed(world, door, "page_decline", where, lambda patient, _: _declined(world, patient, kind))


def say_less(world: World, door: Door, where: str) -> bool:
    """Nothing about their care in a text any more (content level 0). Raises `StoreError`."""
    def make(patient: Patient, phone: Contact | None) -> list[Change]:
        return [*both(patient, phone, {"content_level": 0}), Put(_line(world, patient, "content_level_0"))]

    return changed(world, door, "page_say_less", where, make)


def speak(world: World, door: Door, language: str, where: str) -> bool:
    """The language of what we write and of their pages. False for one that we do not have. Raises `StoreError`."""
    if language not in pages.LANGUAGES:
        return False
    return changed(world, door, "page_language", where, lambda patient, phone: both(patient, phone, {"language": language}))


def changed(world: World, door: Door, action: str, where: str, make: Make) -> bool:
    """Read, decide, commit, again where somebody was quicker. `make` gets what the phone said a moment ago, too. Raises
    `Conflict`, `StoreError`."""
    for _ in range(ATTEMPTS):
        found = world.store.get_many([(Patient, (door.patient.patient_id,)), (Contact, (door.link.contact_id,))])
        patient = next((each for each in found if isinstance(each, Patient)), None)
        contact = next((each for each in found if isinstance(each, Contact)), None)
        if patient is None or patient.contact_id != door.link.contact_id:
            return False
        try:
            changes = make(stricter(patient, contact), contact)
            world.store.commit(*changes, trace(world, door.link, action, world.clock(), where))
        except (Conflict, Rejected):
            continue
        return True
    raise Conflict(door.link.name)


def _declined(world: World, patient: Patient, kind: str) -> list[Change]:
    line = _line(world, patient, kind)
    comes = comes_to([line], line.at, Comes(patient.consent, patient.declined, patient.unencrypted, patient.proxy))
    return [*both(patient, None, {"consent": comes.consent, "declined": comes.declined}), Put(line)]


def both(patient: Patient, contact: Contact | None, fields: dict[str, object]) -> list[Change]:
    """The patient's row, and what their number knows of them: both change together, since a text's door reads the number."""
    own = Update(
        Patient, (patient.patient_id,), set={**fields, "version": patient.version + 1}, expect={"version": patient.version}
    )
    known: dict[str, Any] = {name: value for name, value in fields.items() if name in KNOWN_TO_THE_NUMBER}
    if contact is None or not known:
        return [own]
    people = tuple(replace(each, **known) if each.patient_id == patient.patient_id else each for each in contact.patients)
    number = {"patients": people, "version": contact.version + 1}
    return [own, Update(Contact, (contact.contact_id,), set=number, expect={"version": contact.version})]


def _line(world: World, patient: Patient, kind: str) -> ConsentEntry:
    now = world.clock()
    return ConsentEntry(
        patient.patient_id, world.ids(now), kind, "revoked", PAGE, now, "patient", RULE_VERSION,
        language=patient.language, program=patient.program,
    )  # fmt: skip
