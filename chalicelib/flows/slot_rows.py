"""The rows of openings: a visit that goes frees its time, one that comes takes it, and each does so in its own transaction."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta

from ..core.appointment_rules import LONGEST
from ..core.appointments import Appointment, Details
from ..core.records import Change, Due, Slot, Update
from ..core.sealed_json import known, written
from ..core.waitlist import LEAST_NOTICE, closed, slot_id, split_ref
from ..ports import SealContext, World
from .outbox import SHARD, keep_due

OFFER, TAKEN, MOVES = "slot", "slot_taken", "offer_moves"  # kinds of due rows
FREED = "freed"


def due_of(slot_ref: str, at: datetime, kind: str = OFFER, about: str = "") -> Due:
    return Due(SHARD, at, f"{kind}#{slot_ref}", kind, slot_ref, about)


def freed(visit: Appointment, now: datetime) -> list[Change]:
    """The changes by which this visit's time becomes an opening, as it was; the same again changes nothing. A place in a group
    is no time of a clinician's, and what begins soon helps nobody."""
    if visit.kind == "group" or visit.start_at - now <= LEAST_NOTICE:
        return []
    made = {
        "clinician": visit.clinician, "kind": visit.kind, "start_at": visit.start_at, "zone": visit.zone,
        "minutes": visit.minutes, "remote": visit.remote, "sealed_details": visit.sealed_details, "freed_by": visit.ref,
        "state": "open", "created_at": now, "version": 1,
    }  # fmt: skip
    key = (visit.program, slot_id(visit.start_at, visit.appointment_id))
    return [Update(Slot, key, set_once=made, create=True), keep_due(due_of(f"{key[0]}.{key[1]}", now, about=FREED))]


def after(world: World, was: Appointment | None, visit: Appointment, now: datetime) -> list[Change] | None:
    """What a person's booking, move or cancellation does to openings. None: a patient has just taken that time.

    Raises `StoreError`.
    """
    elsewhere = was is None or (visit.start_at, visit.clinician) != (was.start_at, was.clinician)
    left = was is not None and was.ahead and (not visit.ahead or elsewhere)
    came = visit.ahead and (was is None or not was.ahead or elsewhere)
    changes: list[Change] = freed(was, now) if left and was is not None else []
    if not came or visit.start_at <= now or visit.kind == "group":
        return changes
    there = [slot for slot in _meeting(world, visit) if slot.clinician == visit.clinician]
    if any(slot.state == "taken" and _stands(world, slot, visit) for slot in there):
        return None
    return changes + [row_of(slot, closed(slot, "withdrawn")) for slot in there if slot.live]


def _meeting(world: World, visit: Appointment) -> list[Slot]:
    """Openings of the program that this visit would overlap."""
    since = visit.start_at - timedelta(minutes=LONGEST)
    found = world.store.openings(visit.program, since, visit.ends_at)
    return [slot for slot in found if slot.ends_at > visit.start_at and slot.start_at < visit.ends_at]


def _stands(world: World, slot: Slot, visit: Appointment) -> bool:
    """Whether whoever took it is still expected then."""
    if slot.taken_by == visit.ref:
        return False
    patient_id, _, appointment_id = slot.taken_by.partition(".")
    there = world.store.get(Appointment, patient_id, appointment_id)
    return there is not None and there.ahead and there.start_at == slot.start_at


def row_of(was: Slot, slot: Slot) -> Update:
    """Only the fields that moved, of the opening as it was read: of two who change it, one reads again."""
    names = [each.name for each in fields(Slot) if each.name not in (*Slot.key, "version")]
    moved = {name: getattr(slot, name) for name in names if getattr(slot, name) != getattr(was, name)}
    key = (was.program, was.slot_id)
    return Update(Slot, key, set={**moved, "version": was.version + 1}, expect={"version": was.version})


def slot_of(world: World, ref: str) -> Slot | None:
    return world.store.get(Slot, *split_ref(ref))


def place_context(slot: Slot) -> tuple[SealContext, str]:
    """Under what the place is sealed, and for which row: a freed time still holds its visit's own."""
    owner = slot.freed_by.partition(".")[0] or slot.slot_id
    return SealContext(owner, slot.program, "appointment"), slot.freed_by or slot.ref


def seal_place(world: World, slot: Slot, place: str) -> bytes:
    """Of an opening that a person enters. Raises `SealFailed`."""
    context, row = place_context(slot)
    return world.vault.seal(context, row, written(Details(place))) if place else b""


def open_place(world: World, slot: Slot, reader: str) -> Details:
    """The place alone: a link may be the other patient's own, and is never handed on, nor what a newer version wrote there (N7).
    Raises `OpenFailed`."""
    if not slot.sealed_details:
        return Details()
    context, row = place_context(slot)
    held = known(Details, world.vault.open(context, row, slot.sealed_details, reader))
    return Details(place=held.get("place", ""))
