"""A patient goes to another program: who may read changes in one transaction, and every text is sealed again after it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..core.records import Change, Contact, Delete, Move, Patient, Put, Roster, Tasks, Thread, Update, WaitlistEntry
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import desk_tasks, move_thread, move_visits, plan_rows, reach_rows, trail
from .patient_rows import rehoused, sealed_profile
from .read_thread import admit, open_profile
from .roster import Entry, arrived, roster_with

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Transferred:
    move_id: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class NotTransferred:
    """`why`: program (no such program, or the same), moving (another move is not done), merged."""

    why: str


def transfer(world: World, who: Staff, patient_id: str, program: str, form_id: str) -> Transferred | NotTransferred:
    """From then on the old program reads "not found". An open incident goes along, with whoever holds it.

    `form_id`: minted with the form; becomes the move's id. Raises `NotFound`, `Conflict`, `StoreError`, `VaultError`.
    """
    for _ in range(ATTEMPTS):
        if world.store.get(Move, form_id) is not None:
            return Transferred(form_id, True)
        thread, patient = admit(world, who, patient_id, "transfer", "care")
        if patient is None or not who.may_see(patient.program):
            raise NotFound(patient_id)
        if program not in world.clinic.programs or program == patient.program:
            return NotTransferred("program")
        if patient.moving or patient.merged_into:
            return NotTransferred("moving" if patient.moving else "merged")
        try:
            world.store.commit(*_changes(world, who, thread, patient, program, form_id))
        except (Conflict, Rejected):  # a text, a page or a colleague at this moment: read again
            continue
        move_thread.begin(world, who, form_id)
        return Transferred(form_id)
    raise Conflict(patient_id)


def _changes(world: World, who: Staff, thread: Thread, patient: Patient, program: str, form_id: str) -> list[Change]:
    now, patient_id, old = world.clock(), patient.patient_id, patient.program
    contact, here, there = world.store.get_many([(Contact, (patient.contact_id,)), (Roster, (old,)), (Roster, (program,))])
    assert contact is None or isinstance(contact, Contact)
    assert (here is None or isinstance(here, Roster)) and (there is None or isinstance(there, Roster))
    left, more = (world.store.get(Tasks, each) for each in (old, program))
    profile = open_profile(world, who, patient)
    move = Move(form_id, "transfer", patient_id, patient_id, program, patient_id, now, who.staff_id, old)
    sealed = sealed_profile(world, patient, profile, program)
    plan, versions = plan_rows.taken_along(world, patient, who.staff_id, program, now)
    reach, sheet = reach_rows.taken_along(world, patient, profile.birth_date, who.staff_id, program, now)
    fields = {"program": program, "sealed_profile": sealed, "moving": form_id, "version": patient.version + 1, **plan, **reach}
    return [
        Put(move),
        Put(move_thread.due_for(move)),
        Update(Patient, (patient_id,), set=fields, expect={"version": patient.version}),
        roster_with(world, who, here, old, patient_id, None),
        arrived(world, there, program, patient_id, Entry(profile.name, profile.tags)),  # the list there is not theirs to open
        _summary(thread, patient, program),
        trail.entry(world, who, patient_id, "transfer", "care", now),
        *(_number(contact, patient_id, program) if contact else []),
        *desk_tasks.taken_along(left, more, patient_id, program),
        *versions,
        *sheet,
        Delete(WaitlistEntry, (old, patient_id)),  # the new program has a list of its own
    ]


def _summary(thread: Thread, patient: Patient, program: str) -> Update:
    """Its owner is of the old program."""
    fields = {"program": program, "patient_id": patient.patient_id, "contact_id": patient.contact_id, "owner": None}
    return Update(Thread, (thread.thread_id,), set=fields, create=True)


def _number(contact: Contact, patient_id: str, program: str) -> list[Change]:
    """The door reads the program here. A page of this moment changed the contact, and then all of it is read again (N2)."""
    people = tuple(replace(ref, program=program) if ref.patient_id == patient_id else ref for ref in contact.patients)
    fields: dict[str, object] = {"patients": people, "version": contact.version + 1}
    if move_visits.asks_about(contact, patient_id):
        fields["prompt"] = None
    mine = [ref for ref in contact.incidents if ref.thread_id == patient_id]
    return [
        Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version}),
        *(rehoused(ref, program=program, open_in=program) for ref in mine),
    ]
