"""Patients put themselves on the waitlist on the page of their visits, say what suits them, and take themselves off. What a
clinician set there, and what staff know better (with whom, how much notice, by phone), stays as it stands."""

from __future__ import annotations

from ..core.consent import Scope, own_say
from ..core.records import Delete, WaitlistEntry
from ..core.waitlist import LONGEST_LIST
from ..core.waitlist_rules import EntryWish, wrong_with_entry
from ..errors import Conflict, Rejected
from ..ports import World
from . import waitlist_desk
from .page_identity import Door, trace

TIMES = {"any": "", "morning": "06:00-12:00", "afternoon": "12:00-17:00", "evening": "17:00-21:00"}
ATTEMPTS = 4


def entry_of(world: World, door: Door) -> WaitlistEntry | None:
    return world.store.get(WaitlistEntry, door.patient.program, door.patient.patient_id)


def may_join(door: Door) -> bool:
    """Not who said no to offers of a sooner time: saying yes again is asked of a person (TXT-1)."""
    return own_say(Scope.WAITLIST, door.patient) != "declined"


def join(world: World, door: Door, visit_id: str, days: tuple[str, ...], when: str, at: str, where: str) -> bool:
    """On the list, or changed on it. `at`: place, video or "". False where that cannot be, or nobody more fits. Raises
    `StoreError`."""
    program, patient_id = door.patient.program, door.patient.patient_id
    for _ in range(ATTEMPTS):
        known, now = entry_of(world, door), world.clock()
        theirs = {each.appointment_id for each in world.store.appointments_of(patient_id) if each.ahead and each.start_at > now}
        visit = visit_id if visit_id in theirs else known.visit_id if known and known.visit_id in theirs else ""
        was = known or WaitlistEntry(program, patient_id, now)
        wish = EntryWish(was.kind, visit, days, TIMES.get(when, ""), was.clinician, at, was.notice_hours, was.by_phone)
        full = known is None and len(world.store.waitlist(program, LONGEST_LIST)) >= LONGEST_LIST
        if full or not may_join(door) or wrong_with_entry(wish):
            return False
        changes = waitlist_desk.rows(world, "patient", door.patient, wish, known, now)
        try:
            world.store.commit(*changes, trace(world, door.link, "page_join_waitlist", now, where))
        except (Conflict, Rejected):
            continue
        return True
    raise Conflict(door.link.name)


def leave(world: World, door: Door, where: str) -> None:
    """Off the list. A time that is held for them stays theirs until it ends. Raises `StoreError`."""
    gone = Delete(WaitlistEntry, (door.patient.program, door.patient.patient_id))
    world.store.commit(gone, trace(world, door.link, "page_leave_waitlist", world.clock(), where))
