"""What somebody wishes laid over a visit: a new one, or the one that is there with its line of history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from ..core.appointment_rules import Wish
from ..core.appointments import MOST_STEPS, Appointment, Details, booked_in
from ..core.records import Patient, Step
from ..core.staff import Staff
from ..ports import World
from .charting import Charting
from .plan_touches import open_details, seal_details

Overlay = Callable[[Appointment, Wish], Wish]  # of the visit as it stands, and that as a wish


def with_status(visit: Appointment, status: str, by: str, now: datetime, why: str = "") -> Appointment:
    """The visit in this status, with its line of history."""
    if visit.status == status:
        return visit
    gone = now if status == "cancelled" else None
    return with_step(replace(visit, status=status, cancelled_at=gone), by, f"status_{status}", now, why)


def with_step(visit: Appointment, by: str, what: str, now: datetime, detail: str = "") -> Appointment:
    return replace(visit, steps=(*visit.steps, Step(now, by, what, detail))[-MOST_STEPS:])


def fresh_visit(
    world: World, patient: Patient, appointment_id: str, wish: Wish, who: Staff, now: datetime, source: str, line: Charting | None
) -> Appointment:
    visit = Appointment(
        patient.patient_id, appointment_id, patient.program, wish.clinician, wish.kind, wish.start_at, wish.zone, wish.minutes,
        booked_in(patient.program, wish.start_at),
        remote=bool(wish.link), status=wish.status, rhythm=wish.rhythm, steps=(Step(now, who.staff_id, "booked", source),),
        created_at=now, source=source, charted=line.record_hash if line else "",
        cancelled_at=now if wish.status == "cancelled" else None,
    )
    return _with_details(world, visit, Details(wish.place, wish.link, wish.chart_id))


def _with_details(world: World, visit: Appointment, details: Details) -> Appointment:
    return replace(visit, sealed_details=seal_details(world, visit, details) if details != Details() or details.later else b"")


def wished(world: World, who: Staff, visit: Appointment, wish: Wish | Overlay, now: datetime) -> Appointment:
    """What the wish says laid over the visit; the same again is the same visit."""
    was = open_details(world, visit, who.staff_id)
    if not isinstance(wish, Wish):
        now_is = Wish(visit.clinician, visit.kind, visit.start_at, visit.zone, visit.minutes, was.place, was.link, visit.rhythm)
        wish = wish(visit, replace(now_is, status=visit.status))
    details = replace(was, place=wish.place, link=wish.link, chart_id=wish.chart_id or was.chart_id)
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
