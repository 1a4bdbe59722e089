"""A round whose record became part of another one: what is on its way may arrive; what did not is a person's, on the record that
stays. No other channel is tried by itself: order, addresses and permission of both records may differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..core.records import Appointment, Change, Link, Message, Patient, Put, Round
from ..core.rounds import OVER, PERSON, TOLD, Limits, came_of
from ..ports import World
from .find_row import find_row
from .round_rows import for_a_person, moved

MERGED = "merged"


def settled(world: World, row: Round, into: str, limits: Limits, now: datetime) -> list[Change] | None:
    """None: look again soon. Raises `StoreError`."""
    stays = world.store.get(Patient, into)
    if stays is None or stays.status != "active":
        return [moved(row, state=OVER, why="no_patient" if stays is None else "on_hold")]
    visits = world.store.get_many([(Appointment, (into, each.appointment_id)) for each in row.about])
    starts = {each.appointment_id: each.start_at for each in row.about}
    known = [each for each in visits if isinstance(each, Appointment)]
    if not any(each.ahead and each.start_at == starts[each.appointment_id] for each in known) or now >= row.until:
        return [moved(row, state=OVER, why="visit_changed")]
    came = _came(world, row, limits, now)
    if came == "open":
        return None
    if came == TOLD:
        return [moved(row, state=TOLD)]
    there = replace(row, patient_id=into, program=stays.program, left=(), state=PERSON, why=MERGED, version=1)
    return [moved(row, state=OVER, why=MERGED), Put(there), *for_a_person(world, there, now)]


def _came(world: World, row: Round, limits: Limits, now: datetime) -> str:
    """Of the turn that is open; "failed" where none is."""
    last = row.tried[-1] if row.tried else None
    if last is None or last.why or not last.message_id:
        return "failed"
    message: Message | None = find_row(world, f"{row.patient_id}.{last.message_id}")
    link = world.store.get(Link, message.link) if message and message.link else None
    return came_of(last, message.status if message else "", link is not None and link.opened_at is not None, now, limits)
