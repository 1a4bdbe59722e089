"""What people of the clinic do at the waitlist: put somebody on it, take them off, enter a time, and settle an offer by phone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from ..core.appointments import Appointment
from ..core.records import ABSENT, Change, Delete, Patient, Put, Slot, SlotRules, Update, WaitlistEntry
from ..core.roles import Action
from ..core.staff import Staff
from ..core.waitlist import LONGEST_LIST, OFFERS, closed, declined, held, holders, slot_id
from ..core.waitlist_rules import (
    FARTHEST,
    MOST_NOTICE,
    EntryWish,
    SlotWish,
    is_staff_id,
    wrong_with_entry,
    wrong_with_slot,
)
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import offer_ways, slot_rows, take_slot, trail
from .book_appointment import Wrong
from .outbox import keep_due
from .read_thread import admit

ATTEMPTS = 4
PURPOSE = "scheduling"
FULL = {"list": f"This list is full: {LONGEST_LIST} people wait."}


def add(world: World, who: Staff, patient_id: str, wish: EntryWish) -> Wrong | None:
    """On the list, or changed on it; the time waited stays. Who is added is asked about what is open now.

    Raises `NotFound`, `Conflict`, `StoreError`.
    """
    patient = of_program(world, who, patient_id, "edit_waitlist")
    if wrong := wrong_with_entry(wish):
        return Wrong(wrong)
    if wish.priority_days and not who.may(Action.PRIORITY):
        return Wrong({"priority": "A clinician sets it."})
    now = world.clock()
    known = world.store.get(WaitlistEntry, patient.program, patient_id)
    if known is None and len(world.store.waitlist(patient.program, LONGEST_LIST)) >= LONGEST_LIST:
        return Wrong(FULL)
    kept = rows(world, who.staff_id, patient, wish, known, now)
    try:
        world.store.commit(*kept, trail.entry(world, who, patient_id, "edit_waitlist", PURPOSE, now))
    except Rejected:
        raise Conflict(patient_id) from None  # asked, or changed, meanwhile: look again
    return None


def rows(
    world: World, by: str, patient: Patient, wish: EntryWish, known: WaitlistEntry | None, now: datetime
) -> list[Change]:
    """The entry as they wish it, and another look at what is open. `by`: who sets a priority, where one is set."""
    return [*_kept(known, _entry(world, by, patient, wish, known, now)), *_look_again(world, patient.program, now)]


def _entry(
    world: World, by_whom: str, patient: Patient, wish: EntryWish, known: WaitlistEntry | None, now: datetime
) -> WaitlistEntry:
    theirs = world.store.appointments_of(patient.patient_id) if wish.visit_id else []
    visit = next((each for each in theirs if each.appointment_id == wish.visit_id), None)  # no key is what a form sent (N5)
    was = known or WaitlistEntry(patient.program, patient.patient_id, now)
    by, until = was.priority_by, was.priority_until
    if wish.priority_days:
        by, until = (by_whom, now + timedelta(days=wish.priority_days)) if wish.priority_days > 0 else ("", None)
    return replace(
        was, kind=visit.kind if visit else wish.kind, visit_id=visit.appointment_id if visit else "",
        minutes=visit.minutes if visit else 0, days=wish.days, hours=wish.hours, clinician=wish.clinician, where=wish.where,
        notice_hours=wish.notice_hours, by_phone=wish.by_phone, priority_by=by, priority_until=until,
    )  # fmt: skip


CHOSEN = (
    "kind", "visit_id", "minutes", "days", "hours", "clinician", "where", "notice_hours", "by_phone",
    "priority_by", "priority_until",
)  # fmt: skip


def _kept(known: WaitlistEntry | None, entry: WaitlistEntry) -> list[Change]:
    if known is None:
        return [Put(entry)]
    fields = {name: getattr(entry, name) for name in CHOSEN}
    key = (entry.program, entry.patient_id)
    return [Update(WaitlistEntry, key, set={**fields, "version": known.version + 1}, expect={"version": known.version})]


def _look_again(world: World, program: str, now: datetime) -> list[Change]:
    """Every open time that nobody holds is due to be offered anew."""
    there = [slot for slot in world.store.openings(program, now, now + FARTHEST) if slot.state == "open"]
    return [keep_due(slot_rows.due_of(slot.ref, now)) for slot in there[:40]]


def remove(world: World, who: Staff, patient_id: str) -> None:
    """Off the list. An offer they hold stays theirs until it ends. Raises `NotFound`, `StoreError`."""
    patient, now = of_program(world, who, patient_id, "edit_waitlist"), world.clock()
    entry = trail.entry(world, who, patient_id, "leave_waitlist", PURPOSE, now)
    world.store.commit(Delete(WaitlistEntry, (patient.program, patient_id)), entry)


def enter(world: World, who: Staff, program: str, form_id: str, wish: SlotWish) -> Wrong | None:
    """A time that is free; `form_id` is minted with the form, so that the same form twice enters once. Raises as `add`."""
    admit_program(world, who, program, "enter_opening")
    now = world.clock()
    if wrong := wrong_with_slot(wish, now):
        return Wrong(wrong)
    slot = Slot(
        program, slot_id(wish.start_at, form_id), wish.clinician, wish.kind, wish.start_at, wish.zone, wish.minutes,
        remote=wish.remote, added_by=who.staff_id, created_at=now,
    )  # fmt: skip
    slot = replace(slot, sealed_details=slot_rows.seal_place(world, slot, wish.place))
    entry = trail.entry(world, who, f"waitlist#{program}", "enter_opening", PURPOSE, now)
    with suppress(Rejected):  # the same form again
        world.store.commit(Put(slot), keep_due(slot_rows.due_of(slot.ref, now)), entry)
    return None


def withdraw(world: World, who: Staff, program: str, slot: str) -> bool:
    """Nobody gets this time; False where somebody has it already. Raises as `add`."""
    def close(known: Slot, now: datetime) -> tuple[Slot, list[Change]] | None:
        return (closed(known, "withdrawn"), []) if known.live else None

    return _change(world, who, program, slot, "withdraw_opening", close)


def refuse(world: World, who: Staff, program: str, slot: str, patient_id: str) -> bool:
    """They said no on the phone: the hold ends, and the next may be asked. Raises as `add`."""
    def end(known: Slot, now: datetime) -> tuple[Slot, list[Change]] | None:
        if held(known, patient_id, now) is None:
            return None
        return declined(known, patient_id), [keep_due(slot_rows.due_of(known.ref, now))]

    return _change(world, who, program, slot, "refuse_offer", end, patient_id)


def _change(world: World, who: Staff, program: str, slot: str, action: str, make, patient_id: str = "") -> bool:  # type: ignore[no-untyped-def]
    admit_program(world, who, program, action)
    for _ in range(ATTEMPTS):
        known, now = world.store.get(Slot, program, slot), world.clock()
        made = make(known, now) if known is not None else None
        if known is None or made is None:
            return False
        done, more = made
        more = [*more, *offer_ways.without_calls(world, known, done)]
        entry = trail.entry(world, who, patient_id or f"waitlist#{program}", action, PURPOSE, now)
        try:
            world.store.commit(slot_rows.row_of(known, done), *more, entry)
        except (Rejected, Conflict):
            continue
        return True
    raise Conflict(slot)


def take(world: World, who: Staff, program: str, slot: str, patient_id: str, offered: bool = False) -> bool:
    """They said yes on the phone, or a person books an open time for them now; False where it is somebody else's, or held.
    `offered`: only to somebody who was asked about it. Raises as `add`.
    """
    admit_program(world, who, program, "take_opening")
    if offered and not _was_asked(world.store.get(Slot, program, slot), patient_id):
        return False  # what a form sent is looked up nowhere, and stays out of the trail (N5)
    if of_program(world, who, patient_id, "take_opening").program != program:
        raise NotFound("waitlist")
    for _ in range(ATTEMPTS):
        known, now = world.store.get(Slot, program, slot), world.clock()
        if known is None or not known.live or known.start_at <= now:
            return False
        if any(each.patient_id != patient_id for each in holders(known, now)) and held(known, patient_id, now) is None:
            return False
        asked = [each.visit_id for each in known.offers if each.patient_id == patient_id]
        visit_id = asked[-1] if asked else world.ids(now)
        visit = world.store.get(Appointment, patient_id, visit_id) if asked else None
        entry = trail.entry(world, who, patient_id, "take_opening", PURPOSE, now)
        try:
            world.store.commit(*take_slot.rows(world, known, patient_id, visit_id, visit, who.staff_id, now), entry)
        except (Rejected, Conflict):
            continue
        return True
    raise Conflict(slot)


def _was_asked(slot: Slot | None, patient_id: str) -> bool:
    return slot is not None and any(each.patient_id == patient_id for each in slot.offers)


def set_rules(world: World, who: Staff, program: str, clinician: str, offers: str, notice_hours: int) -> Wrong | None:
    """What a clinician wants of offers of their times. Raises as `add`."""
    admit_program(world, who, program, "set_slot_rules")
    if offers not in OFFERS or not 0 <= notice_hours <= MOST_NOTICE or not is_staff_id(clinician):
        return Wrong({"rules": "Choose whom their times are offered to, and 0 to 336 hours of notice."})
    now, known = world.clock(), world.store.get(SlotRules, program, clinician)
    version = known.version if known else 0
    fields = {"offers": offers, "notice_hours": notice_hours, "version": version + 1}
    change = Update(SlotRules, (program, clinician), set=fields, expect={"version": version or ABSENT}, create=not version)
    world.store.commit(change, trail.entry(world, who, f"waitlist#{program}", "set_slot_rules", PURPOSE, now))
    return None


def admit_program(world: World, who: Staff, program: str, action: str) -> None:
    known = program in world.clinic.programs
    if not known or not who.may_see(program):
        trail.refuse(world, who, f"waitlist#{program}" if known else "waitlist", action, PURPOSE)
        raise NotFound("waitlist")  # what a form sent stays out of an error's words (N5)


def of_program(world: World, who: Staff, patient_id: str, action: str) -> Patient:
    """Raises `NotFound` for a person of another program, and for a record that is part of another one now."""
    _, patient = admit(world, who, patient_id, action, PURPOSE)
    if patient is None or patient.merged_into or not who.may_see(patient.program):
        raise NotFound(patient_id)
    return patient
