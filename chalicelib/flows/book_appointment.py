"""Book a visit, move it, change it, say what became of it: each one transaction with its touches, its history and the trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime

from ..core.appointment_rules import Wish, wrong_with
from ..core.appointments import OVER, STATUSES, Appointment
from ..core.records import Change, Contact, Delete, Patient, Put, Quiet, Update
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import missed_visit, schedule_feed, slot_rows, trail, visit_news
from .charting import Charting
from .listed_visits import with_list
from .outbox import keep_due
from .plan_touches import Around, changed, read_around, replan
from .read_thread import admit
from .visit_wish import Overlay, fresh_visit, wished, with_status, with_step

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


def book(
    world: World, who: Staff, patient_id: str, appointment_id: str, wish: Wish, source: str = "", line: Charting | None = None
) -> Booked | Wrong:
    """A new visit; `appointment_id` is minted with the form, so that the same form twice books once. `line`: where it comes from.

    Raises `NotFound`, `Conflict`, `StoreError`, `VaultError`.
    """
    if wrong := wrong_with(wish, world.clock()):
        return Wrong(wrong)
    for _ in range(ATTEMPTS):
        around, now = _around(world, who, patient_id, "book_appointment"), world.clock()
        known = world.store.get(Appointment, patient_id, appointment_id)
        if known is not None:
            return Booked(known, True)
        fresh = fresh_visit(world, around.patient, appointment_id, wish, who, now, source or "console", line)
        marked, back = missed_visit.after(world, around, None, fresh, who.staff_id, now)
        visit, more = replan(world, around, marked, None, now)
        openings = slot_rows.after(world, None, visit, now)
        if openings is None:
            return Wrong(TAKEN)
        back += [Delete(Quiet, (visit.program, patient_id))] if visit.ahead else []
        try:
            entry = trail.entry(world, who, patient_id, "book_appointment", PURPOSE, now)
            back += [line.row(patient_id, appointment_id)] if line else []
            rows = [Put(visit), *more, *openings, *back, entry]
            world.store.commit(*with_list(rows, around.patient, (*around.visits, visit), now))
        except (Rejected, Conflict):
            continue
        return Booked(visit)
    raise Conflict(appointment_id)


def change(
    world: World,
    who: Staff,
    patient_id: str,
    appointment_id: str,
    wish: Wish | Overlay,
    version: int | None = None,
    tell: bool = False,
    line: Charting | None = None,
) -> Booked | Wrong | Changed:
    """The visit as the wish says; a new beginning moves it. `version`: as it was shown, None for any. `tell`: the patient is told
    of a move. `line`: where it comes from. Raises as `book`."""
    if isinstance(wish, Wish) and (wrong := wrong_with(wish, world.clock())):
        return Wrong(wrong)

    def become(visit: Appointment, now: datetime) -> Appointment:
        done = wished(world, who, visit, wish, now)
        return replace(done, charted=line.record_hash) if line else done

    return _edit(world, who, patient_id, appointment_id, version, become, visit_news.rows if tell else None, line)


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


def _around(world: World, who: Staff, patient_id: str, action: str) -> Around:
    """Raises `NotFound` for a person of another program, and for a record that is part of another one now."""
    _, patient = admit(world, who, patient_id, action, PURPOSE)
    if patient is None or patient.merged_into or not who.may_see(patient.program):
        raise NotFound(patient_id)
    return read_around(world, patient)


def _edit(
    world: World, who: Staff, patient_id: str, appointment_id: str, version: int | None,
    make: Callable[[Appointment, datetime], Appointment], beside: Beside | None = None, line: Charting | None = None,
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
        changes += _for_the_schedule(world, known, visit, line, now)
        try:
            entry = trail.entry(world, who, patient_id, "change_appointment", PURPOSE, now)
            world.store.commit(*with_list([*changes, entry], around.patient, around.visits, now))
        except (Rejected, Conflict):
            continue
        return Booked(replace(visit, version=known.version + 1))
    raise Conflict(appointment_id)


def _for_the_schedule(world: World, was: Appointment, visit: Appointment, line: Charting | None, now: datetime) -> list[Change]:
    """What it said is kept; what it did not say itself it is told."""
    return [line.row(was.patient_id, was.appointment_id)] if line else schedule_feed.told(world, was, visit, "staff", now)


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
