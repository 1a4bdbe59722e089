"""An opening was taken a moment ago: its visit gets its place and its texts, and what else was held or asked for them ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ..core.appointments import Appointment
from ..core.records import Change, Delete, Due, Patient, Quiet, Slot, Task, WaitlistEntry
from ..core.tasks import next_day
from ..core.waitlist import declined, held
from ..errors import Conflict, Rejected
from ..ports import World
from . import desk_tasks, offer_ways, slot_rows
from .book_appointment import row_of
from .listed_visits import with_list
from .outbox import gone, keep_due
from .plan_touches import open_details, read_around, replan, seal_details

READER = "job:waitlist"
LINK = "visit_link"  # the kind of task
FAR = timedelta(days=60)  # openings lie within it


def settle(world: World, due: Due) -> None:
    """Raises `StoreError`, `VaultError`: the due row then stays, and the visit stands all the same."""
    slot, now = slot_rows.slot_of(world, due.target), world.clock()
    if slot is None or slot.state != "taken":
        return world.store.commit(gone(due))
    patient_id, _, visit_id = slot.taken_by.partition(".")
    patient = world.store.get(Patient, patient_id)
    visit = world.store.get(Appointment, patient_id, visit_id)
    changes: list[Change] = [Delete(Quiet, (slot.program, patient_id)), *_released(world, slot, patient_id, now)]
    changes += _off_the_list(world, slot, patient_id, visit_id)
    changes += offer_ways.ended_calls(world, slot.program, {each.task_id for each in slot.offers if each.task_id})
    if patient is not None and visit is not None and visit.ahead and visit.start_at == slot.start_at:
        changes += _planned(world, slot, patient, visit, now)
    try:
        world.store.commit(gone(due), *changes)
    except (Rejected, Conflict):
        world.journal.count("slot_contended")  # the next tick looks again


def _planned(world: World, slot: Slot, patient: Patient, visit: Appointment, now: datetime) -> list[Change]:
    own = open_details(world, visit, READER)
    place = slot_rows.open_place(world, slot, READER).place
    details = replace(own, place=place, link=own.link if slot.remote else "")
    wanted = visit if details == own else replace(visit, sealed_details=seal_details(world, visit, details))
    around = read_around(world, patient)
    done, more = replan(world, around, wanted, visit, now)
    changes: list[Change] = [row_of(visit, done), *more] if done != visit else more
    changes += [_link_wanted(world, slot, visit, now)] if slot.remote and not own.link else []
    return with_list(changes, patient, around.visits, now)


def _link_wanted(world: World, slot: Slot, visit: Appointment, now: datetime) -> Change:
    """Nobody gets another patient's link: a person puts in theirs."""
    task = Task(
        world.ids(now), LINK, visit.patient_id, "waitlist", now, min(next_day(world.clinic, slot.program, now), slot.start_at),
        patient_id=visit.patient_id, about=visit.appointment_id,
    )  # fmt: skip
    return desk_tasks.add(slot.program, task)


def _off_the_list(world: World, slot: Slot, patient_id: str, visit_id: str) -> list[Change]:
    entry = world.store.get(WaitlistEntry, slot.program, patient_id)
    theirs = entry is not None and entry.visit_id in ("", visit_id)
    return [Delete(WaitlistEntry, (slot.program, patient_id))] if theirs else []


def _released(world: World, taken: Slot, patient_id: str, now: datetime) -> list[Change]:
    """Other times that were held for them are free for whoever is next."""
    changes: list[Change] = []
    for slot in world.store.openings(taken.program, now, now + FAR):
        if slot.slot_id != taken.slot_id and held(slot, patient_id, now) is not None:
            again = slot_rows.due_of(slot.ref, now + timedelta(seconds=1))
            changes += [slot_rows.row_of(slot, declined(slot, patient_id)), keep_due(again)]
    return changes
