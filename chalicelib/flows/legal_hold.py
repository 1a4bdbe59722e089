"""Put a legal hold on a record, and lift it: by a records person of its program, or the compliance officer, who sees none."""

from __future__ import annotations

from datetime import datetime

from ..core.holds import REASONS, Hold, is_matter
from ..core.records import ABSENT, Change, Patient, Update
from ..core.roles import Action
from ..core.staff import Staff
from ..errors import NotFound, Rejected
from ..ports import World
from . import trail
from .authority import demand

PURPOSE = "compliance"


def known(world: World, who: Staff, patient_id: str, action: str) -> Patient:
    """Any record for the officer; one of their programs for everybody else. Raises `NotFound`, `StoreError`."""
    demand(world, who, Action.HOLD)
    patient = world.store.get(Patient, patient_id)
    if patient is None or not (who.may(Action.TRAIL) or who.may_see(patient.program)):
        trail.refuse(world, who, patient_id if patient else "nobody", action, PURPOSE)  # whatever somebody typed is no key (N5)
        raise NotFound(patient_id)
    return patient


def place(world: World, who: Staff, patient_id: str, reason: str, matter: str) -> str:
    """placed; or why not: merged (hold the record that stays), reason, matter, already. Raises `NotFound`, `StoreError`."""
    if known(world, who, patient_id, "hold_placed").merged_into:
        return "merged"
    if reason not in REASONS:
        return "reason"
    if not is_matter(matter):
        return "matter"
    now = world.clock()
    fields: dict[str, object] = {"placed_at": now, "placed_by": who.staff_id, "reason": reason, "matter": matter or None}
    fields |= {"lifted_at": None, "lifted_by": None}
    changes: list[Change] = [
        Update(Hold, (patient_id,), set=fields, expect={"placed_at": ABSENT}, create=True),
        Update(Patient, (patient_id,), set={"legal_hold_at": now}),
        trail.entry(world, who, patient_id, "hold_placed", PURPOSE, now, reason),
    ]
    return settled(world, changes, "placed", "already")


def lift(world: World, who: Staff, patient_id: str) -> str:
    """lifted, or already. Raises `NotFound`, `StoreError`."""
    known(world, who, patient_id, "hold_lifted")
    hold = world.store.get(Hold, patient_id)
    if hold is None or hold.placed_at is None:
        return "already"
    now = world.clock()
    fields = {"placed_at": None, "lifted_at": now, "lifted_by": who.staff_id}
    changes: list[Change] = [
        Update(Hold, (patient_id,), set=fields, expect={"placed_at": hold.placed_at}),
        Update(Patient, (patient_id,), set={"legal_hold_at": None}),
        trail.entry(world, who, patient_id, "hold_lifted", PURPOSE, now, _since(hold.placed_at)),
    ]
    return settled(world, changes, "lifted", "already")


def nobody_holds(patient_id: str) -> Update:
    """The condition of whatever deletes: no hold is on this record at this very moment."""
    return Update(Hold, (patient_id,), expect={"placed_at": ABSENT}, create=True)


def shared(
    world: World, who: Staff, patient_id: str, back: str, now: datetime
) -> tuple[dict[str, object], list[Change]]:
    """For a record that comes back out of a held one, the fields of its row and the changes beside it: what was on hold stays so
    in both, whoever's it turns out to be."""
    hold = world.store.get(Hold, patient_id)
    if hold is None or hold.placed_at is None:
        return {}, [nobody_holds(patient_id)]
    fields = {name: getattr(hold, name) or None for name in ("placed_at", "placed_by", "reason", "matter")}
    return {"legal_hold_at": hold.placed_at}, [
        Update(Hold, (patient_id,), set={"placed_at": hold.placed_at}, expect={"placed_at": hold.placed_at}),
        Update(Hold, (back,), set=fields, create=True),
        trail.entry(world, who, back, "hold_placed", PURPOSE, now, hold.reason),
    ]


def settled(world: World, changes: list[Change], done: str, otherwise: str = "moved") -> str:
    """`otherwise`: something changed at this moment, and nothing was done; the page is read again. Raises `StoreError`."""
    try:
        world.store.commit(*changes)
    except Rejected:
        return otherwise
    return done


def _since(placed_at: datetime) -> str:
    return f"since {placed_at:%Y-%m-%d}"
