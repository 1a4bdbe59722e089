"""A number may be somebody else's: marked, so that nothing but neutral lines leaves, and a person finds out (SAFE-7)."""

from __future__ import annotations

from datetime import datetime

from ..core import tasks
from ..core.records import Change, Contact, Due, Message, PatientRef, Put, Task, Tasks, Update
from ..ports import World
from .find_row import find_row
from .outbox import SHARD, gone

KIND = "number_doubt"


def asked(world: World, people: tuple[PatientRef, ...], why: str, now: datetime) -> list[Change]:
    """A task for each of the people, once while it is open; none where the list is full: the thread and the page say it too.
    Raises `StoreError`."""
    changes: list[Change] = []
    for program in dict.fromkeys(ref.program for ref in people):
        known = world.store.get(Tasks, program)
        held = known.items if known else ()
        listed = {each.patient_id for each in held if each.kind == KIND}
        mine = [ref for ref in people if ref.program == program and ref.patient_id not in listed]
        rows = tuple(
            Task(world.ids(now), KIND, ref.patient_id, "auto", now, now, patient_id=ref.patient_id, about=why) for ref in mine
        )
        if rows and len(held) + len(rows) <= tasks.MOST:
            changes.append(Update(Tasks, (program,), append={"items": rows}, add={"version": 1}, create=True))
    return changes


def of_new_number(checked: bool, now: datetime) -> dict[str, object]:
    """Of a number that staff wrote down: known to be theirs, or in doubt until somebody has checked it with them."""
    return {"confirmed_at": now, "doubt": None} if checked else {"doubt": "number_changed", "doubt_at": now}


def doubted(message: Message, why: str, now: datetime) -> Change:
    """What a text of ours showed of its number: for the tick, which may write it down. Kept with what the row says of it."""
    return Put(Due(SHARD, now, f"{KIND}#{message.row}", KIND, message.row, why))


def mark(world: World, due: Due) -> None:
    """What stands already stays, and so does another patient's number. A number that moves meanwhile is read again by the next
    tick: raises `Rejected`, `Conflict`, `StoreError`."""
    message = find_row(world, due.target)
    contact = world.store.get(Contact, message.contact_id) if message else None
    mine = tuple(ref for ref in contact.patients if message and ref.patient_id == message.patient_id) if contact else ()
    if contact is None or contact.doubt or not mine:
        return world.store.commit(gone(due))
    now = world.clock()
    fields = {"doubt": due.about, "doubt_at": now, "version": contact.version + 1}
    known = Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version})
    return world.store.commit(known, gone(due), *asked(world, contact.patients, due.about, now))
