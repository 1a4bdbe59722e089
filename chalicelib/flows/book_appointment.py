"""Book a visit, move it, change it, say what became of it: each one transaction with its touches, its history and the trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime

from ..core.appointment_rules import Wish, wrong_with
from ..core.appointments import MOST_STEPS, OVER, STATUSES, Appointment, Details, booked_in
from ..core.records import Change, Contact, Delete, Patient, Put, Quiet, Step, Update
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import missed_visit, slot_rows, trail, visit_news
from .outbox import keep_due
from .plan_touches import Around, changed, open_details, read_around, replan, seal_details
from .read_thread import admit

ATTEMPTS = 5
PURPOSE = "scheduling"
WANTS_MOVE = "wants_move"
HEARD = ("confirmed", "late", WANTS_MOVE)  # who can't come is called off: that is a status
# What changes with a visit besides itself, such as the text that tells of it: (world, patient, was, visit, now).
Beside = Callable[[World, Patient, Appointment, Appointment, datetime], tuple[Change, ...]]
TAKEN = {"start": "A patient has just taken this time."}


@dataclass(frozen=True, slots=True)
class Booked:
    """The visit as it stands. `again`: nothing had to change."""

    visit: Appointment
    again: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    """Nothing was written: field to what a person must look at."""

    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody else changed it since it was shown."""

    visit: Appointment


def book(world: World, who: Staff, patient_id: str, appointment_id: str, wish: Wish, source: str = "console") -> Booked | Wrong:
    """A new visit; `appointment_id` is minted with the form, so that the same form twice books once.

    Raises `NotFound`, `Conflict`, `StoreError`, `VaultError`.
    """
    if wrong := wrong_with(wish, world.clock()):
        return Wrong(wrong)
    for _ in range(ATTEMPTS):
        around, now = _around(world, who, patient_id, "book_appointment"), world.clock()
        known = world.store.get(Appointment, patient_id, appointment_id)
        if known is not None:
            return Booked(known, True)
        fresh = _fresh(world, around.patient, appointment_id, wish, who, now, source)
        marked, back = missed_visit.after(world, around, None, fresh, who.staff_id, now)
        visit, more = replan(world, around, marked, None, now)
        openings = slot_rows.after(world, None, visit, now)
        if openings is None:
            return Wrong(TAKEN)
        back += [Delete(Quiet, (visit.program, patient_id))] if visit.ahead else []
        try:
            entry = trail.entry(world, who, patient_id, "book_appointment", PURPOSE, now)
            world.store.commit(Put(visit), *more, *openings, *back, entry)
        except (Rejected, Conflict):
            continue
        return Booked(visit)
    raise Conflict(appointment_id)


def change(
    world: World, who: Staff, patient_id: str, appointment_id: str, wish: Wish, version: int | None = None, tell: bool = False
) -> Booked | Wrong | Changed:
    """The visit as the wish says; a new beginning moves it. `version`: as it was shown, None for any. `tell`: the patient is
    told of a move. Raises as `book`."""
    if wrong := wrong_with(wish, world.clock()):
        return Wrong(wrong)
    def become(visit: Appointment, now: datetime) -> Appointment:
        return _wished(world, who, visit, wish, now)

    return _edit(world, who, patient_id, appointment_id, version, become, visit_news.rows if tell else None)


def set_status(
    world: World, who: Staff, patient_id: str, appointment_id: str, status: str, version: int | None = None, tell: bool = False
) -> Booked | Wrong | Changed:
    """What became of it, in FHIR's words. `tell`: the patient is told when it is called off.

    Raises `KeyError` for another word, and as `book`."""
    STATUSES[status]

    def become(visit: Appointment, now: datetime) -> Appointment:
        return with_status(visit, status, who.staff_id, now)

    return _edit(world, who, patient_id, appointment_id, version, become, visit_news.rows if tell else None)


def set_confirmation(
    world: World, who: Staff, patient_id: str, appointment_id: str, said: str, version: int | None = None,
    offer: bool = False,
) -> Booked | Wrong | Changed:
    """What the patient said, as a person heard or read it. `offer`: who needs another time is sent open ones.

    Raises `KeyError` for no word of `HEARD`, and as `book`."""
    if said not in HEARD:
        raise KeyError(said)

    def become(visit: Appointment, now: datetime) -> Appointment:
        if visit.confirmation == said:
            return visit
        return with_step(replace(visit, confirmation=said), who.staff_id, f"heard_{said}", now)

    def times(_: World, __: Patient, ___: Appointment, visit: Appointment, now: datetime) -> tuple[Change, ...]:
        return (keep_due(slot_rows.due_of(visit.ref, now, slot_rows.MOVES)),)

    offers = offer and said == WANTS_MOVE
    return _edit(world, who, patient_id, appointment_id, version, become, times if offers else None)


def with_status(visit: Appointment, status: str, by: str, now: datetime, why: str = "") -> Appointment:
    """The visit in this status, with its line of history."""
    if visit.status == status:
        return visit
    gone = now if status == "cancelled" else None
    return with_step(replace(visit, status=status, cancelled_at=gone), by, f"status_{status}", now, why)


