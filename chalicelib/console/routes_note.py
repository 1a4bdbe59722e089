"""The note for the chart: filled in, looked at as it will stand, kept."""

from __future__ import annotations

from dataclasses import fields

from chalice.app import Response

from .. import texts
from ..core.incident_note import OFFERED, NoteForm, missing
from ..flows.incident_note import write_incident_note
from ..flows.read_incident import Workspace, read_incident
from . import times, words
from .desk import Visit, route
from .note_text import note_text
from .workspace_view import name_of

STALE = "This page was open for long. Look at it once more and keep it."


@route("/incidents/{incident_id}/note")
def incident_note_page(visit: Visit, incident_id: str) -> Response:
    space = read_incident(visit.world, visit.who, incident_id)
    return _page(visit, space, NoteForm(offered_988="auto" if space.answered else "", discloser=words.person(visit.who.staff_id)))


@route("/incidents/{incident_id}/note", ("POST",))
def incident_note_submit(visit: Visit, incident_id: str) -> Response:
    """`do`: preview, change or keep. What is kept is what the preview showed, written anew from the same fields."""
    space = read_incident(visit.world, visit.who, incident_id)
    form = NoteForm(**{field.name: visit.form.get(field.name, "").replace("\r\n", "\n").strip() for field in fields(NoteForm)})
    if not _tells_outside(space):  # prefilled, and not asked for
        form = form if any((form.recipient, form.told_at, form.nature)) else NoteForm(form.done, form.offered_988)
    if visit.form.get("do") == "change":
        return _page(visit, space, form)
    errors = missing(form, _part_2(visit, space), _tells_outside(space))
    if errors:
        return _page(visit, space, form, errors, status=400)
    place = times.Place(visit.world.clinic.zone, visit.world.clock())
    text = note_text(space.incident, form, visit.who.staff_id, place)
    form_id = visit.form.get("form_id", "")
    if visit.form.get("do") != "keep":
        return _page(visit, space, form, preview=text)
    if not write_incident_note(visit.world, visit.who, incident_id, text, form_id):
        return _page(visit, space, form, {"form": STALE}, preview=text, status=400)
    return visit.go(f"/incidents/{incident_id}?done=note")


def _part_2(visit: Visit, space: Workspace) -> bool:
    program = visit.world.clinic.programs.get(space.incident.program)
    return program is not None and program.substance_use


def _tells_outside(space: Workspace) -> bool:
    ended = texts.dispositions().get(space.incident.disposition)
    return ended is not None and ended.emergency


def _page(
    visit: Visit, space: Workspace, form: NoteForm, errors: dict[str, str] | None = None, preview: str = "", status: int = 200
) -> Response:
    return visit.show(
        "incident_note.html",
        status,
        incident=space.incident,
        name=name_of(space),
        form=form,
        errors=errors or {},
        preview=preview,
        offered=OFFERED,
        part_2=_part_2(visit, space),
        told=_tells_outside(space),
        form_id=visit.world.ids(visit.world.clock()),
        program=space.incident.program,
    )
