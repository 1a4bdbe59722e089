"""A clinician says in which stage of change somebody is; nothing else ever does (RULES 4.4)."""

from __future__ import annotations

from dataclasses import dataclass

from ..core import stage as rules
from ..core.records import ABSENT, Change, Delete, Patient, Stage, Update
from ..core.roles import Action
from ..core.staff import Staff
from ..core.stage import HOLDS, STAGES
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import trail
from .waitlist_desk import of_program

PURPOSE = "treatment"


@dataclass(frozen=True, slots=True)
class StageNow:
    """`void`: a word of `core.stage.WHY_NOT`, "" while it holds."""

    stage: Stage | None
    void: str


def read_stage(world: World, patient: Patient) -> StageNow:
    """One read; a query of visits and the program's urgent items besides where one is set. The caller has let the person in.

    Raises `StoreError`."""
    found, now = world.store.get(Stage, patient.patient_id), world.clock()
    if found is None or now - found.set_at >= HOLDS:
        return StageNow(found, rules.void(found, (), (), now))
    months = dict.fromkeys(f"{at:%Y-%m}" for at in (found.set_at, found.set_at + (now - found.set_at) / 2, now))
    items = [each for month in months for each in world.store.incidents_of(patient.program, month)]
    crises = [each.detected_at for each in items if each.patient_id == patient.patient_id]
    return StageNow(found, rules.void(found, world.store.appointments_of(patient.patient_id), crises, now))


def set_stage(world: World, who: Staff, patient_id: str, stage: str) -> None:
    """`stage`: a word of STAGES, or "" to take it back. Raises `NotFound` for a role that may not, `StoreError`."""
    patient, now = of_program(world, who, patient_id, "set_stage"), world.clock()
    if not who.may(Action.STAGE) or stage not in {"", *STAGES}:
        trail.refuse(world, who, patient_id, "set_stage", PURPOSE)
        raise NotFound(patient_id)
    known = world.store.get(Stage, patient.patient_id)
    entry = trail.entry(world, who, patient_id, "set_stage" if stage else "clear_stage", PURPOSE, now)
    change: Change = Delete(Stage, (patient_id,))
    if stage:
        version = known.version if known else 0
        fields = {"stage": stage, "set_by": who.staff_id, "set_at": now, "version": version + 1}
        change = Update(Stage, (patient_id,), set=fields, expect={"version": version or ABSENT}, create=not version)
    try:
        world.store.commit(change, entry)
    except Rejected:
        raise Conflict(patient_id) from None  # somebody set it meanwhile: look again
