"""Who needs another time is offered up to three that are open: moving is easier than missing. None fits: a person is asked for
already, since their text is owed an answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ..core.appointments import Appointment
from ..core.permission import Leave, may_leave
from ..core.records import Change, Contact, Due, Message, Offer, Patient, Slot, SlotRules
from ..core.waitlist import HOLD
from ..core.waitlist_rank import for_moving
from ..errors import Conflict, Rejected
from ..ports import World
from . import offer_ways, offer_words, slot_rows
from .book_appointment import row_of, with_step
from .outbox import gone, keep_due

AHEAD = timedelta(days=28)
OFFERED = "offered_times"  # the line of history


def offer_times(world: World, due: Due) -> None:
    """Raises `StoreError`, `SealFailed`: the due row then stays."""
    patient_id, _, visit_id = due.target.partition(".")
    visit, now = world.store.get(Appointment, patient_id, visit_id), world.clock()
    changes = _offered(world, visit, now) if visit is not None and _wants(visit, now) else []
    try:
        world.store.commit(gone(due), *changes)
    except (Rejected, Conflict):
        world.journal.count("slot_contended")  # the next tick looks again


def _wants(visit: Appointment, now: datetime) -> bool:
    """Still ahead, and not offered any since they asked."""
    said = [step.what for step in visit.steps if step.what in ("said_wants_move", OFFERED)]
    return visit.ahead and visit.start_at > now and visit.confirmation == "wants_move" and said[-1:] == ["said_wants_move"]


def _offered(world: World, visit: Appointment, now: datetime) -> list[Change]:
    patient, slots = world.store.get(Patient, visit.patient_id), _free(world, visit, now)
    contact = world.store.get(Contact, patient.contact_id) if patient and patient.contact_id else None
    if patient is None or contact is None or not slots:
        return []
    until = now + HOLD
    offer = Offer(
        visit.patient_id, visit.appointment_id, now, until, move=True, message_id=world.ids(now),
        zone=offer_words.spoken_zone(world, patient, slots[0]),
    )  # fmt: skip
    held = tuple(replace(slot, state="offered", offers=(*slot.offers, offer)) for slot in slots)
    rows = offer_ways.text_rows(world, patient, held, visit, offer)
    text = next(row.record for row in rows if hasattr(row, "record") and isinstance(row.record, Message))
    if not isinstance(may_leave(text, contact, patient, world.clinic.zone, now, slots=held), Leave):
        return []
    changes: list[Change] = [row_of(visit, with_step(visit, "waitlist", OFFERED, now)), *rows]
    for was, slot in zip(slots, held, strict=True):
        changes += [slot_rows.row_of(was, slot), keep_due(slot_rows.due_of(slot.ref, until))]
    return changes


def _free(world: World, visit: Appointment, now: datetime) -> tuple[Slot, ...]:
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
