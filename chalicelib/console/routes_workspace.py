"""One urgent item's own page, and what is pressed there beside its moves: mark, ask, hand over, sign."""

from __future__ import annotations

from chalice.app import Response

from ..core.people import mark_is_old
from ..core.records import Incident
from ..core.tasks import KINDS
from ..flows import call_through, desk_tasks
from ..flows.acknowledged import lapses_at
from ..flows.handle_incident import read_to_act
from ..flows.mark_page import MARKS, mark_page
from ..flows.read_incident import admit_to, read_incident
from ..flows.sign_off import sign_off
from ..flows.transfer_incident import NotTold, transfer
from . import times, web
from .colleagues import accounts, of_program
from .desk import Visit, route
from .drill_view import DRILL, view_drill
from .thread_view import read_this_of, view_panel
from .workspace_view import view_workspace

PRESS = 26  # of an id


@route("/incidents/{incident_id}")
def incident_page(visit: Visit, incident_id: str) -> Response:
    space = read_incident(visit.world, visit.who, incident_id)
    place = times.Place(visit.world.clinic.zone, visit.world.clock())
    if space.incident.exercise:
        return visit.show(
            "incident_drill.html",
            name=DRILL,
            panel=view_panel(space.incident, visit.who.staff_id, place),
            row=view_drill(space.incident, visit.world.clinic, place),
            program=space.incident.program,
        )
    view = view_workspace(space, visit.who, visit.world.clinic, place)
    return visit.show(
        "incident.html",
        space=space,
        mark_old=space.patient is not None and mark_is_old(space.patient, place.now),
        view=view,
        program=space.incident.program,
        lapses_at=lapses_at(visit.world, space.incident),
        offered=read_this_of(space.incident, space.patient, visit.who.staff_id),
        read_id=visit.world.ids(visit.world.clock()),
        press=visit.world.ids(visit.world.clock()),
        seen=times.iso(space.thread.last_at),
        done=visit.query("done"),
    )


@route("/incidents/{incident_id}/news", idle=True)
def incident_news(visit: Visit, incident_id: str) -> Response:
    """204 until something happens with an item that is open on a screen. One read, no content."""
    incident = visit.world.store.get(Incident, incident_id)
    if incident is None or not visit.who.may_see(incident.program):
        return web.nothing_new()
    if visit.query("seen") == f"{incident.version}-{len(incident.steps)}":
        return web.nothing_new()
    return visit.show("news.html", wrote=True, there="", here="")


@route("/incidents/{incident_id}/call", ("POST",))
def call_submit(visit: Visit, incident_id: str) -> Response:
    """Through the clinic: this person's phone rings, and by a key on it the patient's."""
    press, reason = visit.form.get("press", ""), visit.form.get("reason", "")
    if not (press.isalnum() and len(press) == PRESS):
        return visit.go(f"/incidents/{incident_id}")
    refused = call_through.start(visit.world, visit.who, incident_id, press, reason)
    return visit.go(f"/incidents/{incident_id}?done={f'call-{refused}' if refused else 'calling'}")


@route("/incidents/{incident_id}/mark", ("POST",))
def mark_submit(visit: Visit, incident_id: str) -> Response:
    mark = visit.form.get("mark", "")
    if mark not in MARKS:
        return visit.go(f"/incidents/{incident_id}")
    mark_page(visit.world, visit.who, incident_id, mark)
    return visit.go(f"/incidents/{incident_id}?done=marked")


@route("/incidents/{incident_id}/ask", ("POST",))
def ask_submit(visit: Visit, incident_id: str) -> Response:
    """The front desk for an urgent visit, or oneself for a caring text: whoever presses is named."""
    kind = visit.form.get("kind", "")
    if kind not in KINDS or not KINDS[kind].by_hand:
        return visit.go(f"/incidents/{incident_id}")
    incident = read_to_act(visit.world, visit.who, incident_id)
    owner = visit.who.staff_id if KINDS[kind].who == "owner" else ""
    kept = desk_tasks.ask(visit.world, visit.who, incident, kind, owner)
    return visit.go(f"/incidents/{incident_id}?done={'asked' if kept else 'full'}#todo")


@route("/tasks/end", ("POST",))
def task_end_submit(visit: Visit) -> Response:
    form = visit.form
    desk_tasks.end(visit.world, visit.who, form.get("program", ""), form.get("task", ""))
    where, _, incident_id = form.get("back", "").partition(":")
    if where == "incident" and incident_id.isalnum():
        return visit.go(f"/incidents/{incident_id}?done=ended#todo")
    return visit.go(f"/inbox?program={web.quoted(form.get('program', ''))}")


@route("/incidents/{incident_id}/sign", ("POST",))
def sign_submit(visit: Visit, incident_id: str) -> Response:
    sign_off(visit.world, visit.who, incident_id)
    return visit.go(f"/incidents/{incident_id}?done=signed")


@route("/incidents/{incident_id}/transfer")
def transfer_page(visit: Visit, incident_id: str) -> Response:
    return _transfer_page(visit, incident_id)


@route("/incidents/{incident_id}/transfer", ("POST",))
def transfer_submit(visit: Visit, incident_id: str) -> Response:
    to = visit.form.get("to", "")
    if to not in _people(visit, admit_to(visit.world, visit.who, incident_id, "transfer")):
        return _transfer_page(visit, incident_id, "Choose a colleague.", 400)
    outcome = transfer(visit.world, visit.who, incident_id, to)
    done = "not-told" if isinstance(outcome, NotTold) else "transferred"
    return visit.go(f"/incidents/{incident_id}?done={done}")


def _transfer_page(visit: Visit, incident_id: str, error: str = "", status: int = 200) -> Response:
    world = visit.world
    incident = admit_to(world, visit.who, incident_id, "transfer")
    away = {each.staff_id for each in world.store.absences() if each.state != "back"}
    on_call = world.clinic.on_call(incident.program, world.clock()).steps
    people = sorted(_people(visit, incident), key=lambda each: (each in away, each not in on_call, each))
    return visit.show(
        "incident_transfer.html", status, incident=incident, people=people, away=away, on_call=on_call, error=error,
        program=incident.program,
    )


def _people(visit: Visit, incident: Incident) -> set[str]:
    """Who works in its program, and who is on the rota: the wall between programs never stands before a crisis."""
    found = accounts(visit)
    works = {each.staff_id for each in of_program(found, incident.program)}
    called = {each.staff_id for each in found if each.enabled and visit.world.clinic.on_rota(each.staff_id)}
    return (works | called) - {incident.holder}
