"""How somebody can be reached is due to be asked again: a task for the program, once (ACC-7: numbers come and go)."""

from __future__ import annotations

from ..core.records import Due, Patient
from ..ports import World
from .outbox import gone
from .plan_review import asked, settled
from .reach_rows import REVIEW, review_due


def look(world: World, due: Due) -> None:
    """The task, if they have not been asked since; then the row is forgotten. Raises `StoreError`."""
    patient = world.store.get(Patient, due.target)
    if patient is None or patient.merged_into or patient.reach_due is None or patient.reach_due > world.clock():
        return world.store.commit(gone(due))
    world.store.commit(*settled(due, review_due(due.target, patient.reach_due)), *asked(world, patient, REVIEW))
