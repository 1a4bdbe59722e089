"""Change a patient: record, status, permission."""

from __future__ import annotations

from chalice.app import Response

from ..core.patient_status import STANDINGS
from ..core.people import mark_is_old
from ..errors import NotFound
from ..flows.edit_patient import Edited, NotAgreed, Outcome, Stale, edit, read_known
from ..flows.patient_standing import change_status, record_declined, record_permission
from ..flows.register_patient import NumberInUse
from . import patient_form
from .desk import Visit, route
from .patient_form import PHONES, ROLES
from .registration_form import HOW, Errors

STALE = "A colleague changed this record meanwhile. Below is what it says now: make your change again."


@route("/patients/{patient_id}/edit")
def edit_page(visit: Visit, patient_id: str) -> Response:
    return _page(visit, patient_id, None, {})


@route("/patients/{patient_id}/edit", ("POST",))
def edit_submit(visit: Visit, patient_id: str) -> Response:
    known = read_known(visit.world, visit.who, patient_id)
    wish, errors = patient_form.read(visit.world, visit.form, known.patient)
    if wish is None:
        return _page(visit, patient_id, dict(visit.form), errors, 400)
    return _after(visit, patient_id, edit(visit.world, visit.who, patient_id, wish))


@route("/patients/{patient_id}/status", ("POST",))
def status_submit(visit: Visit, patient_id: str) -> Response:
    status = visit.form.get("status", "")
    if status not in STANDINGS:
        return visit.go(f"/patients/{patient_id}?done=choose")
    if STANDINGS[status].confirm and visit.form.get("sure") != "on":
        return visit.go(f"/patients/{patient_id}?done=confirm")
    change_status(visit.world, visit.who, patient_id, status)
    return visit.go(f"/patients/{patient_id}?done=status")


@route("/patients/{patient_id}/permission", ("POST",))
def permission_submit(visit: Visit, patient_id: str) -> Response:
    medium, said = visit.form.get("medium", ""), visit.form.get("said", "")
    if medium not in HOW or said not in ("yes", "no"):
        return visit.go(f"/patients/{patient_id}?done=permission_how")
    record_permission(visit.world, visit.who, patient_id, said == "yes", medium)
    return visit.go(f"/patients/{patient_id}?done=permission")


@route("/patients/{patient_id}/visit-texts", ("POST",))
def visit_texts_submit(visit: Visit, patient_id: str) -> Response:
    medium, wants = visit.form.get("medium", ""), visit.form.get("wants", "")
    if medium not in HOW or wants not in ("yes", "no"):
        return visit.go(f"/patients/{patient_id}?done=permission_how")
    record_declined(visit.world, visit.who, patient_id, "appointments", wants == "no", medium)
    return visit.go(f"/patients/{patient_id}?done=permission")


def _after(visit: Visit, patient_id: str, outcome: Outcome) -> Response:
    """Nothing a person typed is lost, whatever came of it."""
    form = dict(visit.form)
    if isinstance(outcome, Edited):
        done = "lost_consent" if outcome.lost_consent else "edited" if outcome.changed else "same"
        return visit.go(f"/patients/{patient_id}?done={done}")
    if isinstance(outcome, NumberInUse):
        return _page(visit, patient_id, form, {}, 409, in_use=outcome)
    if isinstance(outcome, NotAgreed):
        return _page(visit, patient_id, form, {"agreed_by": "A text may say more only when the patient agreed. Say how."}, 400)
    assert isinstance(outcome, Stale)
    return _page(visit, patient_id, None, {"name": STALE}, 409)


def _page(
    visit: Visit,
    patient_id: str,
    form: dict[str, str] | None,
    errors: Errors,
    status: int = 200,
    in_use: NumberInUse | None = None,
) -> Response:
    known = read_known(visit.world, visit.who, patient_id)
    if known.patient.merged_into:
        raise NotFound(patient_id)
    shown = form or patient_form.filled(known.patient, known.profile, known.old, visit.world.clinic.zone.key)
    return visit.show(
        "patient_edit.html",
        status,
        patient=known.patient,
        name=known.profile.name,
        form=shown,
        errors=errors,
        in_use=in_use,
        mark_old=mark_is_old(known.patient, visit.world.clock()),
        roles=ROLES,
        phones=PHONES,
        how=HOW,
        program=known.patient.program,
    )
