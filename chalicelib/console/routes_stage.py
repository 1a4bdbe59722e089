"""A clinician says in which stage of change somebody is."""

from __future__ import annotations

from chalice.app import Response

from ..flows.set_stage import set_stage
from .desk import Visit, route


@route("/patients/{patient_id}/stage", ("POST",))
def stage_submit(visit: Visit, patient_id: str) -> Response:
    set_stage(visit.world, visit.who, patient_id, visit.form.get("stage", ""))
    return visit.go(f"/patients/{patient_id}?done=stage")
