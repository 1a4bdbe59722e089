"""Queue health for the supervisor: who waits how long, in numbers."""

from __future__ import annotations

from chalice.app import Response

from ..flows.queue_health import queue_health
from .desk import Visit, route
from .drill_view import view_self_test, view_way_in

WHY_STANDING = {
    "not_kept": "we do not have it ourselves, so its only copy stays",
    "not_settled": "nobody knows yet whether it left, and the log is asked",
    "not_final": "the carrier says that it may still be on its way",
    "not_seen_empty": "asked to go, and still there when it was looked at again",
}
BANDS = ("Under 1 h", "1 to 4 h", "4 h to 1 day", "Over 1 day")


@route("/health")
def health_page(visit: Visit) -> Response:
    health = queue_health(visit.world, visit.who)
    now = visit.world.clock()
    tested, way_in = view_self_test(health.self_test, now), view_way_in(health.way_in, now)
    return visit.show("health.html", health=health, bands=BANDS, tested=tested, way_in=way_in, why_standing=WHY_STANDING)
