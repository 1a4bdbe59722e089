"""Who asked on their page for another time is shown up to three that are open, and each is kept for them: the same holds,
rules and way to take one as by text (`flows.offer_moves`, `flows.take_slot`)."""

from __future__ import annotations

from dataclasses import replace

from ..core.appointments import Appointment
from ..core.page_links import PAGE
from ..core.records import Change, Offer
from ..core.waitlist import HOLD
from ..errors import Conflict, Rejected
from ..ports import World
from . import offer_words, slot_rows
from .book_appointment import row_of
from .offer_moves import NONE, OFFERED, free_times
from .outbox import keep_due
from .page_identity import Door
from .visit_wish import with_step

ATTEMPTS = 3


def keep_times(world: World, door: Door, visit_id: str) -> int:
    """How many are kept for them now. Somebody who was quicker leaves the others. Raises `StoreError`."""
    for _ in range(ATTEMPTS):
        visit = world.store.get(Appointment, door.patient.patient_id, visit_id)
        if visit is None or not visit.ahead or visit.confirmation != "wants_move":
            return 0
        try:
            return _keep(world, door, visit)
        except (Conflict, Rejected):
            continue
    return 0


def _keep(world: World, door: Door, visit: Appointment) -> int:
    now = world.clock()
    slots = free_times(world, visit, now)
    if not slots:
        world.store.commit(row_of(visit, with_step(visit, "waitlist", NONE, now)))
        return 0
    until = now + HOLD
    zone = offer_words.spoken_zone(world, door.patient, slots[0])
    offer = Offer(visit.patient_id, visit.appointment_id, now, until, by=PAGE, move=True, zone=zone)
    changes: list[Change] = [row_of(visit, with_step(visit, "waitlist", OFFERED, now))]
    for slot in slots:
        changes.append(slot_rows.row_of(slot, replace(slot, state="offered", offers=(*slot.offers, offer))))
        changes.append(keep_due(slot_rows.due_of(slot.ref, until)))
    world.store.commit(*changes)
    return len(slots)
