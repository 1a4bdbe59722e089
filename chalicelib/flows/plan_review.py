"""A safe-phone plan is due to be looked at again: a task for the program, once (SAFE-1: homes and phones change)."""

from __future__ import annotations

from ..core.records import Change, Due, Patient, Task
from ..ports import World
from . import desk_tasks
from .outbox import gone
from .plan_rows import REVIEW, review_due


def look(world: World, due: Due) -> None:
    """The task, if the plan has not been looked at since; then the row is forgotten. Raises `StoreError`."""
    patient = world.store.get(Patient, due.target)
    if patient is None or patient.merged_into or patient.plan_due is None or patient.plan_due > world.clock():
        return world.store.commit(gone(due))
    world.store.commit(*settled(due, review_due(due.target, patient.plan_due)), *asked(world, patient))


def settled(due: Due, planned: Due) -> list[Change]:
    """The row that is handled, and the one that it was first, where it was put off since: a transaction takes a row once."""
    return [gone(each) for each in {(each.at, each.due_id): each for each in (due, planned)}.values()]


def asked(world: World, patient: Patient, kind: str = REVIEW) -> list[Change]:
    """The change that puts it on the list; none where it stands there, or where the list is full (the page says it is due)."""
    now = world.clock()
    task = Task(world.ids(now), kind, patient.patient_id, "auto", now, now, patient_id=patient.patient_id)
    return desk_tasks.once(world, patient.program, task)
