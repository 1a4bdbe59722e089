"""Once a day: whose record the table of years lets go. Nothing is deleted here: two people decide on each (`erase_patient`)."""

from __future__ import annotations

from datetime import timedelta

from ..core.erasures import GONE, LISTED, OPEN, Erasure
from ..core.records import ABSENT, Due, Patient, Put, Update
from ..core.retention import StateRule, kept_until
from ..errors import Rejected
from ..ports import World
from ..texts import retention
from . import trail
from .erase_patient import blocked, last_contact
from .legal_hold import PURPOSE, nobody_holds
from .outbox import SHARD, gone, keep_due

KIND = "list_due"
READER = "job:list_due"
HOUR = 3  # of the clinic's clock
OPEN_AT_ONCE = 50  # as many as people can look at
PAGE = 500


def ask(world: World) -> None:
    """The due row of the next look, where a state's row stands at all. Raises `StoreError`."""
    if retention.table().rule is None:
        return
    at = world.clock().astimezone(world.clinic.zone).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    world.store.commit(keep_due(Due(SHARD, at + timedelta(days=1), KIND, KIND, "clinic")))


def look(world: World, due: Due) -> None:
    """Raises `StoreError`."""
    rule = retention.table().rule
    if rule is not None:
        list_all(world, rule)
    world.store.commit(gone(due))


def list_all(world: World, rule: StateRule) -> int:
    """How many were listed. Only whom nothing else keeps; a birth date is sealed, and asked for by who confirms."""
    room = OPEN_AT_ONCE - sum(each.state in OPEN for each in world.store.keeping(Erasure))
    listed = 0
    for program in world.clinic.programs:
        after = ""
        while listed < room and (page := world.store.patients_of(program, PAGE, after)):
            for each in page:
                listed += listed < room and each.status in GONE and not each.erasing and _one(world, rule, each)
            after = page[-1].patient_id
    return listed


def _one(world: World, rule: StateRule, patient: Patient) -> bool:
    now = world.clock()
    if kept_until(rule, last_contact(world, patient).date(), None) > now.date() or blocked(world, patient, "retention"):
        return False
    made = Erasure(world.ids(now), patient.patient_id, patient.program, now, "retention", LISTED, law=rule.name)
    try:
        world.store.commit(
            Put(made),
            Update(Patient, (patient.patient_id,), set={"erasing": made.erasure_id}, expect={"erasing": ABSENT}),
            nobody_holds(patient.patient_id),
            trail.job(world, READER, patient.patient_id, "erase_listed", PURPOSE, now, rule.name),
        )
    except Rejected:
        return False
    return True
