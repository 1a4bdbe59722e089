"""A month of a program's visits in numbers, and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from chalice.app import Response

from ..core.appointments import Appointment
from ..core.csv_out import written
from ..core.return_figures import back_after
from ..core.visit_figures import figures
from ..core.waitlist_figures import waitlist_figures
from ..flows.read_appointments import read_after, read_month, read_openings, read_returns
from . import appointments_view as view
from . import times, web
from .desk import Visit, route

FIELDS = (
    "visit", "program", "kind", "start_at", "minutes", "status", "said", "barrier", "cancelled_at", "moved", "source",
    "missed_at", "call_asked", "answered_at", "days_until_back",
)  # fmt: skip


@route("/visits/figures")
def visits_figures_page(visit: Visit) -> Response:
    program, first = _asked(visit)
    visits = read_month(visit.world, visit.who, program, first)
    found, back = figures(visits), read_returns(visit.world, visits, program, first)
    openings = read_openings(visit.world, visit.who, program, first)
    return visit.show(
        "visits_figures.html",
        figures=found,
        sooner=waitlist_figures(openings, visits),
        back=back,
        back_barriers=[(view.barrier_label(word) or word, count) for word, count in back.barriers.items()],
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
    return Response(csv_of(found, read_after(visit.world, found, program, first)), headers, 200)


def csv_of(found: tuple[Appointment, ...], after: Sequence[Appointment] = ()) -> str:
    rows = list[tuple[object, ...]]()
    for each in found:
        off = each.cancelled_at.isoformat(timespec="seconds") if each.cancelled_at else ""
        moved = sum(step.what == "moved" for step in each.steps)
        rows.append(
            (
                each.appointment_id, each.program, each.kind, each.start_at.isoformat(timespec="seconds"), each.minutes,
                each.status, each.confirmation, each.barrier, off, moved, each.source, *_returned(each, after),
            )
        )  # fmt: skip
    return written(FIELDS, rows)


def _returned(each: Appointment, after: Sequence[Appointment]) -> tuple[object, ...]:
    """Of a missed visit: when it was marked, whether a call was asked for, when they answered, in how many days they came."""
    if each.status != "noshow":
        return "", "", "", ""
    marked, answered = (at.isoformat(timespec="seconds") if at else "" for at in (each.missed_at, each.answered_at))
    back = back_after(each, after)
    called = any(step.what == "call_asked" for step in each.steps)
    return marked, "yes" if called else "no", answered, "" if back is None else back


def _asked(visit: Visit) -> tuple[str, date]:
    """The program and the month's first day; this month for what is none."""
    own = [program for program in visit.who.programs if program in visit.world.clinic.programs]
    program = visit.query("program") or (own[0] if own else "")
    month = times.read_day(f"{visit.query('month')}-01")
    return program, month or visit.world.clock().astimezone(visit.world.clinic.zone).date().replace(day=1)
