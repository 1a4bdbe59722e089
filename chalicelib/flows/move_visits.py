"""Carry a patient's visits to where their record is now: open and seal again, texts planned anew, one transaction each. A run
that ends anywhere is taken up again by the next one (docs/decisions/moving-a-patient.md).
"""

from __future__ import annotations

from dataclasses import replace

from ..core.appointments import Appointment, booked_in
from ..core.records import ABSENT, Change, Charted, Contact, Delete, Move, Patient, Put, Update
from ..errors import Conflict, OpenFailed, Rejected
from ..ports import World
from . import charting
from .book_appointment import row_of
from .listed_visits import unlisted
from .plan_touches import changed, due_changes, open_details, read_around, replan, seal_details, with_touches

READER = "job:move"
MOST = 1000  # of one patient
ASKS = frozenset({"visit", "barrier", "offer", "move"})  # questions about visits and times


def carry(world: World, move: Move, most: int, clear: bool) -> int:
    """How many still have to go. `clear`: rows whose visit stands elsewhere are deleted. Raises `StoreError`."""
    if move.kind == "match":
        return 0
    visits = world.store.appointments_of(move.source, MOST)
    patient = world.store.get(Patient, move.target)
    due = [each for each in visits if _goes(each, move)]
    if due and patient is None:
        return len(due)
    carried = [each for each in due[:most] if patient and _one(world, move, each, patient)]
    left_behind = [each for each in visits if each.moved_to] + (carried if move.source != move.target else [])
    for each in left_behind if clear else ():
        world.store.commit(Delete(Appointment, (each.patient_id, each.appointment_id)))
    return len(due) - len(carried)


def asks_about(contact: Contact, patient_id: str) -> bool:
    """Whether the open question of this number is about this patient's visits: no answer to it may count in another place."""
    asked = contact.prompt
    return asked is not None and asked.patient_id == patient_id and asked.kind in ASKS


def _goes(visit: Appointment, move: Move) -> bool:
    if visit.moved_to:
        return False
    if move.source == move.target:
        return visit.program != move.program
    return not move.undoes or visit.came_by == move.undoes


def _one(world: World, move: Move, visit: Appointment, patient: Patient) -> bool:
    """False when somebody changed it at this moment, or it cannot be opened: it is tried again."""
    try:
        world.store.commit(*_changes(world, move, visit, patient))
    except (Conflict, Rejected):
        return False
    except OpenFailed:
        world.journal.event("open_failed", row=visit.ref)
        return False
    return True


def _changes(world: World, move: Move, visit: Appointment, patient: Patient) -> list[Change]:
    there, line = _there(world, move, visit)
    around = read_around(world, patient)
    if not visit.ahead or visit.start_at <= world.clock():
        return [*_rows(move, visit, there), *due_changes(visit, replace(there, touches=())), *line]
    if move.source == move.target:
        planned = with_touches(world, around, there, around.visits, world.clock())
        return [row_of(visit, planned), *due_changes(visit, planned), *line]
    planned, more = replan(world, around, there, None, world.clock())
    return [*_rows(move, visit, planned), *due_changes(visit, replace(visit, touches=())), *more, *line]


def _rows(move: Move, visit: Appointment, there: Appointment) -> list[Change]:
    """In place; or the old row loses what it holds, on the condition that nobody changed it, as the new one comes."""
    if move.source == move.target:
        return [row_of(visit, there)]
    gone = {"moved_to": move.target, "status": "entered-in-error", "booked_in": None, "sealed_details": None, "touches": ()}
    return [changed(visit, **gone), Put(there), unlisted(move.target)]


def _there(world: World, move: Move, visit: Appointment) -> tuple[Appointment, list[Change]]:
    """The visit where it belongs, sealed for that place, and what the schedule knows of it."""
    details = open_details(world, visit, READER)
    there = replace(
        visit, patient_id=move.target, program=move.program, booked_in=booked_in(move.program, visit.start_at),
        came_by=move.move_id, version=visit.version + 1, sealed_details=b"",
    )  # fmt: skip
    if visit.sealed_details:
        there = replace(there, sealed_details=seal_details(world, there, details))
    if not visit.charted:
        return there, []
    if visit.program == move.program:
        whose = {"patient_id": move.target}
        return there, [Update(Charted, (visit.charted,), set=whose, expect={"appointment_id": visit.appointment_id})]
    return _known_there(world, move, visit, there, details.chart_id)


def _known_there(
    world: World, move: Move, visit: Appointment, there: Appointment, visit_id: str
) -> tuple[Appointment, list[Change]]:
    """The schedule's id means something in the new program too, unless it named another visit by it there already. In the old
    one it goes on naming this visit, which "belongs elsewhere" then."""
    was = world.store.get(Charted, visit.charted)
    hashed = charting.record_hash(world, move.program, visit_id) if visit_id and was else ""
    if was is None or not hashed or world.store.get(Charted, hashed) is not None:
        return replace(there, charted=""), []
    fields: dict[str, object] = {
        "patient_id": move.target, "appointment_id": visit.appointment_id, "row_hash": was.row_hash, "start_at": was.start_at,
        "sealed_id": charting.sealed_id(world, move.program, hashed, visit_id),
    }  # fmt: skip
    fields |= {"version": was.version} if was.version else {}
    return replace(there, charted=hashed), [Update(Charted, (hashed,), set=fields, expect={"patient_id": ABSENT}, create=True)]
