"""Corrections that a patient asks for: forms on the records page."""

from __future__ import annotations

from chalice.app import Response

from ..errors import NotFound
from ..flows import amend_record
from .desk import Visit, route

SAYS: dict[str, tuple[str, str]] = {
    "asked": ("Written down, and beside the thread. There are 60 days to decide.", "good"),
    "accepted": ("Accepted, and beside the thread. Tell the patient, and whoever they name.", "good"),
    "denied": ("Denied, and beside the thread. Tell the patient in writing why, and that they may "
               "disagree in writing, and complain.", "good"),
    "disagreed": ("Their statement stands beside the denial, and goes out with the record.", "good"),
    "longer": ("Thirty days more. Tell the patient why, in writing, within the first 60.", "good"),
    "words": ("Write what it is about, in at most as many words as a text holds. Nothing was changed.", "wait"),
    "reason": ("Choose one of the four reasons: nothing else is one. Nothing was changed.", "wait"),
    "already": ("That is so already. Nothing was changed.", "wait"),
    "moved": ("Somebody changed it at this moment. Look again.", "wait"),
    "stale_form": ("This page was too old. Nothing was changed: try again.", "wait"),
}


@route("/patients/{patient_id}/amendments", ("POST",))
def amend_submit(visit: Visit, patient_id: str) -> Response:
    form = visit.form
    said = form.get("text", ""), form.get("about", ""), form.get("form_id", "")
    done = amend_record.ask(visit.world, visit.who, patient_id, *said)
    return _back(visit, patient_id, done)


@route("/patients/{patient_id}/amendments/{amendment_id}/{move}", ("POST",))
def amendment_submit(visit: Visit, patient_id: str, amendment_id: str, move: str) -> Response:
    words, form_id = visit.form.get("text", ""), visit.form.get("form_id", "")
    said = visit.world, visit.who, patient_id, amendment_id
    if move == "accept":
        return _back(visit, patient_id, amend_record.decide(*said, "", words, form_id))
    if move == "deny":
        return _back(visit, patient_id, amend_record.decide(*said, visit.form.get("reason", "") or "none", words, form_id))
    if move == "disagree":
        return _back(visit, patient_id, amend_record.disagree(*said, words, form_id))
    if move == "longer":
        return _back(visit, patient_id, amend_record.longer(*said))
    raise NotFound(amendment_id)


def _back(visit: Visit, patient_id: str, done: str) -> Response:
    return visit.go(f"/patients/{patient_id}/records?done={done}")
