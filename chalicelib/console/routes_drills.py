"""Drills: start one for a program, and see how those of a month went."""

from __future__ import annotations

from chalice.app import Response

from ..core.escalation import PAGING
from ..core.incidents import month_of
from ..flows.crisis_board import is_month
from ..flows.drills import Running, read_drills, start
from ..flows.page import call_at
from . import times, words
from .desk import Visit, route
from .drill_view import view_drill


@route("/drills")
def drills_page(visit: Visit) -> Response:
    return _page(visit)


@route("/drills", ("POST",))
def drills_submit(visit: Visit) -> Response:
    """It begins only for who says that they know whom it calls."""
    form = visit.form
    tier = form.get("tier", "")
    if tier not in {str(each) for each in PAGING}:
        return _page(visit, "Choose how urgent it is to be.", 400)
    if form.get("sure") != "yes":
        return _page(visit, "Tick the box first: a drill calls real people.", 400)
    if isinstance(start(visit.world, visit.who, form.get("program", ""), int(tier)), Running):
        return _page(visit, "A drill of this program is not over yet.", 409)
    return visit.go("/drills?done=started")


def _page(visit: Visit, wrong: str = "", status: int = 200) -> Response:
    world, now = visit.world, visit.world.clock()
    month = visit.query("month") if is_month(visit.query("month")) else month_of(now)
    place = times.Place(world.clinic.zone, now)
    mine = [name for name in world.clinic.programs if visit.who.may_see(name)]
    return visit.show(
        "drills.html",
        status,
        month=month,
        rows=[view_drill(each, world.clinic, place) for each in read_drills(world, visit.who, month)],
        programs=[(name, words.program_name(world.clinic, name), _first(visit, name)) for name in mine],
        tiers=[(each, words.TIERS[each]) for each in PAGING],
        chosen=visit.form.get("program", ""),
        tier=visit.form.get("tier", ""),
        wrong=wrong,
        done=visit.query("done"),
    )


def _first(visit: Visit, program: str) -> str:
    """Whom it would call first, now."""
    to = call_at(visit.world, program, 0, 0, visit.world.clock()).to
    return ", ".join(words.person(each) for each in to)
