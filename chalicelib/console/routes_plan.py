"""Today's plan: what the number carries today and tomorrow, lane by lane, and what will not fit."""

from __future__ import annotations

from chalice.app import Response

from ..flows.plan_ahead import read_plan
from . import campaigns_view as view
from . import times
from .desk import Visit, route


@route("/plan")
def plan_page(visit: Visit) -> Response:
    plan, limits = read_plan(visit.world, visit.who), visit.world.clinic.throughput
    place = times.Place(visit.world.clinic.zone, visit.world.clock())
    days = [(title, day, view.lanes_of(day, place)) for title, day in zip(("Today", "Tomorrow"), plan.days, strict=True)]
    return visit.show("plan.html", days=days, cut=plan.cut, limits=limits)
