"""A time is free, or a hold on it ran out: ask the next it suits, by text or by a call, and hold it for them meanwhile.

Claimed by the opening's version: two ticks, or a tick and somebody who answers, never both change it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..core.appointments import Appointment
from ..core.records import Change, Contact, Due, Patient, Slot, SlotRules
from ..core.waitlist import LEAST_NOTICE, SHORTEST_HOLD, closed, holders, lapsed, split_ref
from ..core.waitlist_rank import Candidate, Ranked, group, hold_until, rank
from ..errors import Conflict, Rejected
from ..ports import World
from . import offer_ways, slot_rows
from .outbox import gone, keep_due

READ_AT_ONCE = 40  # entries, those with priority and the longest waiting first


def offer(world: World, due: Due) -> None:
    """Raises `StoreError`, `VaultError`: the due row then stays."""
    slot, now = world.store.get(Slot, *split_ref(due.target)), world.clock()
    if slot is None:
        return world.store.commit(gone(due))
    step = _step(world, slot, _as_it_stands(world, slot, due, now), now)
    changes = [*step.changes, *offer_ways.without_calls(world, slot, step.slot)]
    if step.slot != slot:
        changes.append(slot_rows.row_of(slot, step.slot))
    if step.again is not None:
        changes.append(keep_due(slot_rows.due_of(slot.ref, step.again)))
    try:
        world.store.commit(gone(due), *changes)
    except (Rejected, Conflict):
        world.journal.count("slot_contended")  # somebody answered or changed it: the next tick looks again


@dataclass(frozen=True, slots=True)
class _Step:
    """The opening as it will be, the changes besides its own row, and when to look again."""

    slot: Slot
    again: datetime | None = None
    changes: list[Change] = field(default_factory=list)


def _as_it_stands(world: World, slot: Slot, due: Due, now: datetime) -> Slot:
    """Holds that ran out ended; a time that somebody is booked for withdrawn; one that its visit left once more open again."""
    freed_again = slot.state in ("withdrawn", "gone") and due.about == slot_rows.FREED
    if not slot.live and not freed_again:
        return slot
    if slot.start_at - now <= LEAST_NOTICE and not holders(slot, now):
        return closed(slot, "gone")
    if _busy(world, slot):
        return closed(slot, "withdrawn")
    return lapsed(replace(slot, state="open", offers=()) if freed_again else slot, now)


def _busy(world: World, slot: Slot) -> bool:
    """Whether the clinician sees somebody then, whichever way that came into the schedule."""
    there = world.store.booked(slot.program, slot.start_at - timedelta(hours=8), slot.ends_at)
    return any(each.clinician == slot.clinician and each.ahead and each.ends_at > slot.start_at for each in there)


def _step(world: World, was: Slot, slot: Slot, now: datetime) -> _Step:
    if not slot.live:
        return _Step(slot)
    if waits := holders(slot, now):
        return _Step(slot, min(each.until for each in waits))
    until, over = hold_until(slot, now), slot.start_at - LEAST_NOTICE
    rules = world.store.get(SlotRules, slot.program, slot.clinician)
    if until is None or (rules is not None and rules.offers == "none"):
        return _Step(slot, over)
    scene = _read(world, slot, rules, now)
    chosen, wait = _choose(world, scene, slot, until, now)
    if not chosen:
        return _Step(slot, min(over, wait) if wait is not None else over)
    made, changes = offer_ways.make(world, slot, chosen, until, now)
    return _Step(made, until, changes)


@dataclass(frozen=True, slots=True)
class _Scene:
    ranked: list[Ranked]
    patients: dict[str, Patient]
    contacts: dict[str, Contact]


def _read(world: World, slot: Slot, rules: SlotRules | None, now: datetime) -> _Scene:
    """Whom it suits, with their records: one query and two reads, however many wait."""
    entries = sorted(world.store.waitlist(slot.program), key=lambda each: (not each.has_priority(now), each.since))[:READ_AT_ONCE]
    wanted: list[tuple[type, tuple[str, ...]]] = [(Patient, (each.patient_id,)) for each in entries]
    wanted += [(Appointment, (each.patient_id, each.visit_id)) for each in entries if each.visit_id]
    found = world.store.get_many(wanted) if wanted else []
    patients = {each.patient_id: each for each in found if isinstance(each, Patient)}
    visits = {(each.patient_id, each.appointment_id): each for each in found if isinstance(each, Appointment)}
    candidates = [Candidate(each, visits.get((each.patient_id, each.visit_id))) for each in entries]
    ranked = [each for each in rank(candidates, slot, rules, now) if each.candidate.entry.patient_id in patients]
    numbers = dict.fromkeys(patients[each.candidate.entry.patient_id].contact_id for each in ranked)
    rows = world.store.get_many([(Contact, (each,)) for each in numbers if each]) if any(numbers) else []
    return _Scene(ranked, patients, {each.contact_id: each for each in rows if isinstance(each, Contact)})


def _choose(
    world: World, scene: _Scene, slot: Slot, until: datetime, now: datetime
) -> tuple[list[offer_ways.Chosen], datetime | None]:
    """Who is asked now and how, and when somebody who cannot be asked now could be."""
    reachable: list[offer_ways.Chosen] = []
    waits: list[datetime] = []
    for each in scene.ranked:
        patient = scene.patients[each.candidate.entry.patient_id]
        way = offer_ways.way_to(world, each, patient, scene.contacts.get(patient.contact_id), slot, until, now)
        if isinstance(way, datetime):
            if each.priority and way + SHORTEST_HOLD <= slot.start_at - LEAST_NOTICE and not reachable:
                return [], way  # first, and alone: nobody is asked before them
            waits.append(way)
        elif way:
            reachable.append(offer_ways.Chosen(each, patient, way, scene.contacts.get(patient.contact_id)))
    first = group([each.ranked for each in reachable], slot)
    return [each for each in reachable if each.ranked in first], min(waits, default=None)
