"""Where texts belong: a number to a patient or to nobody, a patient to another program, two records to one and back."""

from __future__ import annotations

from datetime import datetime

from chalice.app import Response

from ..core.records import UNMATCHED
from ..errors import NotFound
from ..flows.find_patient import Found, find_patients
from ..flows.match_number import Match, Matched, dismiss, match
from ..flows.merge_patients import Merged, merge
from ..flows.read_patient import read_patient
from ..flows.read_thread import read_thread
from ..flows.transfer_patient import Transferred, transfer
from ..flows.undo_merge import undo
from ..flows.write_reply import form_is_ours
from ..phone_number import read_number
from . import times
from .desk import Visit, route
from .registration_form import HOW

WHY = {
    "newer": "Somebody wrote meanwhile. Read it below, then choose again.",
    "nobody": "Choose a patient whom you may see.",
    "in_use": "Somebody has this number already, so it cannot become one person's alone. Move the texts only.",
    "held": "One of the records is on legal hold, or is being deleted: it must stay as it is. Ask whoever keeps records.",
    "call": "A clinician is to call this patient first: close that call in the inbox, then merge.",
    "plan": "The record that ends has a safe-phone plan or a “not safe” word, and the other has none: it would be lost. "
    "Write it there first, or merge the other way.",
    "hours": "When a text is safe is not the same in both records, and no time is safe by both (or they are in two time zones). "
    "Ask the patient, and write it in both, then merge.",
    "moving": "Texts of this patient are still being moved. Try again in a minute.",
    "program": "Choose another program.",
    "merged": "One of the two was merged before.",
    "same": "Choose the other record.",
    "programs": "They are in two programs. Move one to the other's program first.",
    "stale": "This page was open for long. Look again, then choose.",
    "choose": "Choose a patient, and what becomes of the number.",
}


@route("/threads/{thread_id}/match")
def match_page(visit: Visit, thread_id: str) -> Response:
    return _match_page(visit, thread_id)


@route("/threads/{thread_id}/match", ("POST",))
def match_submit(visit: Visit, thread_id: str) -> Response:
    form = visit.form
    if form.get("do") == "find":
        return _match_page(visit, thread_id, asked=_asked(visit))
    agreed = form.get("agreed_by", "")
    wish = Match(
        form.get("patient", ""), form.get("keep", ""), _instant(form.get("seen", "")), form.get("form_id", ""),
        agreed if agreed in HOW else "",
    )
    if not wish.patient_id or wish.keep not in ("once", "new"):
        return _match_page(visit, thread_id, "choose", _asked(visit), 400)
    if not form_is_ours(visit.world, wish.form_id, visit.world.clock()):
        return _match_page(visit, thread_id, "stale", _asked(visit), 400)
    outcome = match(visit.world, visit.who, thread_id, wish)
    if isinstance(outcome, Matched):
        return visit.go(f"/threads/{wish.patient_id}?done=matched#latest")
    return _match_page(visit, thread_id, outcome.why, _asked(visit), 409)


@route("/threads/{thread_id}/dismiss", ("POST",))
def dismiss_submit(visit: Visit, thread_id: str) -> Response:
    if dismiss(visit.world, visit.who, thread_id, _instant(visit.form.get("seen", ""))):
        return visit.go(f"/inbox?program={UNMATCHED}")
    return visit.go(f"/threads/{thread_id}?done=newer#latest")


@route("/patients/{patient_id}/transfer")
def transfer_page(visit: Visit, patient_id: str) -> Response:
    return _transfer_page(visit, patient_id)


@route("/patients/{patient_id}/transfer", ("POST",))
def transfer_submit(visit: Visit, patient_id: str) -> Response:
    program, form_id = visit.form.get("program", ""), visit.form.get("form_id", "")
    if not form_is_ours(visit.world, form_id, visit.world.clock()):
        return _transfer_page(visit, patient_id, "stale", 400)
    outcome = transfer(visit.world, visit.who, patient_id, program, form_id)
    if not isinstance(outcome, Transferred):
        return _transfer_page(visit, patient_id, outcome.why, 409)
    return visit.show("moved_away.html", to=program, program="")


@route("/patients/{patient_id}/merge")
def merge_page(visit: Visit, patient_id: str) -> Response:
    return _merge_page(visit, patient_id)


