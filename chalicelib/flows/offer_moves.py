"""Who needs another time is offered up to three that are open: moving is easier than missing. None fits: a person is asked for
already, since their text is owed an answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ..core.appointments import Appointment
from ..core.messages import Kind
from ..core.permission import Leave, Wait, may_leave
from ..core.records import Change, Contact, Due, Message, Offer, Patient, Slot, SlotRules
from ..core.waitlist import HOLD
from ..core.waitlist_rank import for_moving
from ..errors import Conflict, Rejected
from ..ports import World
from . import offer_ways, offer_words, slot_rows
from .book_appointment import row_of
from .outbox import gone, keep_due
from .visit_wish import with_step

AHEAD = timedelta(days=28)
OFFERED, NONE = "offered_times", "no_times"  # lines of history
MOVES = {"said_wants_move": Kind.MOVES, "heard_wants_move": Kind.TIMES}  # who asked: by text, or a person heard it
BACK = {"said_back_times": Kind.MOVES}  # after a visit that was missed, or long ago


def offer_times(world: World, due: Due) -> None:
    """Raises `StoreError`, `SealFailed`: the due row then stays."""
    patient_id, _, visit_id = due.target.partition(".")
    visit, now = world.store.get(Appointment, patient_id, visit_id), world.clock()
    kind = _wanted(visit, now) if visit is not None else None
    changes = _offered(world, visit, kind, now) if visit is not None and kind is not None else []
    try:
        world.store.commit(gone(due), *changes)
    except (Rejected, Conflict):
        world.journal.count("slot_contended")  # the next tick looks again


def _wanted(visit: Appointment, now: datetime) -> Kind | None:
    """Another time for a visit that is ahead, or a way back after one that is not; not offered any since they asked."""
    asked = visit.ahead and visit.start_at > now and visit.confirmation == "wants_move"
    ways = MOVES if asked else {} if visit.ahead else BACK
    said = [step.what for step in visit.steps if step.what in (*ways, OFFERED, NONE)]
    return ways.get(said[-1]) if said else None


def _offered(world: World, visit: Appointment, kind: Kind, now: datetime) -> list[Change]:
    patient = world.store.get(Patient, visit.patient_id)
    contact = world.store.get(Contact, patient.contact_id) if patient and patient.contact_id else None
    moves = visit if visit.ahead else None
    if patient is None or contact is None or (moves is None and _comes(world, visit, now)):
        return []
    slots = free_times(world, visit, now)
    if not slots:
        return [row_of(visit, with_step(visit, "waitlist", NONE, now))]
    until = now + HOLD
    offer = Offer(
        visit.patient_id, moves.appointment_id if moves else world.ids(now), now, until, move=True, message_id=world.ids(now),
        zone=offer_words.spoken_zone(world, patient, slots[0]),
    )  # fmt: skip
    held = tuple(replace(slot, state="offered", offers=(*slot.offers, offer)) for slot in slots)
    rows = offer_ways.text_rows(world, patient, held, moves, offer, kind, contact)
    text = next((row.record for row in rows if hasattr(row, "record") and isinstance(row.record, Message)), None)
    if not rows:  # words that nobody approved, or no channel for them: a person writes
        return []
    verdict = may_leave(text, contact, patient, world.clinic.zone, now, slots=held) if text else Leave()
    if isinstance(verdict, Wait):  # their hours: held from then on
        return [keep_due(slot_rows.due_of(visit.ref, verdict.until, slot_rows.MOVES))]
    if not isinstance(verdict, Leave):
        return []
    changes: list[Change] = [row_of(visit, with_step(visit, "waitlist", OFFERED, now)), *rows]
    for was, slot in zip(slots, held, strict=True):
        changes += [slot_rows.row_of(was, slot), keep_due(slot_rows.due_of(slot.ref, until))]
    return changes


def _comes(world: World, visit: Appointment, now: datetime) -> bool:
    """Whether they have another visit ahead by now: one query, only for who has missed theirs."""
    return any(each.ahead and each.start_at > now for each in world.store.appointments_of(visit.patient_id))


def free_times(world: World, visit: Appointment, now: datetime) -> tuple[Slot, ...]:
    """What suits them, and nobody is booked for."""
    until = now + AHEAD
    openings = world.store.openings(visit.program, now, until)
    if not openings:
        return ()
    rules = _rules(world, visit.program, {slot.clinician for slot in openings})
    busy = [each for each in world.store.booked(visit.program, now, until) if each.ahead]
    clear = [slot for slot in openings if not any(_meets(slot, each) for each in busy)]
    return for_moving(visit, clear, rules, now)


def _rules(world: World, program: str, clinicians: set[str]) -> dict[str, SlotRules]:
    found = world.store.get_many([(SlotRules, (program, each)) for each in sorted(clinicians)[:100]])
    return {each.clinician: each for each in found if isinstance(each, SlotRules)}


def _meets(slot: Slot, visit: Appointment) -> bool:
    return visit.clinician == slot.clinician and visit.ends_at > slot.start_at and visit.start_at < slot.ends_at
