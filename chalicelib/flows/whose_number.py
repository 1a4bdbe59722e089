"""Numbers that may be somebody else's: the list with reasons, and what a person found out (SAFE-7). A machine settles nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ..core.records import Change, Contact, Patient, Task, Tasks, Update
from ..core.safe_phone import CHECKED
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import breach_cases, desk_tasks, trail
from .number_doubt import KIND
from .patient_rows import without_person
from .read_thread import admit
from .roster import open_roster

ATTEMPTS = 4
THEIRS, ANOTHERS = "theirs", "anothers"


@dataclass(frozen=True, slots=True)
class Doubted:
    """One patient whose number is in doubt. `why`: a word of `core.whose_number.DOUBTS`."""

    patient_id: str
    program: str
    name: str
    why: str
    since: datetime


def numbers_in_doubt(world: World, who: Staff) -> tuple[Doubted, ...]:
    """Of this person's programs, the longest first: one read and one opening a program. Raises `StoreError`, `OpenFailed`."""
    found = world.store.get_many([(Tasks, (program,)) for program in who.programs])
    rows: list[Doubted] = []
    for each in found:
        mine = [task for task in each.items if task.kind == KIND] if isinstance(each, Tasks) else []
        if not (mine and isinstance(each, Tasks)):
            continue
        people = open_roster(world, who, each.program, "numbers_in_doubt")
        named = ((task, people.get(task.patient_id)) for task in mine)
        rows += [Doubted(task.patient_id, each.program, entry.name, task.about, task.at) for task, entry in named if entry]
    return tuple(sorted(rows, key=lambda row: row.since))


def settle(world: World, who: Staff, patient_id: str, found: str, how: str) -> str:
    """It is theirs, which needs to be checked with them; or another's, and then the patient is detached from it. done, nothing,
    check. Raises `NotFound`, `Conflict`, `StoreError`."""
    for _ in range(ATTEMPTS):
        _, patient = admit(world, who, patient_id, f"number_{found}", "care")
        if patient is None or not who.may_see(patient.program):
            raise NotFound(patient_id)
        if found == THEIRS and how not in CHECKED:
            return "check"
        contact, tasks = world.store.get_many([(Contact, (patient.contact_id,)), (Tasks, (patient.program,))])
        if not isinstance(contact, Contact) or patient.no_phone:
            return "nothing"
        now = world.clock()
        changes = _theirs(contact, patient, now) if found == THEIRS else _anothers(world, who, contact, patient, now)
        changes += [breach_cases.of_number(world, who, contact, patient, world.ids(now))] if found == ANOTHERS else []
        entry = trail.entry(world, who, patient_id, f"number_{found}", "care", now, how or "done")
        try:
            world.store.commit(*changes, *_listed(tasks, patient, who, found, world, now), entry)
        except (Conflict, Rejected):
            continue
        return "done"
    raise Conflict(patient_id)


def _theirs(contact: Contact, patient: Patient, now: datetime) -> list[Change]:
    """RND-3. What their texts said of texts stays: after STOP only START from the phone brings them back."""
    fields = {"doubt": None, "doubt_at": None, "confirmed_at": now, "version": contact.version + 1}
    return [Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version})]


def _anothers(world: World, who: Staff, contact: Contact, patient: Patient, now: datetime) -> list[Change]:
    """The number knows this patient no more; in doubt it stays for who else is behind it."""
    left = without_person(contact, patient.patient_id, now)
    alone = all(ref.patient_id == patient.patient_id for ref in contact.patients)
    number = replace(left, set=left.set | {"doubt": None, "doubt_at": None, "confirmed_at": None}) if alone else left
    gone = {"no_phone": True, "version": patient.version + 1}
    return [number, Update(Patient, (patient.patient_id,), set=gone, expect={"version": patient.version})]


def _listed(tasks: object, patient: Patient, who: Staff, found: str, world: World, now: datetime) -> list[Change]:
    """The question is off the list; what may have been said to somebody else is on it (TXT-6)."""
    known = tasks if isinstance(tasks, Tasks) else Tasks(patient.program)
    asked = [each.task_id for each in known.items if (each.kind, each.patient_id) == (KIND, patient.patient_id)]
    breach = Task(world.ids(now), "misdirected", patient.patient_id, who.staff_id, now, now, patient_id=patient.patient_id)
    rest = tuple(each for each in known.items if each.task_id not in asked)
    items = (*rest, breach) if found == ANOTHERS else rest
    if items == known.items:
        return []
    if not known.version:
        return [desk_tasks.add(patient.program, breach)]
    expect = {"version": known.version}
    return [Update(Tasks, (patient.program,), set={"items": items}, add={"version": 1}, expect=expect)]

