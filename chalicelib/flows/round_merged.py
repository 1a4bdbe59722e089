"""A round whose record became part of another one: what is on its way may arrive; what did not is a person's, on the record that
stays. No other channel is tried by itself: order, addresses and permission of both records may differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..core.appointments import stands
from ..core.records import Appointment, Change, Patient, Put, Round
from ..core.rounds import NOT_SURE, OVER, PERSON, TOLD, Limits, Tried, came_of
from ..ports import World
from .find_row import find_row
from .round_rows import for_a_person, moved, was_opened

MERGED = "merged"


def settled(world: World, row: Round, into: str, limits: Limits, now: datetime) -> list[Change] | None:
    """None: look again soon. Raises `StoreError`."""
    stays = world.store.get(Patient, into)
    if stays is None or stays.status != "active":
        return [moved(row, state=OVER, why="no_patient" if stays is None else "on_hold")]
    visits = world.store.get_many([(Appointment, (into, each.appointment_id)) for each in row.about])
    told = {each.appointment_id: each for each in row.about}
    known = [each for each in visits if isinstance(each, Appointment)]
    if not any(stands(told[each.appointment_id], each) for each in known) or now >= row.until:
        return [moved(row, state=OVER, why="visit_changed")]
    came = _came(world, row, limits, now)
    if came == "open":
        return None
    if came == TOLD:
        return [moved(row, state=TOLD)]
    there = replace(row, patient_id=into, program=stays.program, left=(), state=PERSON, why=MERGED, version=1)
    return [moved(row, state=OVER, why=MERGED), Put(there), *for_a_person(world, there, now)]


def _came(world: World, row: Round, limits: Limits, now: datetime) -> str:
    """Of the turn that is open, or the better of two at once; "failed" where none is."""
    turns = (each for each in (*row.tried[-1:], row.beside) if each is not None and each.message_id and not each.why)
    came = {_came_of(world, row, each, limits, now) for each in turns}
    return next((word for word in (TOLD, "open", NOT_SURE) if word in came), "failed")


def _came_of(world: World, row: Round, turn: Tried, limits: Limits, now: datetime) -> str:
    message = find_row(world, f"{row.patient_id}.{turn.message_id}")
    return came_of(turn, message.status if message else "", was_opened(world, message), now, limits)
