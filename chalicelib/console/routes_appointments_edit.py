"""Book a visit, move it, change it: a form that shows first what the patient would receive."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from ..core.appointments import KINDS, RHYTHMS
from ..core.records import Appointment
from ..flows.book_appointment import Booked, Changed, Wrong, book, change
from ..flows.plan_touches import zone_of
from ..flows.read_appointments import begin, preview, read_appointment
from ..flows.write_reply import form_is_ours
from . import appointment_form, times
from . import appointments_view as view
from .colleagues import or_choose, who_treat
from .desk import Visit, route
from .registration_form import Errors
from .web import whole

LONG_OPEN = "This page was open for long. Send it again."
STALE = "A colleague or the patient changed this visit meanwhile. Below is how it stands now: make your change again."


@route("/patients/{patient_id}/visits/new")
def visit_new_page(visit: Visit, patient_id: str) -> Response:
    return _form(visit, patient_id, None, appointment_form.blank(visit.world, or_choose(visit.who)), {})


@route("/patients/{patient_id}/visits/new", ("POST",))
def visit_new_submit(visit: Visit, patient_id: str) -> Response:
    form = dict(visit.form)
    wish, errors = appointment_form.read(visit.world, form)
    if wish is None:
        return _form(visit, patient_id, None, form, errors, 400)
    if form.get("do") == "preview":
        return _form(visit, patient_id, None, form, {}, texts=preview(visit.world, visit.who, patient_id, wish))
    form_id = form.get("form_id", "")
    if not form_is_ours(visit.world, form_id, visit.world.clock()):
        return _form(visit, patient_id, None, {**form, "form_id": ""}, {"start": LONG_OPEN}, 400)
    outcome = book(visit.world, visit.who, patient_id, form_id, wish)
    if isinstance(outcome, Wrong):
        return _form(visit, patient_id, None, form, outcome.fields, 400)
    return visit.go(f"/visits/{patient_id}/{outcome.visit.appointment_id}?done=new")


@route("/visits/{patient_id}/{appointment_id}/edit")
def visit_edit_page(visit: Visit, patient_id: str, appointment_id: str) -> Response:
    opened = read_appointment(visit.world, visit.who, patient_id, appointment_id)
    return _form(visit, patient_id, opened.visit, appointment_form.filled(opened.visit, opened.details), {})


@route("/visits/{patient_id}/{appointment_id}/edit", ("POST",))
def visit_edit_submit(visit: Visit, patient_id: str, appointment_id: str) -> Response:
    opened, form = read_appointment(visit.world, visit.who, patient_id, appointment_id), dict(visit.form)
    wish, errors = appointment_form.read(visit.world, form, opened.visit)
    if wish is None:
        return _form(visit, patient_id, opened.visit, form, errors, 400)
    if form.get("do") == "preview":
        shown = preview(visit.world, visit.who, patient_id, wish, appointment_id)
        return _form(visit, patient_id, opened.visit, form, {}, texts=shown)
    seen, tell = whole(form.get("version", ""), 0), form.get("tell") == "on"
    outcome = change(visit.world, visit.who, patient_id, appointment_id, wish, seen, tell)
    if isinstance(outcome, Wrong):
        return _form(visit, patient_id, opened.visit, form, outcome.fields, 400)
    if isinstance(outcome, Changed):
        again = read_appointment(visit.world, visit.who, patient_id, appointment_id)
        return _form(visit, patient_id, again.visit, appointment_form.filled(again.visit, again.details), {"start": STALE}, 409)
    return visit.go(f"/visits/{patient_id}/{appointment_id}?done={_done(opened.visit, outcome)}")


def _done(was: Appointment, outcome: Booked) -> str:
    return "same" if outcome.again else "moved" if outcome.visit.start_at != was.start_at else "edited"


def _form(
    visit: Visit,
    patient_id: str,
    was: Appointment | None,
    form: dict[str, str],
    errors: Errors,
    status: int = 200,
    texts: Any = None,
) -> Response:
    world, now = visit.world, visit.world.clock()
    patient, name = begin(world, visit.who, patient_id)
    theirs, form = times.Place(zone_of(world, patient), now), {**appointment_form.blank(world, ""), **form}
    people = sorted({*who_treat(visit, patient.program), form["clinician"]} - {""})
    return visit.show(
        "visit_form.html",
        status,
        patient=patient,
        name=name,
        was=was,
        form={**form, "form_id": form.get("form_id") or world.ids(now)},
        errors=errors,
        texts=view.view_texts(texts, theirs) if texts is not None else None,
        people=people,
        kinds=KINDS,
        rhythms=RHYTHMS,
        own_zone=theirs if theirs.zone != world.clinic.zone else None,
        program=patient.program,
    )
