"""Look at a program's waitlist: open times with who is asked, and who waits with what would suit them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ..core.records import Appointment, Slot, SlotRules, WaitlistEntry
from ..core.staff import Staff
from ..core.waitlist import LEAST_NOTICE, holders
from ..core.waitlist_rank import Candidate, Ranked, rank
from ..core.waitlist_rules import FARTHEST
from ..ports import World
from . import trail
from .open_rows import open_profile
from .roster import open_roster
from .waitlist_desk import PURPOSE, admit_program, of_program

BACK = timedelta(hours=12)  # what was taken today is still shown
URGENT, MOST_URGENT = timedelta(days=7), 6


@dataclass(frozen=True, slots=True)
class Board:
    """`names` by patient id. `next_up`: for each open time that nobody holds, who would be asked, the first three."""

    slots: tuple[Slot, ...]
    entries: tuple[WaitlistEntry, ...]
    visits: Mapping[str, Appointment]  # the one each of them would move, by patient id
    rules: tuple[SlotRules, ...]
    names: Mapping[str, str]
    next_up: Mapping[str, tuple[Ranked, ...]]


def read_board(world: World, who: Staff, program: str) -> Board:
    """One query each of times and people, one read of visits, one opening of names.

    Raises `NotFound`, `StoreError`, `VaultError`."""
    admit_program(world, who, program, "read_waitlist")
    now = world.clock()
    names = {each: entry.name for each, entry in open_roster(world, who, program, "waitlist").items()}
    slots = tuple(world.store.openings(program, now - BACK, now + FARTHEST))
    entries = tuple(sorted(world.store.waitlist(program), key=lambda each: (not each.has_priority(now), each.since)))
    moving = [each for each in entries if each.visit_id][:100]
    found = world.store.get_many([(Appointment, (each.patient_id, each.visit_id)) for each in moving]) if moving else []
    visits = {each.patient_id: each for each in found if isinstance(each, Appointment)}
    rules = _rules(world, program, slots)
    candidates = [Candidate(each, visits.get(each.patient_id)) for each in entries]
    open_ones = [slot for slot in slots if slot.state == "open" and slot.start_at - now > LEAST_NOTICE]
    next_up = {slot.slot_id: tuple(rank(candidates, slot, rules.get(slot.clinician), now)[:3]) for slot in open_ones}
    return Board(slots, entries, visits, tuple(rules.values()), names, next_up)


def _rules(world: World, program: str, slots: tuple[Slot, ...]) -> dict[str, SlotRules]:
    wanted = sorted({slot.clinician for slot in slots})[:100]
    found = world.store.get_many([(SlotRules, (program, each)) for each in wanted]) if wanted else []
    return {each.clinician: each for each in found if isinstance(each, SlotRules)}


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """One person's place on the list, and the visits that could be moved."""

    program: str
    name: str
    entry: WaitlistEntry | None
    visits: tuple[Appointment, ...]


def read_entry(world: World, who: Staff, patient_id: str) -> OpenEntry:
    """Raises `NotFound`, `StoreError`, `VaultError`."""
    patient, now = of_program(world, who, patient_id, "read_waitlist"), world.clock()
    known = [each for each in world.store.appointments_of(patient_id) if each.kind != "group"]
    ahead = [each for each in known if each.ahead and each.start_at > now]
    entry = world.store.get(WaitlistEntry, patient.program, patient_id)
    world.store.commit(trail.entry(world, who, patient_id, "read_waitlist", PURPOSE, now))
    name = open_profile(world, who, patient).name
    return OpenEntry(patient.program, name, entry, tuple(sorted(ahead, key=lambda each: each.start_at)))


def urgent_openings(world: World, who: Staff, patient_id: str) -> tuple[str, tuple[Slot, ...]]:
    """The program, and the next times that can be booked for them at once: nobody else holds one.

    Raises `NotFound`, `StoreError`."""
    patient, now = of_program(world, who, patient_id, "read_openings"), world.clock()
    slots = [slot for slot in world.store.openings(patient.program, now, now + URGENT) if slot.live]
    free = [slot for slot in slots if not any(each.patient_id != patient_id for each in holders(slot, now))]
    kinds = sorted(free, key=lambda slot: (slot.kind != "urgent", slot.start_at))[:MOST_URGENT]
    return patient.program, tuple(kinds)


