"""Each patient's own due row: have they gone quiet? One look costs the same at any number of patients; then it is armed again.

No text leaves from here unless the program says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ..core.people import Patient
from ..core.quiet import Quiet, last_contact, last_visit, morning, next_look
from ..core.records import Appointment, Change, Delete, Due, Thread, Update
from ..errors import Conflict, Rejected
from ..ports import World
from . import reengage
from .outbox import SHARD, gone, keep_due

KIND = "quiet"  # of the due rows
BY = "gone_quiet"
AGAIN, SELDOM = timedelta(days=1), timedelta(days=30)  # while on the list; where a program keeps none, or they are away
OVER = frozenset({"deceased", "discharged"})  # nobody waits for them; whose status is changed back is armed again


def due_of(patient_id: str, program: str, at: datetime) -> Due:
    return Due(SHARD, at, f"{KIND}#{patient_id}", KIND, patient_id, about=program)


def first_look(world: World, program: str, now: datetime) -> datetime:
    """Of somebody who was registered, or is back, at this moment."""
    known = world.clinic.programs.get(program)
    return morning(now + timedelta(days=known.quiet_days if known and known.quiet_days else SELDOM.days), world.clinic.zone)


def look(world: World, due: Due) -> None:
    """Raises `StoreError`: the due row then stays."""
    patient, thread, entry = world.store.get_many(
        [(Patient, (due.target,)), (Thread, (due.target,)), (Quiet, (due.about, due.target))]
    )
    if not isinstance(patient, Patient) or (patient.quiet_due is not None and patient.quiet_due > due.at):
        return world.store.commit(gone(due))  # another row looks after them
    known = entry if isinstance(entry, Quiet) else None
    first, changes = _found(world, patient, thread if isinstance(thread, Thread) else None, known)
    try:
        if first:  # on the list, and what begins by itself: of its own, since both may change the patient's row
            world.store.commit(*first)
        world.store.commit(gone(due), *changes)
    except (Rejected, Conflict):
        world.journal.count("quiet_contended")  # the next tick looks again


def _found(
    world: World, patient: Patient, thread: Thread | None, entry: Quiet | None
) -> tuple[list[Change], list[Change]]:
    """What is written first, and what goes with the next look."""
    now, program = world.clock(), world.clinic.programs.get(patient.program)
    off: list[Change] = [Delete(Quiet, (entry.program, entry.patient_id))] if entry else []
    if patient.merged_into or patient.status in OVER:
        return [], [*off, *_armed(patient, None)]
    if program is None or not program.quiet_days or patient.status != "active":
        return [], [*off, *_armed(patient, morning(now + SELDOM, world.clinic.zone))]
    visits = world.store.appointments_of(patient.patient_id)
    since, contact = last_contact(patient, thread, visits)
    at = next_look(since or now, program.quiet_days, visits, world.clinic.zone, now)
    if at is not None:
        return [], [*off, *_armed(patient, at)]
    here = entry if entry is not None and entry.program == patient.program else None
    again = _armed(patient, morning(now + AGAIN, world.clinic.zone))
    entry_now = _entry(patient, since or now, contact, visits, now)
    return _listed(world, patient, thread, here, entry_now), [*([] if here else off), *again]


def _entry(patient: Patient, since: datetime, contact: str, visits: Sequence[Appointment], now: datetime) -> Quiet:
    last = last_visit(visits, now)
    missed = last is not None and last.status == "noshow"
    return Quiet(patient.program, patient.patient_id, since, contact, now, missed, last.appointment_id if last else "")


def _listed(world: World, patient: Patient, thread: Thread | None, known: Quiet | None, entry: Quiet) -> list[Change]:
    """On the list, once for each silence; and what the program wants begun by itself. A line that stands is not written again."""
    same = known is not None and known.since == entry.since
    held = known if same and known is not None else entry
    now, program = world.clock(), world.clinic.programs[patient.program]
    left = held.left_until is not None and now < held.left_until
    rows: list[Change] = []
    if program.quiet_texts and held.begun_at is None and not left:
        _, rows = reengage.begin_quiet(world, patient, thread, BY)
    begun = {"begun_at": now} if rows else {}
    key = (entry.program, entry.patient_id)
    if same:
        return [*rows, *([Update(Quiet, key, set=begun)] if begun else [])]
    fields: dict[str, object] = {name: getattr(entry, name) for name in NEW}
    return [*rows, Update(Quiet, key, set=fields | begun, create=True)]


NEW = ("since", "contact", "found_at", "missed", "visit_id", "left_until", "left_why", "left_by", "begun_at")


def _armed(patient: Patient, at: datetime | None) -> list[Change]:
    """One due row a patient; None: nobody looks any more."""
    mark = Update(Patient, (patient.patient_id,), set={"quiet_due": at})
    return [mark, *([keep_due(due_of(patient.patient_id, patient.program, at))] if at else [])]


def armed(world: World, patient_id: str, program: str, now: datetime) -> list[Change]:
    """For whoever registers somebody: the first look. The patient's own row says `quiet_due` beside it."""
    return [keep_due(due_of(patient_id, program, first_look(world, program, now)))]
