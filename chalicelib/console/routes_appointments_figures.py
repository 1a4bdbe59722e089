"""A month of a program's visits in numbers, and as a file."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

from chalice.app import Response

from ..core.appointments import Appointment
from ..core.visit_figures import figures
from ..flows.read_appointments import read_month
from . import appointments_view as view
from . import web
from .desk import Visit, route

FIELDS = ("visit", "program", "kind", "start_at", "minutes", "status", "said", "barrier", "cancelled_at", "moved", "source")


@route("/visits/figures")
def visits_figures_page(visit: Visit) -> Response:
    program, first = _asked(visit)
    found = figures(read_month(visit.world, visit.who, program, first))
    return visit.show(
        "visits_figures.html",
        figures=found,
        said=[(view.SAID[word][0], count) for word, count in found.said.items() if word in view.SAID],
        barriers=[(view.barrier_label(word) or word, count) for word, count in found.barriers.items()],
        month=f"{first:%Y-%m}",
        before=f"{first - timedelta(days=1):%Y-%m}",
        after=f"{first.replace(day=28) + timedelta(days=4):%Y-%m}",
        program=program,
    )


@route("/visits/figures/file")
def visits_figures_file(visit: Visit) -> Response:
    """The same month as CSV: ids, words of ours and instants, nobody's name."""
    program, first = _asked(visit)
    found = read_month(visit.world, visit.who, program, first)
    name = f'attachment; filename="visits-{first:%Y-%m}.csv"'
    headers: dict[str, str | list[str]] = {**web.HEADERS, "Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name}
    return Response(csv_of(found), headers, 200)


def csv_of(found: tuple[Appointment, ...]) -> str:
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(FIELDS)
    for each in found:
        off = each.cancelled_at.isoformat(timespec="seconds") if each.cancelled_at else ""
        moved = sum(step.what == "moved" for step in each.steps)
        lines.writerow(
            (
                each.appointment_id, each.program, each.kind, each.start_at.isoformat(timespec="seconds"), each.minutes,
                each.status, each.confirmation, each.barrier, off, moved, each.source,
            )
        )  # fmt: skip
    return out.getvalue()


def _asked(visit: Visit) -> tuple[str, date]:
    """The program and the month's first day; this month for what is none."""
    own = [program for program in visit.who.programs if program in visit.world.clinic.programs]
    program = visit.query("program") or (own[0] if own else "")
    try:
        return program, date.fromisoformat(f"{visit.query('month')}-01")
    except ValueError:
        return program, visit.world.clock().astimezone(visit.world.clinic.zone).date().replace(day=1)
