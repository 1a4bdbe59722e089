"""Settings for administrators: programs, reviewed before they change, with their history and a way back."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Response

from ..flows.change_program import ProgramNow, change_program, read_program, read_programs, undo_program
from ..flows.change_setting import read_revision
from ..texts.hours import promises
from . import program_form
from .colleagues import accounts, of_program
from .desk import Visit, furniture, route
from .program_form import Errors
from .web import whole

LONGEST_WHY = 120
DONE = ("changed", "undone", "same")


@route("/settings")
def settings_page(visit: Visit) -> Response:
    return visit.show("settings.html", programs=read_programs(visit.world, visit.who))


@route("/settings/programs/{program_id}")
def program_page(visit: Visit, program_id: str) -> Response:
    now = read_program(visit.world, visit.who, program_id)
    return _form(visit, now, program_form.blank(now.program), now.fields)


@route("/settings/programs/{program_id}", ("POST",))
def program_submit(visit: Visit, program_id: str) -> Response:
    """Review first; the change is made from the review alone."""
    now, form = read_program(visit.world, visit.who, program_id), visit.form
    fields, errors = program_form.read(form)
    if errors or form.get("do") == "edit":
        return _form(visit, now, {**form}, fields, errors, 400 if errors else 200)
    version = _version(form)
    if form.get("do") == "save":
        after = change_program(visit.world, visit.who, program_id, fields, version, _why(form))
        furniture().changed()
        return visit.go(f"/settings/programs/{program_id}?done={'same' if after.version == version else 'changed'}")
    moves = program_form.moves(now.fields, fields)
    if not moves:
        return visit.go(f"/settings/programs/{program_id}?done=same")
    return _review(visit, now, moves, fields, {**form}, "")


@route("/settings/programs/{program_id}/undo", ("POST",))
def program_undo_submit(visit: Visit, program_id: str) -> Response:
    now, form = read_program(visit.world, visit.who, program_id), visit.form
    line = read_revision(visit.world, "program", program_id, whole(form.get("undone", "")))
    if form.get("do") == "save":
        undo_program(visit.world, visit.who, program_id, line.version, _version(form))
        furniture().changed()
        return visit.go(f"/settings/programs/{program_id}?done=undone")
    moves = program_form.moves(now.fields, line.before)
    if not moves:
        return visit.go(f"/settings/programs/{program_id}?done=same")
    return _review(visit, now, moves, {**now.fields, **line.before}, {"undone": str(line.version)}, "/undo")


def _form(
    visit: Visit,
    now: ProgramNow,
    form: dict[str, str],
    fields: Mapping[str, str],
    errors: Errors | None = None,
    status: int = 200,
) -> Response:
    done = visit.query("done")
    return visit.show(
        "settings_program.html",
        status,
        now_is=now,
        form=form,
        errors=errors or {},
        samples=program_form.samples(visit.world.clinic, now.program.program_id, fields, visit.world.clock()),
        warnings=program_form.warnings(fields),
        promises=promises(),
        people=_people(visit, now),
        team=of_program(accounts(visit), now.program.program_id),
        labels=program_form.LABELS,
        said=program_form.said,
        done=done if done in DONE else "",
    )


def _review(
    visit: Visit, now: ProgramNow, moves: list[program_form.Move], fields: Mapping[str, str], form: dict[str, str], where: str
) -> Response:
    clinic, program_id, at = visit.world.clinic, now.program.program_id, visit.world.clock()
    before = {(s.what, s.language): s.body for s in program_form.samples(clinic, program_id, now.fields, at)}
    after = program_form.samples(clinic, program_id, fields, at)
    held = {name: text for name, text in form.items() if name not in ("csrf", "do", "version", "why")}
    return visit.show(
        "settings_review.html",
        title=now.program.name,
        back=f"/settings/programs/{program_id}",
        action=f"/settings/programs/{program_id}{where}",
        moves=moves,
        samples=[each for each in after if before.get((each.what, each.language)) != each.body],
        warnings=program_form.warnings(fields),
        held={**held, "version": form.get("version") or str(now.version)},
        why=_why(form),
        undoing=bool(where),
    )


def _people(visit: Visit, now: ProgramNow) -> list[str]:
    """Whom a page could be for: everybody with a door here or a place in the rota."""
    known = {each.staff_id for each in visit.world.store.accesses() if not each.closed}
    known |= visit.world.clinic.rota.names()
    return sorted(known | ({now.program.duty} - {""}))


def _why(form: Mapping[str, str]) -> str:
    return " ".join(form.get("why", "").split())[:LONGEST_WHY]


def _version(form: Mapping[str, str]) -> int:
    return whole(form.get("version", ""))
