"""Openings and waiting people for tests: Carol's time on Friday at three in Denver, and who would like it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.core.records import Put, Slot, WaitlistEntry
from chalicelib.core.waitlist import slot_id
from chalicelib.flows.outbox import keep_due
from chalicelib.flows.slot_rows import due_of
from chalicelib.ports import World

from .appointments import FRIDAY

NUMBERS = {"alice": "+13035550101", "bea": "+13035550121", "cleo": "+13035550122", "dora": "+13035550123", "ella": "+13035550124"}
UTC = ZoneInfo("UTC")


def a_slot(start: datetime = FRIDAY, about: str = "s1", **fields: Any) -> Slot:
    """One in memory."""
    at = start.astimezone(UTC)
    return replace(Slot("adult", slot_id(at, about), "carol", "individual", at, "America/Denver", 50), **fields)


def an_entry(patient_id: str = "alice", since: datetime = FRIDAY - timedelta(days=20), **fields: Any) -> WaitlistEntry:
    """Somebody who has waited twenty days, to whom anything suits."""
    return replace(WaitlistEntry("adult", patient_id, since.astimezone(UTC)), **fields)


def opened(world: World, start: datetime = FRIDAY, about: str = "s1", **fields: Any) -> Slot:
    """An opening in the store, and due to be offered."""
    slot = a_slot(start, about, **fields)
    world.store.commit(Put(slot), keep_due(due_of(slot.ref, world.clock())))
    return slot


def waiting(world: World, patient_id: str = "alice", **fields: Any) -> WaitlistEntry:
    entry = an_entry(patient_id, **fields)
    world.store.commit(Put(entry))
    return entry


def slot_now(world: World, slot: Slot) -> Slot:
    found = world.store.get(Slot, slot.program, slot.slot_id)
    assert found is not None
    return found
