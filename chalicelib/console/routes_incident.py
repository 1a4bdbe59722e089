"""What a clinician says about an incident: mine, reached, not reached, over."""

from __future__ import annotations

from chalice.app import Response

from .. import texts
from ..core.records import Incident
from ..flows import handle_incident
from ..flows.should_have_paged import should_have_paged
from .desk import Visit, route

MOVES = {
    "acknowledge": handle_incident.acknowledge,
    "contacted": handle_incident.contacted,
}


@route("/incidents/{incident_id}/{move}", ("POST",))
def incident_submit(visit: Visit, incident_id: str, move: str) -> Response:
    if move == "resolve":
        return _resolve(visit, incident_id)
    if move not in (*MOVES, "unable"):
        return visit.go("/inbox")
    if move == "unable":
        how = visit.form.get("how", "")
        incident = handle_incident.unable(visit.world, visit.who, incident_id, how if how in texts.attempts() else "")
    else:
        incident = MOVES[move](visit.world, visit.who, incident_id)
    return visit.go(f"{_back(visit, incident)}?done={move}")


@route("/threads/{thread_id}/missed/{message_id}", ("POST",))
def missed_submit(visit: Visit, thread_id: str, message_id: str) -> Response:
    """A text that paged nobody should have."""
    incident_id = should_have_paged(visit.world, visit.who, thread_id, message_id)
    return visit.go(f"/incidents/{incident_id}?done=raised" if incident_id else f"/threads/{thread_id}?done=missed")


def _back(visit: Visit, incident: Incident) -> str:
    """To the page that the form stood on; from a list, to the item's own."""
    on_thread = visit.form.get("back", "") == "thread"
    return f"/threads/{incident.thread_id}" if on_thread else f"/incidents/{incident.incident_id}"


def _resolve(visit: Visit, incident_id: str) -> Response:
    disposition = visit.form.get("disposition", "")
    if disposition not in texts.dispositions():
        return _ask_again(visit, incident_id)
    seen = visit.form.get("seen", "")
    if not seen.isdecimal():  # without it, a text that came after the page could be closed unread
        return _ask_again(visit, incident_id)
    incident = handle_incident.resolve(visit.world, visit.who, incident_id, disposition, int(seen))
    return visit.go(f"{_back(visit, incident)}?done=resolved")


def _ask_again(visit: Visit, incident_id: str) -> Response:
    """Without a disposition nothing is closed; the thread says so beside the field."""
    incident = visit.world.store.get(Incident, incident_id)
    if incident is None or not visit.who.may_see(incident.program):
        return visit.show("error.html", 404, why="missing", reference="")
    place = "#incident" if visit.form.get("back", "") == "thread" else "#ending"
    return visit.go(f"{_back(visit, incident)}?done=choose{place}")
