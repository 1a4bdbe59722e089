"""How right the screen is: the clinical lead's page, and its figures as a file."""

from __future__ import annotations

from chalice.app import Response

from ..core.screen_figures import months_to
from ..flows.screen_report import screen_report
from . import web
from .desk import Visit, route
from .screen_view import csv_of, view_screen


@route("/screen")
def screen_page(visit: Visit) -> Response:
    report = screen_report(visit.world, visit.who, visit.query("month"))
    year, number = (int(part) for part in report.month.split("-"))
    after = f"{year + number // 12}-{number % 12 + 1:02d}"
    return visit.show("screen.html", report=report, view=view_screen(report), before=months_to(report.month)[-2], after=after)


@route("/screen/file")
def screen_file(visit: Visit) -> Response:
    """The same four months as CSV."""
    report = screen_report(visit.world, visit.who, visit.query("month"))
    return web.file(csv_of(report), "text/csv; charset=utf-8", f"screen-{report.month}.csv")
