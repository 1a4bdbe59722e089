"""Take in a clinic's list of patients: a dry run first, then the same list in pieces. Nothing of it is kept in between."""

from __future__ import annotations

from collections import Counter
from typing import Any

from chalice.app import Response

from ..core.patient_list import COLUMNS, MOST_ROWS, PatientList, read_list
from ..flows.import_patients import PIECE, apply, plan
from ..flows.import_rows import mark_of
from ..phone_number import read_number
from . import words
from .desk import Visit, route
from .web import whole

WHAT = {
    "new": "New: registered, without permission to text",
    "change": "Changed: name, number, birth date, language or zone",
    "same": "As before: nothing to do",
    "in_use": "Left out: somebody here has this number. Register or merge by hand",
    "elsewhere": "Left out: this patient is in a program you do not see",
    "merged": "Left out: this record was merged into another",
}


@route("/import")
def import_page(visit: Visit) -> Response:
    return _page(visit)


@route("/import", ("POST",), upload=True)
def import_submit(visit: Visit) -> Response:
    form, own = visit.form, _programs(visit)
    program, text = form.get("program", ""), (form.get("list") or form.get("file", "")).replace("\r\n", "\n")
    if program not in own or not text.strip():
        return _page(visit, 400, error="Choose a program and a file that is not empty.")
    said = _read(visit, text)
    if form.get("do") != "apply":
        planned = plan(visit.world, visit.who, program, said.rows)
        counts = Counter(each.what for each in planned)
        return _page(visit, said=said, planned=planned, counts=counts, text=text, mark=mark_of(visit.world, text), to=program)
    if form.get("mark") != mark_of(visit.world, text):
        return _page(visit, 400, error="This is not the list that was checked. Check it again.")
    return _piece(visit, program, text, said)


def _piece(visit: Visit, program: str, text: str, said: PatientList) -> Response:
    start = whole(visit.form.get("start", ""), 0)
    done = apply(visit.world, visit.who, program, said.rows[start : start + PIECE])
    reached = min(start + PIECE, len(said.rows))
    return _page(
        visit, said=said, done=done, reached=reached, text=text, mark=mark_of(visit.world, text), to=program, start=start
    )


def _read(visit: Visit, text: str) -> PatientList:
    world = visit.world
    zones = frozenset((*words.ZONES, world.clinic.zone.key))
    return read_list(text, world.clock().astimezone(world.clinic.zone).date(), zones, read_number)


def _programs(visit: Visit) -> list[str]:
    return [program for program in visit.who.programs if program in visit.world.clinic.programs]


def _page(visit: Visit, status: int = 200, error: str = "", **shown: Any) -> Response:
    blank: dict[str, Any] = {"said": None, "planned": None, "done": None, "text": "", "mark": "", "to": ""}
    wrong = shown["said"].wrong if "said" in shown else ()
    return visit.show(
        "import.html",
        status,
        **{**blank, "counts": {}, "reached": 0, "start": 0, **shown},
        error=error,
        wrong=wrong,
        what=WHAT,
        columns=COLUMNS,
        most=MOST_ROWS,
        programs=_programs(visit),
        program="",
    )