def with_step(visit: Appointment, by: str, what: str, now: datetime, detail: str = "") -> Appointment:
    return replace(visit, steps=(*visit.steps, Step(now, by, what, detail))[-MOST_STEPS:])


def _around(world: World, who: Staff, patient_id: str, action: str) -> Around:
    """Raises `NotFound` for a person of another program, and for a record that is part of another one now."""
    _, patient = admit(world, who, patient_id, action, PURPOSE)
    if patient is None or patient.merged_into or not who.may_see(patient.program):
        raise NotFound(patient_id)
    return read_around(world, patient)


def _fresh(
    world: World, patient: Patient, appointment_id: str, wish: Wish, who: Staff, now: datetime, source: str
) -> Appointment:
    visit = Appointment(
        patient.patient_id, appointment_id, patient.program, wish.clinician, wish.kind, wish.start_at, wish.zone, wish.minutes,
        booked_in(patient.program, wish.start_at),
        remote=bool(wish.link), status=wish.status, rhythm=wish.rhythm, steps=(Step(now, who.staff_id, "booked", source),),
        created_at=now, source=source, cancelled_at=now if wish.status == "cancelled" else None,
    )
    return _with_details(world, visit, Details(wish.place, wish.link, wish.chart_id))


def _with_details(world: World, visit: Appointment, details: Details) -> Appointment:
    return replace(visit, sealed_details=seal_details(world, visit, details) if details != Details() else b"")


def _wished(world: World, who: Staff, visit: Appointment, wish: Wish, now: datetime) -> Appointment:
    """What the wish says laid over the visit; the same again is the same visit."""
    was = open_details(world, visit, who.staff_id)
    details = Details(wish.place, wish.link, wish.chart_id or was.chart_id)
    done = replace(
        visit, clinician=wish.clinician, kind=wish.kind, minutes=wish.minutes, zone=wish.zone, rhythm=wish.rhythm,
        remote=bool(wish.link),
    )
    if details != was:
        done = _with_details(world, done, details)
    moved = wish.start_at != visit.start_at
    if moved:
        month = booked_in(visit.program, wish.start_at)
        done = replace(done, start_at=wish.start_at, booked_in=month, confirmation="", barrier="")
    if done != visit:
        what, detail = ("moved", visit.start_at.isoformat()) if moved else ("changed", "")
        done = with_step(done, who.staff_id, what, now, detail)
    return with_status(done, wish.status, who.staff_id, now)


def _edit(
    world: World,
    who: Staff,
    patient_id: str,
    appointment_id: str,
    version: int | None,
    make: Callable[[Appointment, datetime], Appointment],
    beside: Beside | None = None,
) -> Booked | Wrong | Changed:
    for _ in range(ATTEMPTS):
        around, now = _around(world, who, patient_id, "change_appointment"), world.clock()
        known = world.store.get(Appointment, patient_id, appointment_id)
        if known is None or not who.may_see(known.program):
            raise NotFound(appointment_id)
        wanted = make(known, now)
        if wanted == known:
            return Booked(known, True)
        if version is not None and version != known.version:
            return Changed(known)
        visit, changes = _with_all(world, around, known, wanted, who.staff_id, now)
        if changes is None:
            return Wrong(TAKEN)
        changes += beside(world, around.patient, known, visit, now) if beside else ()
        try:
            world.store.commit(*changes, trail.entry(world, who, patient_id, "change_appointment", PURPOSE, now))
        except (Rejected, Conflict):
            continue
        return Booked(replace(visit, version=known.version + 1))
    raise Conflict(appointment_id)


def _with_all(
    world: World, around: Around, known: Appointment, wanted: Appointment, by: str, now: datetime
) -> tuple[Appointment, list[Change] | None]:
    """The visit with its touches, and all that changes with it; None when a patient has just taken that time."""
    marked, back = missed_visit.after(world, around, known, wanted, by, now)
    visit, more = replan(world, around, marked, known, now)
    openings = slot_rows.after(world, known, visit, now)
    if openings is None:
        return visit, None
    return visit, [row_of(known, visit), *more, *openings, *back, *closed_question(around.contact, known, visit)]


def row_of(was: Appointment, visit: Appointment) -> Update:
    """Only the fields that moved."""
    names = {each.name for each in fields(Appointment)} - {*Appointment.key, "version"}
    return changed(was, **{name: getattr(visit, name) for name in sorted(names) if getattr(visit, name) != getattr(was, name)})


def closed_question(contact: Contact | None, was: Appointment, visit: Appointment) -> list[Change]:
    """A "1" must not confirm what was not asked: the question about a visit that was moved or is over is closed."""
    asked = contact.prompt if contact else None
    stands = visit.start_at == was.start_at and visit.status not in OVER
    if contact is None or asked is None or stands or was.appointment_id not in asked.about:
        return []
    close = {"prompt": None, "version": contact.version + 1}
    return [Update(Contact, (contact.contact_id,), set=close, expect={"version": contact.version})]
