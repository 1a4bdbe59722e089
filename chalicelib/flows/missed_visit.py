"""A visit was missed, or was not after all: what begins and what ends with that word, in its own transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..core.appointments import AHEAD, Appointment
from ..core.records import Change, Reengagement, Step, Thread
from ..core.reengagement import MISSED, OLD, UNDO, fact
from ..ports import World
from . import call_first, reengage
from .plan_touches import Around

NOSHOW = "noshow"
BY = "schedule"
CALL_ASKED, LINE_PLANNED = "call_asked", "back_planned"  # lines of history


def after(
    world: World, around: Around, was: Appointment | None, visit: Appointment, by: str, now: datetime
) -> tuple[Appointment, list[Change]]:
    """The visit with its line of history, and the changes of rows besides its own. Raises `StoreError`."""
    before = was.status if was else ""
    if visit.status == NOSHOW and before != NOSHOW:
        return _missed(world, around, visit, by, now)
    if before == NOSHOW and visit.status != NOSHOW:
        return replace(visit, missed_at=None), _taken_back(world, around, visit, by, now)
    return visit, []


def _missed(world: World, around: Around, visit: Appointment, by: str, now: datetime) -> tuple[Appointment, list[Change]]:
    patient = around.patient
    marked = replace(visit, missed_at=now, answered_at=None)
    if visit.start_at > now or now - visit.start_at > OLD or patient.status == "deceased":
        return marked, []
    thread = world.store.get(Thread, patient.patient_id)
    found = fact(patient, thread, now)
    ended = [c for row in _on(world, patient.patient_id) for c in reengage.stopped(row, "replaced", by, now)]
    if found is not None:  # issue 5, part 4: a person first, whatever else they have booked
        asked = call_first.asked(world, patient, by, now, found.word, visit.appointment_id)
        return _noted(marked, CALL_ASKED, found.word, now), [*ended, *asked]
    if patient.status != "active" or patient.call_first or (thread is not None and thread.waiting_since):
        return marked, ended
    row_id = world.ids(now)
    rows = reengage.begun(world, patient, MISSED, by, now, visit, row_id)
    return (_noted(marked, LINE_PLANNED, row_id, now) if rows else marked), [*ended, *rows]


def _on(world: World, patient_id: str) -> list[Reengagement]:
    return [each for each in world.store.reengagements_of(patient_id) if each.state == "on"]


def _noted(visit: Appointment, what: str, detail: str, now: datetime) -> Appointment:
    return replace(visit, steps=(*visit.steps, Step(now, BY, what, detail)))


def _taken_back(world: World, around: Around, visit: Appointment, by: str, now: datetime) -> list[Change]:
    rows = reengage.with_visit(_on(world, visit.patient_id), visit.appointment_id)
    ended = [change for row in rows for change in reengage.stopped(row, "undone", by, now)]
    return [*ended, *call_first.taken_back(world, around.patient, visit.appointment_id)]


def was_before(visit: Appointment) -> str:
    """What it was until it was marked as missed: what taking the click back gives it again."""
    said = [step.what.removeprefix("status_") for step in visit.steps if step.what.startswith("status_")]
    return said[-2] if len(said) > 1 and said[-1] == NOSHOW and said[-2] != NOSHOW else "booked"


def may_take_back(visit: Appointment, now: datetime) -> bool:
    return visit.status == NOSHOW and visit.missed_at is not None and now - visit.missed_at < UNDO


def may_be_missed(visit: Appointment, now: datetime) -> bool:
    """Once it has begun, and while nobody has said what became of it."""
    return visit.start_at <= now and visit.status in AHEAD
