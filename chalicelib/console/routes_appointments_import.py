"""Take in a clinic's list of visits, CSV or iCalendar: a dry run first, then the same list in pieces, kept nowhere in between."""

from __future__ import annotations

from collections import Counter
from typing import Any

from chalice.app import Response

from ..core.visit_list import COLUMNS, MOST_ROWS, Defaults, VisitList
from ..flows.import_appointments import PIECE, apply, plan
from ..flows.import_rows import mark_of
from .colleagues import accounts, of_program
from .desk import Visit, route
from .web import whole

WHAT = {
    "new": "New: booked, with its texts",
    "change": "Changed: moved, called off, or another word of it",
    "same": "As before: nothing to do",
    "unknown_patient": "Left out: nobody here has this record id or number. Import the list of patients first",
    "elsewhere": "Left out: this patient, or this visit, belongs to another program or record",
    "merged": "Left out: this patient's record was merged into another",
    "wrong": "Left out: could not be booked as it stands",
}


@route("/visits/import")
def visits_import_page(visit: Visit) -> Response:
    return _page(visit, to=visit.query("program"))


@route("/visits/import", ("POST",), upload=True)
def visits_import_submit(visit: Visit) -> Response:
    form = visit.form
    program, text = form.get("program", ""), (form.get("list") or form.get("file", "")).replace("\r\n", "\n")
    if program not in _programs(visit) or not text.strip():
        return _page(visit, 400, error="Choose a program and a file that is not empty.")
    defaults = Defaults(visit.world.clinic.zone.key, form.get("clinician", "") or visit.who.staff_id)
    said = read_file(visit, text, defaults)
    if form.get("do") != "apply":
        planned = plan(visit.world, visit.who, program, said.rows)
        counts = Counter(each.what for each in planned)
        mark = mark_of(visit.world, text)
        return _page(
            visit, said=said, planned=planned, counts=counts, text=text, mark=mark, to=program, clinician=defaults.clinician
        )
    if form.get("mark") != mark_of(visit.world, text):
        return _page(visit, 400, error="This is not the list that was checked. Check it again.")
    return _piece(visit, program, text, said, defaults)


def read_file(visit: Visit, text: str, defaults: Defaults) -> VisitList:
    """CSV or iCalendar."""
    from .. import wiring

    found: VisitList = wiring.read_visit_file(text, defaults, visit.world.clock())
    return found


def _piece(visit: Visit, program: str, text: str, said: VisitList, defaults: Defaults) -> Response:
    start = whole(visit.form.get("start", ""), 0)
    source = "ics" if "BEGIN:VCALENDAR" in text[:40] else "csv"
    done = apply(visit.world, visit.who, program, said.rows[start : start + PIECE], source, _tells(visit))
    reached = min(start + PIECE, len(said.rows))
    return _page(
        visit, said=said, done=done, reached=reached, text=text, mark=mark_of(visit.world, text), to=program, start=start,
        clinician=defaults.clinician,
    )


def _tells(visit: Visit) -> bool:
    return visit.form.get("tell") == "on"


def _programs(visit: Visit) -> list[str]:
    return [program for program in visit.who.programs if program in visit.world.clinic.programs]


def _page(visit: Visit, status: int = 200, error: str = "", **shown: Any) -> Response:
    own = _programs(visit)
    blank: dict[str, Any] = {"said": None, "planned": None, "done": None, "text": "", "mark": "", "to": ""}
    blank |= {"counts": {}, "reached": 0, "start": 0, "clinician": visit.who.staff_id}
    found = accounts(visit)
    people = {each.staff_id for program in own for each in of_program(found, program)}
    return visit.show(
        "visits_import.html",
        status,
        **{**blank, **shown},
        error=error,
        wrong=shown["said"].wrong if "said" in shown else (),
        what=WHAT,
        columns=COLUMNS,
        most=MOST_ROWS,
        programs=own,
        people=sorted({*people, visit.who.staff_id}),
        program="",
        tell=_tells(visit),
    )
