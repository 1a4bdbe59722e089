"""The safe-phone plan of a patient: what holds, a form that changes it, and who changed it when."""

from __future__ import annotations

from chalice.app import Response

from ..core.safe_phone import CHECKED
from ..core.whose_number import DOUBTS
from ..flows.safe_phone import Plan, end_hold, read_plan, save_plan
from ..flows.whose_number import ANOTHERS, THEIRS, numbers_in_doubt, settle
from ..texts.safe_phone import labels, spoken_label
from . import safe_phone_form
from .desk import Visit, route
from .patient_form import PHONES
from .registration_form import Errors
from .safe_phone_form import NAMES, VOICEMAIL
from .web import whole

STALE = "A colleague, or a text of theirs, changed this plan meanwhile. Below is what it says now: make your change again."


@route("/patients/{patient_id}/safe-phone")
def safe_phone_page(visit: Visit, patient_id: str) -> Response:
    return _page(visit, read_plan(visit.world, visit.who, patient_id), None, {})


@route("/patients/{patient_id}/safe-phone", ("POST",))
def safe_phone_submit(visit: Visit, patient_id: str) -> Response:
    """Nothing a person typed is lost, whatever came of it."""
    world, who, form = visit.world, visit.who, visit.form
    wish, errors = safe_phone_form.read(form)
    if wish is None:
        return _page(visit, read_plan(world, who, patient_id), dict(form), errors, 400)
    outcome = save_plan(world, who, patient_id, wish, safe_phone_form.checked(form), whole(form.get("version", ""), -1))
    if outcome.why in ("saved", "same"):
        return visit.go(f"/patients/{patient_id}/safe-phone?done={outcome.why}")
    if outcome.why == "stale":
        return _page(visit, read_plan(world, who, patient_id), None, {"hours": STALE}, 409)
    return _page(visit, read_plan(world, who, patient_id), dict(form), safe_phone_form.told(outcome), 400)


@route("/patients/{patient_id}/safe-phone/end", ("POST",))
def safe_phone_end_submit(visit: Visit, patient_id: str) -> Response:
    what = visit.form.get("what", "")
    if what not in ("held", "quiet"):
        return visit.go(f"/patients/{patient_id}/safe-phone")
    done = end_hold(visit.world, visit.who, patient_id, what, safe_phone_form.checked(visit.form))
    return visit.go(f"/patients/{patient_id}/safe-phone?done={done}")


@route("/patients/{patient_id}/safe-phone/number", ("POST",))
def safe_phone_number_submit(visit: Visit, patient_id: str) -> Response:
    found = visit.form.get("found", "")
    if found not in (THEIRS, ANOTHERS):
        return visit.go(f"/patients/{patient_id}/safe-phone")
    done = settle(visit.world, visit.who, patient_id, found, safe_phone_form.checked(visit.form))
    return visit.go(f"/patients/{patient_id}/safe-phone?done={'number' if done == 'done' else done}")


@route("/numbers")
def numbers_page(visit: Visit) -> Response:
    """Whose number may be somebody else's now, why, and what to do next."""
    return visit.show("numbers.html", rows=numbers_in_doubt(visit.world, visit.who), doubts=DOUBTS, here="numbers")


def _page(visit: Visit, plan: Plan, form: dict[str, str] | None, errors: Errors, status: int = 200) -> Response:
    patient = plan.patient
    sender = visit.world.clinic.sender
    return visit.show(
        "safe_phone.html",
        status,
        plan=plan, patient=patient, name=plan.name, program=patient.program,
        form=form or safe_phone_form.filled(plan.now, patient.plan),
        errors=errors, phones=PHONES, voicemail=VOICEMAIL, names=NAMES, checked=CHECKED,
        labels={key: spoken_label(key, "en", sender) for key in labels()},
        may_change=visit.who.may_see(patient.program) and not patient.merged_into,
        overdue=patient.plan_due is not None and patient.plan_due <= visit.world.clock(),
        doubts=DOUBTS, doubt=plan.contact.doubt if plan.contact and not patient.no_phone else "",
        quiet=patient.quiet_until is not None and patient.quiet_until > visit.world.clock(),
        done=visit.query("done"),
    )  # fmt: skip
