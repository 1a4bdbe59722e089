"""What is on legal hold, and whose record is due, asked or decided to be deleted: ids and words of ours, for who may say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..core.erasures import Erasure
from ..core.holds import Hold
from ..core.records import Patient
from ..core.roles import Action
from ..core.staff import Staff
from ..ports import World
from . import trail
from .authority import demand

SHOWN = 90


@dataclass(frozen=True, slots=True)
class Keeping:
    """`holds`: those that hold. `erasures`: the newest first. `about`: of the record that was asked for, if it is theirs."""

    holds: tuple[Hold, ...]
    erasures: tuple[Erasure, ...]
    about: Patient | None


def read(world: World, who: Staff, patient_id: str = "") -> Keeping:
    """The officer sees all; a records person what is of their programs. Raises `NotFound`, `StoreError`."""
    demand(world, who, Action.HOLD)
    patient = world.store.get(Patient, patient_id) if patient_id else None
    subject = patient.patient_id if patient is not None else "keeping"  # what is nobody's id may be a name or a number (N5)
    world.store.commit(trail.entry(world, who, subject, "read_keeping", "compliance", world.clock()))
    holds = [each for each in world.store.keeping(Hold) if each.placed_at is not None]
    erasures = world.store.keeping(Erasure, limit=SHOWN)
    if who.may(Action.TRAIL):
        return Keeping(tuple(holds), tuple(erasures), patient)
    mine = _theirs(world, who, holds)
    about = patient if patient is not None and who.may_see(patient.program) else None
    return Keeping(tuple(mine), tuple(each for each in erasures if who.may_see(each.program)), about)


def _theirs(world: World, who: Staff, holds: list[Hold]) -> list[Hold]:
    mine: list[Hold] = []
    for at in range(0, len(holds), SHOWN):
        some = holds[at : at + SHOWN]
        rows: list[Any] = world.store.get_many([(Patient, (each.patient_id,)) for each in some])
        mine += [hold for hold, row in zip(some, rows, strict=True) if row is not None and who.may_see(row.program)]
    return mine