@route("/patients/{patient_id}/merge", ("POST",))
def merge_submit(visit: Visit, patient_id: str) -> Response:
    form = visit.form
    other, stays = form.get("other", ""), form.get("stays", "")
    if form.get("do") == "find":
        return _merge_page(visit, patient_id, asked=_asked(visit))
    if not other or stays not in ("this", "other"):
        return _merge_page(visit, patient_id, "same", _asked(visit), 400)
    if not form_is_ours(visit.world, form.get("form_id", ""), visit.world.clock()):
        return _merge_page(visit, patient_id, "stale", _asked(visit), 400)
    ends, kept = (other, patient_id) if stays == "this" else (patient_id, other)
    outcome = merge(visit.world, visit.who, ends, kept, form["form_id"])
    if isinstance(outcome, Merged):
        return visit.go(f"/patients/{kept}?done=merge")
    return _merge_page(visit, patient_id, "programs" if outcome.why == "program" else outcome.why, _asked(visit), 409)


@route("/moves/{move_id}/undo", ("POST",))
def undo_submit(visit: Visit, move_id: str) -> Response:
    form_id = visit.form.get("form_id", "")
    if not form_is_ours(visit.world, form_id, visit.world.clock()):
        raise NotFound(move_id)
    outcome = undo(visit.world, visit.who, move_id, form_id)
    patient = visit.form.get("patient", "")
    if not (patient.isalnum() and patient.isascii()):
        raise NotFound(move_id)
    done = "undone" if isinstance(outcome, Merged) else "undo_moving" if outcome.why in ("moving", "early") else "undo_gone"
    return visit.go(f"/patients/{patient}?done={done}")


def _match_page(visit: Visit, thread_id: str, wrong: str = "", asked: str = "", status: int = 200) -> Response:
    opened = read_thread(visit.world, visit.who, thread_id, purpose="intake")
    if opened.behind.patient is not None or opened.behind.thread.program != UNMATCHED:
        raise NotFound(thread_id)
    contact = opened.behind.contact
    return visit.show(
        "match.html",
        status,
        opened=opened,
        shared=contact is not None and bool(contact.patients),
        found=_found(visit, asked),
        asked=asked,
        wrong=WHY.get(wrong, ""),
        how=HOW,
        form_id=visit.world.ids(visit.world.clock()),
        seen=times.iso(opened.behind.thread.last_at),
        thread_id=thread_id,
        program=UNMATCHED,
    )


def _transfer_page(visit: Visit, patient_id: str, wrong: str = "", status: int = 200) -> Response:
    seen = read_patient(visit.world, visit.who, patient_id)
    if not visit.who.may_see(seen.patient.program):
        raise NotFound(patient_id)
    others = [each for each in visit.world.clinic.programs if each != seen.patient.program]
    return visit.show(
        "transfer.html",
        status,
        patient=seen.patient,
        name=seen.behind.profile.name if seen.behind.profile else "",
        waiting=seen.behind.thread.waiting_since,
        urgent=[each for each in seen.behind.incidents if each.state != "resolved"],
        others=others,
        wrong=WHY.get(wrong, ""),
        form_id=visit.world.ids(visit.world.clock()),
        program=seen.patient.program,
    )


def _merge_page(visit: Visit, patient_id: str, wrong: str = "", asked: str = "", status: int = 200) -> Response:
    seen = read_patient(visit.world, visit.who, patient_id)
    if not visit.who.may_see(seen.patient.program) or seen.patient.merged_into:
        raise NotFound(patient_id)
    return visit.show(
        "merge.html",
        status,
        patient=seen.patient,
        profile=seen.behind.profile,
        found=[each for each in _found(visit, asked) if each.patient_id != patient_id],
        asked=asked,
        wrong=WHY.get(wrong, ""),
        form_id=visit.world.ids(visit.world.clock()),
        program=seen.patient.program,
    )


def _asked(visit: Visit) -> str:
    return visit.form.get("asked", "").strip()[:80]


def _found(visit: Visit, asked: str) -> tuple[Found, ...]:
    found = find_patients(visit.world, visit.who, asked, read_number(asked)) if asked else ()
    return found[:20]


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
