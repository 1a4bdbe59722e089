"""Delete a record's rows, some at a time; each transaction removes them, counts them and asks that no hold is on it. A run
that ends anywhere is taken up again: there is no row gone that the count does not know, and none of a record that is held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from ..core.amendments import Amendment
from ..core.channels import CHANNELS
from ..core.erasures import CONFIRMED, DONE, STOPPED, Erasure
from ..core.holds import Hold
from ..core.moving import LAST_WRITER
from ..core.records import (
    Address,
    Appointment,
    Change,
    Charted,
    Delete,
    Due,
    Incident,
    Message,
    Patient,
    Put,
    Quiet,
    ReachSheet,
    Record,
    Reengagement,
    Round,
    SafePlan,
    Stage,
    Thread,
    Update,
    WaitlistEntry,
)
from ..errors import Conflict, Rejected
from ..ports import World
from . import trail
from .erase_patient import KIND
from .legal_hold import PURPOSE, nobody_holds
from .outbox import SHARD, gone

READER = "job:erase"
PAGE = 500  # records looked at together, for those that were merged into it
SOME = 30  # rows of a kind in one transaction, which takes 100
MOST = 40  # transactions a run: some seconds, so that a tick ends
AGAIN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that goes, and what it counts as. `open`: an urgent item that somebody still works at; it is waited for."""

    kind: str
    record: type[Record]
    key: tuple[object, ...]
    open: bool = False


def go_on(world: World, due: Due) -> None:
    """One run; ends when nothing is left and no earlier request can still write. Raises `StoreError`."""
    now = world.clock()
    for _ in range(MOST):
        made = world.store.get(Erasure, due.target)
        if made is None or made.state != CONFIRMED:
            return world.store.commit(gone(due))
        if (hold := world.store.get(Hold, made.patient_id)) is not None and hold.placed_at is not None:
            return _stopped(world, due, made)
        rows = _next(world, made)
        if not rows and made.confirmed_at is not None and now - made.confirmed_at >= LAST_WRITER:
            return _ended(world, due, made)
        if not rows or any(row.open for row in rows):  # N2: nothing goes under the hands of who was paged
            break
        try:
            world.store.commit(nobody_holds(made.patient_id), _counted(made, rows), *_deletes(rows))
        except (Conflict, Rejected):  # a hold, or another run at this moment: look again
            continue
    world.store.commit(gone(due), Put(Due(SHARD, now + AGAIN, due.due_id, KIND, due.target)))
    return None


def _next(world: World, made: Erasure) -> list[Row]:
    """Some rows of the first kind that is left. The record itself goes last, with the end of it; before it whatever is left of
    records that were merged into it: their names are the same person's."""
    rows = list(_of_one(world, made, made.patient_id))
    for each in () if rows else _merged_in(world, made.patient_id):
        rows = list(_of_one(world, made, each))
        return rows or [Row("record", Patient, (each,)), Row("record", Thread, (each,))]
    return rows


def _merged_in(world: World, patient_id: str) -> list[str]:
    """Who ended in it, the ones that ended first before those that they ended in. Every record is looked at, since a merge is
    written down with who ends alone: once for a deletion, which is rare."""
    into: dict[str, list[str]] = {}
    for program in world.clinic.programs:
        after = ""
        while page := world.store.patients_of(program, PAGE, after):
            after = page[-1].patient_id
            for each in page:
                if each.merged_into:
                    into.setdefault(each.merged_into, []).append(each.patient_id)
    found = [patient_id]
    for stays in found:  # grows while it is read
        found += [ended for ended in into.get(stays, ()) if ended not in found]
    return found[:0:-1]


