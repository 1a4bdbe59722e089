"""Who cares for a patient: chosen from the people of the program."""

from __future__ import annotations

from chalice.app import Response

from ..errors import NotFound
from ..flows.edit_patient import Known, read_known
from ..flows.patient_standing import MOST_TEAM, set_team
from .colleagues import accounts, of_program
from .desk import Visit, route

FIELD = "person:"  # and a staff id: a box each


@route("/patients/{patient_id}/team")
def team_page(visit: Visit, patient_id: str) -> Response:
    return _page(visit, read_known(visit.world, visit.who, patient_id))


@route("/patients/{patient_id}/team", ("POST",))
def team_submit(visit: Visit, patient_id: str) -> Response:
    """People of the program, and whoever is on the team already: they may have left it, or the list does not answer."""
    known = read_known(visit.world, visit.who, patient_id)
    wanted = tuple(name.removeprefix(FIELD) for name, value in visit.form.items() if name.startswith(FIELD) and value == "on")
    if not set(wanted) <= {*_people(visit, known), *known.patient.team}:
        return _page(visit, known, "Somebody on the list does not work in this program any more. Choose again.", 409)
    if len(wanted) > MOST_TEAM:
        return _page(visit, known, f"Choose {MOST_TEAM} people at most.", 400)
    set_team(visit.world, visit.who, patient_id, wanted)
    return visit.go(f"/patients/{patient_id}?done=team")


def _people(visit: Visit, known: Known) -> list[str]:
    return [each.staff_id for each in of_program(accounts(visit), known.patient.program)]


def _page(visit: Visit, known: Known, wrong: str = "", status: int = 200) -> Response:
    patient, people = known.patient, _people(visit, known)
    if patient.merged_into:
        raise NotFound(patient.patient_id)
    gone = [each for each in patient.team if each not in people]
    return visit.show(
        "team.html",
        status,
        patient=patient,
        name=known.profile.name,
        people=sorted(people),
        gone=gone,
        wrong=wrong,
        field=FIELD,
        program=patient.program,
    )
