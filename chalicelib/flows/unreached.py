"""Who cannot be reached by anything automatic, and why: the list that somebody works through before it matters (ACC-6)."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.consent import Scope
from ..core.reaching import open_channels, why_not
from ..core.records import Contact, Patient
from ..core.staff import Staff
from ..ports import World
from .read_many import contacts_of
from .roster import open_roster

READ = "who_cannot_be_reached"


@dataclass(frozen=True, slots=True)
class Unreached:
    """`whys`: channel and why not, a word of `core.reaching.WHY`, in their order. `asked`: whether a sheet was ever filled in."""

    patient_id: str
    program: str
    name: str
    whys: tuple[tuple[str, str], ...]
    asked: bool


def who_cannot_be_reached(world: World, who: Staff) -> tuple[Unreached, ...]:
    """Active patients of this person's programs whom no reminder would reach now, by name. Raises `StoreError`, `OpenFailed`."""
    found: list[Unreached] = []
    for program in who.programs:
        rows = _of_program(world, program) if program in world.clinic.programs else []
        if rows:
            names = open_roster(world, who, program, READ)
            found += [
                Unreached(patient.patient_id, program, names[patient.patient_id].name, whys, bool(patient.reach))
                for patient, whys in rows
                if patient.patient_id in names
            ]
    return tuple(sorted(found, key=lambda each: each.name.casefold()))


def _of_program(world: World, program: str) -> list[tuple[Patient, tuple[tuple[str, str], ...]]]:
    after, rows = "", list[tuple[Patient, tuple[tuple[str, str], ...]]]()
    while page := world.store.patients_of(program, after=after):
        after = page[-1].patient_id
        active = [each for each in page if each.status == "active" and not each.merged_into]
        contacts = contacts_of(world, {each.contact_id for each in active if each.contact_id})
        rows += [(each, whys) for each in active if (whys := _whys(world, each, contacts.get(each.contact_id)))]
    return rows


def _whys(world: World, patient: Patient, contact: Contact | None) -> tuple[tuple[str, str], ...]:
    """Why not, channel by channel; nothing for whom one of them would reach."""
    now, scope = world.clock(), Scope.APPOINTMENTS
    if open_channels(patient, contact, scope, now):
        return ()
    ways = patient.channels or ("text",)
    whys = tuple((each, why) for each in ways if (why := why_not(each, patient, contact, scope, now)))
    return whys or (("person", "not_in_plan"),)
