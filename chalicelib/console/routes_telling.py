"""How one is told that a text waits too long: one's own choice, and a test of it."""

from __future__ import annotations

from chalice.app import Response

from ..core.telling import Way
from ..flows.tell import ask_for_test, choose_ways, ways_of
from .desk import Visit, route

DONE = ("saved", "moved", "test")


@route("/told")
def told_page(visit: Visit) -> Response:
    done = visit.query("done")
    ways = ways_of(visit.world, visit.who.staff_id)
    return visit.show("told.html", ways=ways, done=done if done in DONE else "")


@route("/told", ("POST",))
def told_submit(visit: Visit) -> Response:
    """The choice is kept before a test is asked for: what is tried is what one sees."""
    ways = tuple(way for way in Way if visit.form.get(way) == "on")
    kept = choose_ways(visit.world, visit.who, ways)
    if kept and visit.form.get("do") == "test":
        ask_for_test(visit.world, visit.who)
        return visit.go("/told?done=test")
    return visit.go(f"/told?done={'saved' if kept else 'moved'}")
