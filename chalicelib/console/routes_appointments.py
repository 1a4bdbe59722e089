"""The schedule: a day or a week of one program, and one visit with everything that is said about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalice.app import Response

from ..core.appointments import CONFIRMATIONS, KINDS, RHYTHMS, STATUSES, Appointment
from ..core.sequences import name_of
from ..flows.book_appointment import HEARD, Booked, set_confirmation, set_status
from ..flows.missed_visit import CALL_ASKED, LINE_PLANNED, NOSHOW, may_be_missed, may_take_back, was_before
from ..flows.plan_touches import zone_of
from ..flows.read_appointments import OpenAppointment, read_appointment, read_days
from ..flows.read_reengagement import read_reengagements
from ..texts import visits as visit_texts
from . import appointments_view as view
from . import back_view, times
from .desk import Visit, route
from .web import whole

BECOMES = ("booked", "arrived", "fulfilled", "noshow", "cancelled", "entered-in-error")


@route("/visits")
def visits_page(visit: Visit) -> Response:
    """A day, or the seven days from one. Only a program and a day stand in the address (N5)."""
    own = [program for program in visit.who.programs if program in visit.world.clinic.programs]
    asked = visit.query("program")
    program = asked if asked in own else own[0] if own and not asked else asked
    zone, now = visit.world.clinic.zone, visit.world.clock()
    first = times.read_day(visit.query("day")) or now.astimezone(zone).date()
    days = 7 if visit.query("span") == "week" else 1
    found = read_days(visit.world, visit.who, program, first, days)
    return visit.show(
        "visits.html",
        days=view.view_days(found, first, days, zone, now),
        done=visit.query("done"),
        program=program,
        programs=own,
        first=first,
        span=days,
        before=first - timedelta(days=days),
        after=first + timedelta(days=days),
    )


@route("/visits/{patient_id}/{appointment_id}")
def visit_page(visit: Visit, patient_id: str, appointment_id: str) -> Response:
    return show_visit(visit, patient_id, appointment_id, done=visit.query("done"))


@route("/visits/{patient_id}/{appointment_id}/status", ("POST",))
def visit_status_submit(visit: Visit, patient_id: str, appointment_id: str) -> Response:
    status = visit.form.get("status", "")
    if status not in BECOMES:
        return visit.go(f"/visits/{patient_id}/{appointment_id}?done=choose")
    seen = whole(visit.form.get("version", ""), 0)
    tell = visit.form.get("tell") == "on"
    if status == NOSHOW and (early := _too_early(visit, patient_id, appointment_id)):
        return early
    outcome = set_status(visit.world, visit.who, patient_id, appointment_id, status, seen, tell)
    done = "changed" if not isinstance(outcome, Booked) else "same" if outcome.again else _said(outcome.visit, status)
    if visit.form.get("back") == "day" and isinstance(outcome, Booked):
        day = outcome.visit.start_at.astimezone(visit.world.clinic.zone).date()
        return visit.go(f"/visits?program={outcome.visit.program}&day={day}&done={done}")
    return visit.go(f"/visits/{patient_id}/{appointment_id}?done={done}")


def _too_early(visit: Visit, patient_id: str, appointment_id: str) -> Response | None:
    """Nobody has missed what has not begun."""
    known = read_appointment(visit.world, visit.who, patient_id, appointment_id).visit
    early = known.start_at > visit.world.clock()
    return visit.go(f"/visits/{patient_id}/{appointment_id}?done=early") if early else None


def _said(now_is: Appointment, status: str) -> str:
    """What came of the click; of a missed visit, what begins with it."""
    last = now_is.steps[-1].what if now_is.steps else ""
    return last if status == NOSHOW and last in (CALL_ASKED, LINE_PLANNED) else status


@route("/visits/{patient_id}/{appointment_id}/said", ("POST",))
def visit_said_submit(visit: Visit, patient_id: str, appointment_id: str) -> Response:
    said = visit.form.get("said", "")
    if said not in HEARD:
        return visit.go(f"/visits/{patient_id}/{appointment_id}?done=choose")
    seen = whole(visit.form.get("version", ""), 0)
    offer = visit.form.get("offer") == "on"
    outcome = set_confirmation(visit.world, visit.who, patient_id, appointment_id, said, seen, offer)
    done = "changed" if not isinstance(outcome, Booked) else "same" if outcome.again else "noted"
    return visit.go(f"/visits/{patient_id}/{appointment_id}?done={done}")


def show_visit(visit: Visit, patient_id: str, appointment_id: str, done: str = "") -> Response:
    opened = read_appointment(visit.world, visit.who, patient_id, appointment_id)
    now, world = visit.world.clock(), visit.world
    place, theirs = times.Place(world.clinic.zone, now), times.Place(zone_of(world, opened.patient), now)
    known = next((each for each in visit_texts.sequences() if each.sequence_id == name_of(opened.visit.sequence)), None)
    said, tone = view.state_of(opened.visit)
    return visit.show(
        "visit.html",
        opened=opened,
        appointment=opened.visit,
        when=view.when_says(opened.visit, place),
        said=said,
        tone=tone,
        confirmation=CONFIRMATIONS.get(opened.visit.confirmation, ""),
        became=STATUSES.get(opened.visit.status, opened.visit.status),
        kind=KINDS.get(opened.visit.kind, opened.visit.kind),
        rhythm=RHYTHMS.get(opened.visit.rhythm, ""),
        sequence=known.label if known else "",
        barrier=view.barrier_label(opened.visit.barrier),
        texts=view.view_texts(opened.texts, theirs),
        theirs=None if theirs.zone == place.zone else theirs,
        history=view.view_history(opened.visit, visit.who.staff_id, place),
        together=[(each, times.Place(ZoneInfo(each.zone), now).clock(each.start_at)) for each in opened.together],
        becomes={key: STATUSES[key] for key in BECOMES if key != opened.visit.status},
        heard={each: CONFIRMATIONS[each] for each in HEARD if each != opened.visit.confirmation},
        day=opened.visit.start_at.astimezone(place.zone).date(),
        program=opened.visit.program,
        **_missed(visit, opened, theirs),
        done=done,
    )


def _missed(visit: Visit, opened: OpenAppointment, theirs: times.Place) -> dict[str, Any]:
    """One click that it was missed, and back; what was begun with it, where it was ever: nothing is read for other visits."""
    now_is, now = opened.visit, theirs.now
    ever = any(step.what == LINE_PLANNED for step in now_is.steps)
    begun = read_reengagements(visit.world, opened.patient, opened.visits, now_is.appointment_id) if ever else ()
    undo = was_before(now_is) if may_take_back(now_is, now) else ""
    return {"began": may_be_missed(now_is, now), "undo": undo, "back": back_view.view_back(begun, theirs)}
