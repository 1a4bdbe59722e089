"""A patient's row lists the visits that their thread shows: opening it looks for none (docs/decisions/appointments.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from ..core.appointments import Appointment, listed
from ..core.people import UNLISTED
from ..core.records import ABSENT, Change, Patient, Record, Update
from ..ports import World

Keys = list[tuple[type[Record], tuple[str, ...]]]


def with_list(changes: Sequence[Change], patient: Patient, visits: Iterable[Appointment], now: datetime) -> list[Change]:
    """The changes, and the patient's list of visits where it lacks one: a new one, or one that an older version of the code
    booked. In one with another change of the patient's row. Refused by the store when the list is not the one that was read.
    """
    key, wanted = (patient.patient_id,), listed(visits, now)
    if set(wanted) <= set(patient.visits):
        return [*changes]
    found = next((each for each in changes if isinstance(each, Update) and (each.record, each.key) == (Patient, key)), None)
    row = found or Update(Patient, key)
    read = (ABSENT, UNLISTED) if patient.visits == UNLISTED else (patient.visits,)
    expect = {**row.expect, "visits": read}
    listing = replace(row, set={**row.set, "visits": wanted}, expect=expect, any_of=(*row.any_of, "visits"))
    return [*(each for each in changes if each is not found), listing]


def unlisted(patient_id: str) -> Update:
    """For whoever adds a visit without having read the others: they are looked up until the next change lists them."""
    return Update(Patient, (patient_id,), set={"visits": None})


def keys(patient: Patient | None, room: int) -> Keys:
    """What to read besides, where the patient's row says which and the read has room for as many; else nothing."""
    ids = patient.visits if patient and patient.visits != UNLISTED and len(patient.visits) <= room else ()
    return [(Appointment, (patient.patient_id, each)) for each in ids] if patient else []


def shown(world: World, patient: Patient | None, found: Sequence[Record | None] | None) -> tuple[Appointment, ...]:
    """The newest booked first. `found`: what was read by `keys`; None where that could not be: one query looks them up."""
    if patient is None or patient.visits == ():
        return ()
    if found is None:
        return tuple(world.store.appointments_of(patient.patient_id))
    visits = (each for each in found if isinstance(each, Appointment))
    return tuple(sorted(visits, key=lambda each: each.appointment_id, reverse=True))
