"""Queue health for the supervisor: who waits how long, in numbers."""

from __future__ import annotations

from chalice.app import Response

from ..flows.queue_health import queue_health
from .desk import Visit, route
from .drill_view import view_self_test

BANDS = ("Under 1 h", "1 to 4 h", "4 h to 1 day", "Over 1 day")


@route("/health")
def health_page(visit: Visit) -> Response:
    health = queue_health(visit.world, visit.who)
    return visit.show("health.html", health=health, bands=BANDS, tested=view_self_test(health.self_test, visit.world.clock()))