def _of_one(world: World, made: Erasure, patient_id: str) -> Iterator[Row]:
    if found := world.store.newest(patient_id, SOME):
        yield from (Row("messages", Message, (patient_id, each.message_id)) for each in found)
        yield from _incidents(world, patient_id, {each.incident_id for each in found if each.incident_id})
    elif visits := world.store.appointments_of(patient_id, SOME):
        yield from (Row("visits", Appointment, (patient_id, each.appointment_id)) for each in visits)
        yield from (Row("lists", Charted, (each.charted,)) for each in visits if each.charted)
    elif asked := world.store.keeping(Amendment, patient_id, SOME):
        yield from (Row("plans", Amendment, (patient_id, each.amendment_id)) for each in asked)
    elif rounds := world.store.keeping(Round, patient_id, SOME):
        yield from (Row("lists", Round, (patient_id, each.round_id)) for each in rounds)
    elif returns := world.store.reengagements_of(patient_id, SOME):
        yield from (Row("lists", Reengagement, (patient_id, each.reengagement_id)) for each in returns)
    else:
        yield from _singles(world, made, patient_id)


def _incidents(world: World, patient_id: str, ids: set[str]) -> Iterator[Row]:
    """With those that somebody opened at the last moment: the deletion waits until a person ends them (N2)."""
    found = world.store.get_many([(Incident, (each,)) for each in sorted(ids)]) if ids else []
    mine = (each for each in found if isinstance(each, Incident) and each.thread_id == patient_id)
    return (Row("incidents", Incident, (each.incident_id,), bool(each.open_in)) for each in mine)


def _singles(world: World, made: Erasure, one: str) -> Iterator[Row]:
    """What lies under a key of its own: only what is there is deleted and counted."""
    patient, thread = world.store.get(Patient, one), world.store.get(Thread, one)
    wanted = [
        Row("lists", Quiet, (made.program, one)), Row("lists", WaitlistEntry, (made.program, one)), Row("lists", Stage, (one,)),
        *(Row("plans", SafePlan, (one, version)) for version in range(1, (patient.plan if patient else 0) + 1)),
        *(Row("plans", ReachSheet, (one, version)) for version in range(1, (patient.reach if patient else 0) + 1)),
        *(Row("plans", Address, (one, channel)) for channel in CHANNELS),
    ]  # fmt: skip
    wanted = wanted[:90]
    found = world.store.get_many([(each.record, each.key) for each in wanted])
    yield from (row for row, there in zip(wanted, found, strict=True) if there is not None)
    if thread is not None and thread.incident_id:
        yield from _incidents(world, one, {thread.incident_id})


def _deletes(rows: list[Row]) -> list[Change]:
    return [Delete(each.record, each.key) for each in rows]


def _counted(made: Erasure, rows: list[Row]) -> Update:
    removed = dict(Counter(made.removed) + Counter(row.kind for row in rows))
    still = {"version": made.version, "state": CONFIRMED}
    return Update(Erasure, (made.erasure_id,), set={"removed": removed, "version": made.version + 1}, expect=still)


def _ended(world: World, due: Due, made: Erasure) -> None:
    now, last = world.clock(), [Row("record", Patient, (made.patient_id,)), Row("record", Thread, (made.patient_id,))]
    counted = _counted(made, last)
    said = ", ".join(f"{kind} {many}" for kind, many in sorted(counted.set["removed"].items()))
    counted.set.update(state=DONE, ended_at=now, ended_by=READER)
    done = trail.job(world, READER, made.patient_id, "erase_done", PURPOSE, now, said)
    world.store.commit(nobody_holds(made.patient_id), counted, *_deletes(last), gone(due), done)


def _stopped(world: World, due: Due, made: Erasure) -> None:
    """A hold came between: what is left stays, and what is gone is counted."""
    now = world.clock()
    fields = {"state": STOPPED, "ended_at": now, "ended_by": READER, "version": made.version + 1}
    world.store.commit(
        Update(Erasure, (made.erasure_id,), set=fields, expect={"version": made.version}),
        Update(Patient, (made.patient_id,), set={"moving": None, "erasing": None}),
        gone(due),
        trail.job(world, READER, made.patient_id, "erase_stopped", PURPOSE, now, "held"),
    )
