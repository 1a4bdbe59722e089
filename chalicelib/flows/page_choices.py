"""What patients change about texts on their own page: they may say no to a kind, and to words about their care, at once and
without a reason (TXT-1). Allowing more is asked of staff, who call back: whoever holds the phone could ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..core.consent import RULE_VERSION, SCOPES
from ..core.consent_ledger import Comes, ConsentEntry, comes_to
from ..core.page_links import PAGE
from ..core.people import Contact, Patient
from ..core.records import Change, Put, Update
from ..errors import Conflict, Rejected
from ..ports import World
from .page_identity import Door, trace

ATTEMPTS = 4
Make = Callable[[Patient], list[Change]]


def decline(world: World, door: Door, kind: str, where: str) -> bool:
    """No more of one kind. False for a kind there is not. Raises `StoreError`."""
    return kind in SCOPES and _changed(world, door, "page_decline", where, lambda patient: _declined(world, patient, kind))


def say_less(world: World, door: Door, where: str) -> bool:
    """Nothing about their care in a text any more (content level 0). Raises `StoreError`."""
    return _changed(world, door, "page_say_less", where, lambda patient: _neutral(world, patient))


def _changed(world: World, door: Door, action: str, where: str, make: Make) -> bool:
    for _ in range(ATTEMPTS):
        patient = world.store.get(Patient, door.patient.patient_id)
        if patient is None or patient.contact_id != door.link.contact_id:
            return False
        try:
            world.store.commit(*make(patient), trace(world, door.link, action, world.clock(), where))
        except (Conflict, Rejected):
            continue
        return True
    raise Conflict(door.link.name)


def _declined(world: World, patient: Patient, kind: str) -> list[Change]:
    line = _line(world, patient, kind)
    comes = comes_to([line], line.at, Comes(patient.consent, patient.declined, patient.unencrypted, patient.proxy))
    fields: dict[str, object] = {"consent": comes.consent, "declined": comes.declined}
    return [_row(patient, fields), Put(line)]


def _neutral(world: World, patient: Patient) -> list[Change]:
    """The number knows each of its people's levels, for a crisis answer: both change together."""
    changes: list[Change] = [_row(patient, {"content_level": 0}), Put(_line(world, patient, "content_level_0"))]
    contact = world.store.get(Contact, patient.contact_id)
    if contact is None:
        return changes
    people = tuple(replace(each, content_level=0) if each.patient_id == patient.patient_id else each for each in contact.patients)
    fields = {"patients": people, "version": contact.version + 1}
    return [*changes, Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version})]


def _row(patient: Patient, fields: dict[str, object]) -> Update:
    changed = {**fields, "version": patient.version + 1}
    return Update(Patient, (patient.patient_id,), set=changed, expect={"version": patient.version})


def _line(world: World, patient: Patient, kind: str) -> ConsentEntry:
    now = world.clock()
    return ConsentEntry(
        patient.patient_id, world.ids(now), kind, "revoked", PAGE, now, "patient", RULE_VERSION,
        language=patient.language, program=patient.program,
    )  # fmt: skip
