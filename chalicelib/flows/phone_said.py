"""What a text of theirs said of a phone is written down at the patient's own row: the tick may touch it, the door may not."""

from __future__ import annotations

from datetime import datetime

from ..core.records import Change, Contact, Due, Patient, Update
from ..core.said_by_phone import TIGHTENED, stricter
from ..ports import World
from .outbox import SHARD, gone, keep_due

KIND = "phone_said"


def due(contact_id: str, now: datetime) -> Update:
    return keep_due(Due(SHARD, now, f"{KIND}#{contact_id}", KIND, contact_id))


def write_down(world: World, row: Due) -> None:
    """For each of its people, what is stricter on the number. A row that moves meanwhile is read again by the next tick: raises
    `Rejected`, `Conflict`, `StoreError`."""
    contact = world.store.get(Contact, row.target)
    if contact is None:
        return world.store.commit(gone(row))
    found = world.store.get_many([(Patient, (ref.patient_id,)) for ref in contact.patients]) if contact.patients else []
    changes: list[Change] = [gone(row)]
    for patient in found:
        if not isinstance(patient, Patient):
            continue
        after = stricter(patient, contact)
        if after != patient:
            fields: dict[str, object] = {name: getattr(after, name) for name in TIGHTENED}
            fields["version"] = patient.version + 1
            changes.append(Update(Patient, (patient.patient_id,), set=fields, expect={"version": patient.version}))
    if contact.no_more or len(changes) > 1:
        known = {"no_more": (), "version": contact.version + 1}
        changes.append(Update(Contact, (contact.contact_id,), set=known, expect={"version": contact.version}))
    world.store.commit(*changes)
