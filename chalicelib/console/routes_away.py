"""Going away and coming back: who covers, until when, and what would go over. A supervisor says it for somebody who cannot."""

from __future__ import annotations

from datetime import date, datetime, time

from chalice.app import Response

from ..core.roles import Action
from ..errors import NotFound
from ..flows.hand_over import NotPossible
from ..flows.plan_absence import back, could_cover, go, plan
from .colleagues import accounts
from .desk import Visit, route

WRONG = {
    "cover": "Choose somebody who covers. They must be here, and work in every program that goes over.",
    "oneself": "Choose somebody else.",
    "already_away": "This absence has begun already.",
}


@route("/away")
def away_page(visit: Visit) -> Response:
    return _page(visit, visit.query("of") or visit.who.staff_id, done=visit.query("done"))


@route("/away", ("POST",))
def away_submit(visit: Visit) -> Response:
    form = visit.form
    of = form.get("of") or visit.who.staff_id
    try:
        if form.get("do") == "back":
            back(visit.world, visit.who, of)
            return visit.go(f"/away?of={_known(visit, of)}&done=back")
        go(visit.world, visit.who, of, form.get("cover", ""), accounts(visit), _until(visit, form.get("until", "")))
    except NotPossible as problem:
        return _page(visit, of, WRONG.get(str(problem), WRONG["cover"]), 400)
    return visit.go(f"/away?of={_known(visit, of)}&done=away")


def _page(visit: Visit, of: str, error: str = "", status: int = 200, done: str = "") -> Response:
    planned, people = plan(visit.world, visit.who, of), accounts(visit)
    others = [each for each in people if each.enabled and each.staff_id != of] if visit.who.may(Action.ABSENCES) else []
    return visit.show(
        "away.html",
        status,
        planned=planned,
        mine=of == visit.who.staff_id,
        covers=could_cover(visit.world, planned, people),
        people=people,
        others=others,
        error=error,
        done=done,
        chosen=visit.form.get("cover", ""),
    )


def _known(visit: Visit, of: str) -> str:
    """What a form sent is put in an address only when it is somebody's id."""
    if of != visit.who.staff_id and of not in {each.staff_id for each in accounts(visit)}:
        raise NotFound(of)
    return of


def _until(visit: Visit, text: str) -> datetime | None:
    """The evening of that day, on the clinic's clock."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day, time(23, 59), visit.world.clinic.zone)
