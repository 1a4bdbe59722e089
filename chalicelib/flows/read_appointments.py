"""Look at the schedule: a program's days, one visit with its texts, what a visit would earn before it is booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from ..core.appointment_rules import Wish
from ..core.appointments import Appointment, Details, Touch, booked_in, same_day
from ..core.records import Message, Patient, Profile, Reengagement, Slot
from ..core.return_figures import LATER, Returns, returns
from ..core.sequence_overlay import changed_to
from ..core.sequences import Step, named
from ..core.staff import Staff
from ..core.touches import planned
from ..core.windows import instant
from ..errors import NotFound, OpenFailed
from ..ports import World
from . import trail, visit_words
from .plan_touches import Around, open_details, read_around, seal_details, with_touches
from .read_thread import admit, one_request, open_profile
from .roster import open_roster

MOST_DAYS = 7
MOST_OPENINGS = 5000  # of one month, counted
BACK = timedelta(hours=12)  # a visit that began within it still counts as "next"


@dataclass(frozen=True, slots=True)
class Listed:
    """A visit in a list; `name` is "" for somebody who is in another program now."""

    visit: Appointment
    name: str


@dataclass(frozen=True, slots=True)
class ToCome:
    """One text: the touch, its words as they would be now ("" for what is left out), and the row it became."""

    touch: Touch
    text: str = ""
    row: Message | None = None


@dataclass(frozen=True, slots=True)
class OpenAppointment:
    """One visit, opened."""

    visit: Appointment
    patient: Patient
    profile: Profile
    details: Details
    texts: tuple[ToCome, ...]
    together: tuple[Appointment, ...]  # the others of its day
    visits: tuple[Appointment, ...] = ()  # all of theirs, the newest booked first


def read_days(world: World, who: Staff, program: str, first: date, days: int) -> tuple[Listed, ...]:
    """A program's visits of up to seven days on the clinic's wall, by beginning. One query of the index, one opening.

    Raises `NotFound`, `StoreError`, `VaultError`.
    """
    _admit(world, who, program)
    last = first + timedelta(days=min(max(days, 1), MOST_DAYS))
    since, until = (instant(day, time.min, world.clinic.zone) for day in (first, last))
    names = open_roster(world, who, program, "schedule")
    found = world.store.booked(program, since, until)
    return tuple(Listed(each, names[each.patient_id].name if each.patient_id in names else "") for each in found)


def read_appointment(world: World, who: Staff, patient_id: str, appointment_id: str) -> OpenAppointment:
    """Raises `NotFound` (also for another program's, which leaves an audit entry), `StoreError`, `VaultError`."""
    world = one_request(world)
    _, patient = admit(world, who, patient_id, "read_appointment", "scheduling")
    visit = world.store.get(Appointment, patient_id, appointment_id)
    if patient is None or visit is None or not who.may_see(visit.program):
        raise NotFound(appointment_id)
    world.store.commit(trail.entry(world, who, patient_id, "read_appointment", "scheduling", world.clock()))
    around = read_around(world, patient)
    others = tuple(each for each in same_day(visit, around.visits) if each.appointment_id != appointment_id)
    return OpenAppointment(
        visit, patient, open_profile(world, who, patient), open_details(world, visit, who.staff_id),
        _texts(world, who, around, visit), others, around.visits,
    )


def begin(world: World, who: Staff, patient_id: str) -> tuple[Patient, str]:
    """For whom a visit is about to be booked, and their name: on a form that names nobody, the wrong person is booked.

    Raises `NotFound`, `StoreError`, `VaultError`.
    """
    _, patient = admit(world, who, patient_id, "begin_appointment", "scheduling")
    if patient is None or patient.merged_into or not who.may_see(patient.program):
        raise NotFound(patient_id)
    world.store.commit(trail.entry(world, who, patient_id, "begin_appointment", "scheduling", world.clock()))
    return patient, open_profile(world, who, patient).name


def preview(world: World, who: Staff, patient_id: str, wish: Wish, appointment_id: str = "") -> tuple[ToCome, ...]:
    """What this patient would receive and when, and what is left out: the plan that booking would make. Nothing of it is kept.

    Raises `NotFound`, `StoreError`, `VaultError`.
    """
    _, patient = admit(world, who, patient_id, "preview_appointment", "scheduling")
    if patient is None or not who.may_see(patient.program):
        raise NotFound(patient_id)
    around, now = read_around(world, patient), world.clock()
    world.store.commit(trail.entry(world, who, patient_id, "preview_appointment", "scheduling", now))
    known = next((each for each in around.visits if each.appointment_id == appointment_id), None)
    fresh = known or Appointment(
        patient_id, appointment_id or "preview", patient.program, wish.clinician, wish.kind, wish.start_at, wish.zone,
        wish.minutes, booked_in(patient.program, wish.start_at), created_at=now,
    )
    visit = replace(
        fresh, clinician=wish.clinician, kind=wish.kind, start_at=wish.start_at, zone=wish.zone, minutes=wish.minutes,
        rhythm=wish.rhythm, remote=bool(wish.link), status=wish.status,
    )
    sealed = seal_details(world, visit, Details(wish.place, wish.link, wish.chart_id))
    done = with_touches(world, around, replace(visit, sealed_details=sealed), around.visits, now)
    return _texts(world, who, around, done)


def preview_sequence(
    world: World, who: Staff, patient_id: str, appointment_id: str, sequence_id: str, steps: tuple[Step, ...]
) -> tuple[ToCome, ...]:
    """What this visit's patient would receive if its sequence had these steps. Nothing is written but the trail.

    Raises `NotFound`, `StoreError`, `VaultError`.
    """
    _, patient = admit(world, who, patient_id, "preview_sequence", "scheduling")
    visit = world.store.get(Appointment, patient_id, appointment_id)
    if patient is None or visit is None or not who.may_see(visit.program) or not who.may_see(patient.program):
        raise NotFound(appointment_id)
    world.store.commit(trail.entry(world, who, patient_id, "preview_sequence", "scheduling", world.clock()))
    known = read_around(world, patient)
    wanted = tuple(changed_to(each, steps) if each.sequence_id == sequence_id else each for each in known.sequences)
    around = replace(known, sequences=wanted)
    return _texts(world, who, around, with_touches(world, around, visit, around.visits, world.clock()))


def next_of(visits: Sequence[Appointment], now: datetime) -> Appointment | None:
    """The next visit that is still on, or the one that has just begun."""
    ahead = [each for each in visits if each.ahead and each.start_at > now - BACK]
    return min(ahead, key=lambda each: each.start_at, default=None)


def _texts(world: World, who: Staff, around: Around, visit: Appointment) -> tuple[ToCome, ...]:
    """Each touch with its words as they would be at this moment, or with the row that it became."""
    sent = [touch.message_id for touch in visit.touches if touch.message_id]
    found = world.store.get_many([(Message, (visit.patient_id, each)) for each in sent]) if sent else []
    rows = {row.message_id: row for row in found if isinstance(row, Message)}
    coming = set(planned(visit)) if visit.ahead else set()
    told = same_day(visit, tuple(each for each in around.visits if each.appointment_id != visit.appointment_id))
    return tuple(
        ToCome(touch, _words(world, who, around, visit, touch, told) if touch in coming else "", rows.get(touch.message_id))
        for touch in visit.touches
    )


def _words(
    world: World, who: Staff, around: Around, visit: Appointment, touch: Touch, told: tuple[Appointment, ...]
) -> str:
    sequence = named(around.sequences, visit.sequence)
    step = sequence.step(touch.name) if sequence else None
    if step is None:
        return ""
    try:
        return visit_words.touch_text(world, around.patient, step, (visit,) if step.access else told, who.staff_id).text
    except OpenFailed:
        world.journal.event("open_failed", row=visit.ref)
        return ""


def read_month(world: World, who: Staff, program: str, first: date) -> tuple[Appointment, ...]:
    """A program's visits of one month on the clinic's wall, sealed as they are: what figures count. Raises as `read_days`."""
    _admit(world, who, program)
    world.store.commit(trail.entry(world, who, f"program#{program}", "read_figures", "scheduling", world.clock()))
    return tuple(world.store.booked(program, *_month(world, first)))


def read_openings(world: World, who: Staff, program: str, first: date) -> tuple[Slot, ...]:
    """A program's open times that begin in that month, whatever became of them. Raises as `read_days`."""
    _admit(world, who, program)
    return tuple(world.store.openings(program, *_month(world, first), MOST_OPENINGS))


def _month(world: World, first: date) -> tuple[datetime, datetime]:
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return instant(first.replace(day=1), time.min, world.clinic.zone), instant(after, time.min, world.clinic.zone)


def read_after(world: World, found: Sequence[Appointment], program: str, first: date) -> tuple[Appointment, ...]:
    """The month's visits and those of the sixty days after it, where any of the month was missed. Raises `StoreError`."""
    if not any(each.status == "noshow" for each in found):
        return ()
    until = instant((first.replace(day=28) + timedelta(days=4)).replace(day=1), time.min, world.clinic.zone)
    return (*found, *world.store.booked(program, until, until + timedelta(days=LATER)))


def read_returns(world: World, found: Sequence[Appointment], program: str, first: date) -> Returns:
    """What came of the month's missed visits; what was begun for them is read a hundred at a time. Raises `StoreError`."""
    missed = [each for each in found if each.status == "noshow"]
    ids = [(each.patient_id, step.detail) for each in missed for step in each.steps if step.what == "back_planned"]
    begun: list[Reengagement] = []
    for at in range(0, len(ids), 100):
        some = world.store.get_many([(Reengagement, key) for key in ids[at : at + 100]])
        begun += [each for each in some if isinstance(each, Reengagement)]
    return returns(found, read_after(world, found, program, first), begun)


def _admit(world: World, who: Staff, program: str) -> None:
    if program not in world.clinic.programs or not who.may_see(program):
        trail.refuse(world, who, f"program#{program}", "read_schedule", "scheduling")
        raise NotFound(program)
