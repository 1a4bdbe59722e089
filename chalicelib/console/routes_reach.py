"""How a patient can be reached: the questions of intake, the order of channels that follows and why, what they agreed to; and the
list of who cannot be reached."""

from __future__ import annotations

from chalice.app import Response

from ..core.channels import ASKED, CHANNELS
from ..core.consent import EVERYTHING, Scope
from ..core.consent_ledger import MEDIA, TEXT
from ..core.reaching import WHY, why_not
from ..flows.consent_desk import Said, record
from ..flows.reach import Sheet, may_agree, read_sheet, save_sheet
from ..flows.stops_compared import stops_compared
from ..flows.unreached import who_cannot_be_reached
from ..texts.consent import kind_words
from ..texts.reach import programs
from . import reach_form
from .desk import Visit, route
from .reach_form import ALSO, FIRST, NAMES, QUESTIONS, WHOSE
from .registration_form import Errors
from .web import whole


@route("/patients/{patient_id}/reach")
def reach_page(visit: Visit, patient_id: str) -> Response:
    return _page(visit, read_sheet(visit.world, visit.who, patient_id), None, {})


@route("/patients/{patient_id}/reach", ("POST",))
def reach_submit(visit: Visit, patient_id: str) -> Response:
    """Nothing a person typed is lost, whatever came of it."""
    world, who, form = visit.world, visit.who, dict(visit.form)
    wish, errors = reach_form.read(visit.form)
    if wish is None:
        return _page(visit, read_sheet(world, who, patient_id), form, errors, 400)
    done = save_sheet(world, who, patient_id, wish, whole(form.get("version", ""), -1))
    if done == "stale":
        wrong = {"phone": "A colleague changed this meanwhile. Below is what it says now: make your change again."}
        return _page(visit, read_sheet(world, who, patient_id), None, wrong, 409)
    return visit.go(f"/patients/{patient_id}/reach?done={done}")


@route("/patients/{patient_id}/reach/agree", ("POST",))
def reach_agree_submit(visit: Visit, patient_id: str) -> Response:
    """What they said of one channel besides texts: a line in the ledger (T20)."""
    form = visit.form
    channel, wants = form.get("channel", ""), form.get("wants", "")
    said = Said(
        TEXT,
        {EVERYTHING: wants == "yes"} if wants in ("yes", "no") else {},
        form.get("medium", ""),
        form.get("said", "").strip(),
        "guardian" if form.get("given_by") == "guardian" else "",
        channel=channel if channel in ASKED else "none",
    )
    done = record(visit.world, visit.who, patient_id, said)
    return visit.go(f"/patients/{patient_id}/reach?done={'agreed' if done == 'saved' else done}#agree")


@route("/stops")
def stops_page(visit: Visit) -> Response:
    """Where our STOPs and the carrier's own differ, and what to do."""
    return visit.show("stops.html", found=stops_compared(visit.world, visit.who), here="stops")


@route("/unreached")
def unreached_page(visit: Visit) -> Response:
    """Who gets no reminder by anything automatic, why, and where to change it."""
    rows = who_cannot_be_reached(visit.world, visit.who)
    return visit.show("unreached.html", rows=rows, why=WHY, channels=CHANNELS, here="unreached")


def _page(visit: Visit, sheet: Sheet, form: dict[str, str] | None, errors: Errors, status: int = 200) -> Response:
    patient, world = sheet.patient, visit.world
    now = world.clock()
    language = patient.language if patient.language == "es" else "en"
    today = now.astimezone(world.clinic.zone).date()
    return visit.show(
        "reach.html",
        status,
        sheet=sheet, patient=patient, name=sheet.name, program=patient.program,
        form=form or reach_form.filled(sheet.now, patient.reach), errors=errors,
        questions=QUESTIONS, whose=WHOSE, first=FIRST, also=ALSO, names=NAMES, channels=CHANNELS, why=WHY, media=MEDIA,
        language=language,
        now_why={step.channel: why_not(step.channel, patient, sheet.contact, Scope.APPOINTMENTS, now) for step in sheet.plan},
        agree=may_agree(sheet), asks={kind: said for (kind, spoken), said in kind_words().items() if spoken == language},
        help=[(each, each.is_old(today)) for each in programs(world.clinic.assistance)],
        overdue=patient.reach_due is not None and patient.reach_due <= now,
        done=visit.query("done"),
    )  # fmt: skip
