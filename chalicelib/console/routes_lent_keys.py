"""Every key that was lent, by a page or by breaking the glass, and the review of each."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from chalice.app import Response

from ..core.break_glass import GROUNDS
from ..core.own_keys import OPEN
from ..flows.review_keys import NotReviewed, month_of, read_lent, read_one, review
from .desk import Visit, route

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
MONTHS = 24  # that a page leads back to
WRONG = {
    "found": "Choose one.",
    "own": "Nobody reviews what was lent to themselves.",
    "open": "It is not back yet. Review it when it is over.",
}


@route("/keys")
def lent_keys_page(visit: Visit) -> Response:
    shelf = _shelf(visit.query("month"))
    lines = read_lent(visit.world, visit.who, shelf)
    return visit.show(
        "lent_keys.html", lines=lines, shelf=shelf, months=_months(visit.world.clock()), grounds=GROUNDS,
        done=visit.query("done") == "reviewed",
    )  # fmt: skip


@route("/keys/{shelf}/{lending_id}")
def lent_key_page(visit: Visit, shelf: str, lending_id: str) -> Response:
    return _one(visit, _shelf(shelf), lending_id)


@route("/keys/{shelf}/{lending_id}/review", ("POST",))
def review_submit(visit: Visit, shelf: str, lending_id: str) -> Response:
    try:
        review(visit.world, visit.who, lending_id, visit.form.get("found", ""))
    except NotReviewed as problem:
        return _one(visit, OPEN, lending_id, WRONG[str(problem)], 400)
    return visit.go("/keys?done=reviewed")


def _one(visit: Visit, shelf: str, lending_id: str, error: str = "", status: int = 200) -> Response:
    line, words = read_one(visit.world, visit.who, shelf, lending_id)
    return visit.show("lent_key.html", status, line=line, said=words, shelf=shelf, grounds=GROUNDS, error=error)


def _shelf(text: str) -> str:
    return text if MONTH.fullmatch(text) else OPEN


def _months(now: datetime) -> list[str]:
    """The last two years, newest first."""
    found, day = [], now
    for _ in range(MONTHS):
        found.append(month_of(day))
        day = day.replace(day=1) - timedelta(days=1)
    return found
