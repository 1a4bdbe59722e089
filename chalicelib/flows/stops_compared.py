"""Where our STOPs and the carrier's differ, and what was taken over from it: for staff of a program, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..core import carrier_stops
from ..core.carrier_stops import compared_key
from ..core.compared import Compared
from ..core.records import Contact, Patient
from ..core.staff import Staff
from ..ports import World
from .read_many import contacts_of
from .roster import open_roster

READ = "stops_compared"


@dataclass(frozen=True, slots=True)
class Difference:
    """`stands`: how the number stands here and there, a word of `core.carrier_stops`."""

    patient_id: str
    program: str
    name: str
    stands: str
    since: datetime


@dataclass(frozen=True, slots=True)
class StopsCompared:
    """`at`: when the carrier's list was last read to its end; None for a carrier that shows none, or not yet. `listed`: how many
    are on it."""

    carrier: str
    at: datetime | None
    listed: int
    rows: tuple[Difference, ...]


def stops_compared(world: World, who: Staff) -> StopsCompared:
    """Of this person's programs, what a person must do first. Raises `StoreError`, `OpenFailed`."""
    carrier = world.clinic.carrier
    last = world.store.get(Compared, compared_key(carrier))
    rows = [row for program in who.programs for row in _of_program(world, who, program, last is not None)]
    rows.sort(key=lambda row: (ORDER.index(row.stands), row.since))
    return StopsCompared(carrier, last.at if last else None, len(last.listed) if last else 0, tuple(rows))


ORDER = (carrier_stops.NOT_BACK, carrier_stops.TAKEN_OVER, carrier_stops.HERE_ALONE)


def _of_program(world: World, who: Staff, program: str, has_list: bool) -> list[Difference]:
    found = _found(world, program, has_list) if program in world.clinic.programs else []
    names = open_roster(world, who, program, READ) if found else {}
    return [
        Difference(patient.patient_id, program, names[patient.patient_id].name, stands, since)
        for patient, stands, since in found
        if patient.patient_id in names
    ]


def _found(world: World, program: str, has_list: bool) -> list[tuple[Patient, str, datetime]]:
    after, found = "", list[tuple[Patient, str, datetime]]()
    while page := world.store.patients_of(program, after=after):
        after = page[-1].patient_id
        mine = [each for each in page if each.contact_id and not each.merged_into]
        contacts = contacts_of(world, {each.contact_id for each in mine})
        found += [(each, *seen) for each in mine if (seen := _seen(contacts.get(each.contact_id), has_list))]
    return found


def _seen(contact: Contact | None, has_list: bool) -> tuple[str, datetime] | None:
    stands = carrier_stops.stands(contact, has_list) if contact else ""
    if contact is None or not stands:
        return None
    since = contact.stopped_at if stands == carrier_stops.HERE_ALONE else contact.carrier_out_at
    return (stands, since) if since is not None else None
