"""Once a day: whose record the table of years lets go. Nothing is deleted here: two people decide on each (`erase_patient`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import dropwhile

from ..core.erasures import DROPPED, GONE, LISTED, OPEN, Erasure
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
MOST = 100_000  # decisions that are looked through
WORK, SOON = timedelta(seconds=10), timedelta(minutes=1)  # of a tick's minute; then it goes on in the next
KEPT_FOR = timedelta(days=365)  # who was kept after all is asked about again then, or when the table's row is another


def ask(world: World) -> None:
    """The due row of the next look, where a state's row stands at all. Raises `StoreError`."""
    if retention.table().rule is None:
        return
    at = world.clock().astimezone(world.clinic.zone).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    world.store.commit(keep_due(Due(SHARD, at + timedelta(days=1), KIND, KIND, "clinic")))


def look(world: World, due: Due) -> None:
    """Raises `StoreError`."""
    look_by(world, due, retention.table().rule)


def look_by(world: World, due: Due, rule: StateRule | None) -> None:
    """Some seconds of it: who looks at everybody outlasts a tick, which Lambda would end each minute anew."""
    stopped = list_all(world, rule, due.about) if rule is not None else ""
    rest = [Put(replace(due, at=world.clock() + SOON, about=stopped))] if stopped else []
    world.store.commit(gone(due), *rest)


def list_all(world: World, rule: StateRule, since: str = "") -> str:
    """Where it stopped, or "" at the end. Only whom nothing else keeps; a birth date is sealed, and asked for by who confirms."""
    began = world.clock()
    decided = world.store.keeping(Erasure, limit=MOST)
    room, listed = OPEN_AT_ONCE - sum(each.state in OPEN for each in decided), 0
    kept = {each.patient_id for each in decided if _kept_after_all(each, rule, began)}
    first, _, after = since.partition("|")
    for program in dropwhile(lambda each: first not in ("", each), world.clinic.programs):
        while listed < room and (page := world.store.patients_of(program, PAGE, after)):
            for each in page:
                if world.clock() - began > WORK:
                    return f"{program}|{after}"
                after = each.patient_id
                wanted = after not in kept and _may_be_over(rule, each, began.date())
                listed += listed < room and wanted and _one(world, rule, each)
        after = ""
    return ""


def _may_be_over(rule: StateRule, patient: Patient, today: date) -> bool:
    """By their own row alone: texts and visits, which are read for few, can only keep it longer."""
    known = [at for at in (patient.discharged_at, patient.created_at, patient.called_at) if at is not None]
    over = not known or kept_until(rule, max(known).date(), None) <= today
    return over and patient.status in GONE and not patient.erasing


def _kept_after_all(made: Erasure, rule: StateRule, now: datetime) -> bool:
    """Somebody said so, by this row of the table, within the year."""
    return made.state == DROPPED and made.law == rule.name and made.ended_at is not None and made.ended_at + KEPT_FOR > now


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
