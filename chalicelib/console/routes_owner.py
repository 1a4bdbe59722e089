"""Whose a thread is: take it, hand it on, give it back, close it with a reason, open it again."""

from __future__ import annotations

from datetime import datetime

from chalice.app import Response

from ..flows.own_thread import OwesAnAnswer, close, give_to, reopen
from ..flows.read_thread import admit
from .colleagues import accounts, of_program
from .desk import Visit, route


@route("/threads/{thread_id}/hand-over")
def hand_over_page(visit: Visit, thread_id: str) -> Response:
    """Who could have it: people of its program."""
    return _hand_over_page(visit, thread_id)


@route("/threads/{thread_id}/owner", ("POST",))
def owner_submit(visit: Visit, thread_id: str) -> Response:
    """`to`: me, duty, or a colleague of the thread's program."""
    form, me = visit.form, visit.who.staff_id
    to = {"me": me, "duty": ""}.get(form.get("do", ""), form.get("to", ""))
    if to not in ("", me) and not _works_here(visit, thread_id, to):
        return _hand_over_page(visit, thread_id, "Choose a colleague.", 400)
    if form.get("do") == "give" and not to:
        return _hand_over_page(visit, thread_id, "Choose a colleague.", 400)
    if not give_to(visit.world, visit.who, thread_id, to, form.get("was", "")):
        return visit.go(f"/threads/{thread_id}?done=owner-moved")
    return visit.go(f"/threads/{thread_id}?done={'yours' if to == me else 'given' if to else 'duty'}")


@route("/threads/{thread_id}/close", ("POST",))
def close_submit(visit: Visit, thread_id: str) -> Response:
    """A thread that owes an answer is closed only with a reason; a text that came in meanwhile wins."""
    form = visit.form
    try:
        closed = close(visit.world, visit.who, thread_id, _instant(form.get("seen", "")), form.get("why", ""))
    except (OwesAnAnswer, KeyError):
        return visit.go(f"/threads/{thread_id}?done=why#owner")
    return visit.go(f"/threads/{thread_id}?done={'closed' if closed else 'newer#latest'}")


@route("/threads/{thread_id}/reopen", ("POST",))
def reopen_submit(visit: Visit, thread_id: str) -> Response:
    reopen(visit.world, visit.who, thread_id)
    return visit.go(f"/threads/{thread_id}?done=reopened")


def _hand_over_page(visit: Visit, thread_id: str, error: str = "", status: int = 200) -> Response:
    thread, patient = admit(visit.world, visit.who, thread_id, "assign", "care")
    team = patient.team if patient else ()
    people = of_program(accounts(visit), thread.program, visit.who.staff_id, thread.owner)
    people.sort(key=lambda each: each.staff_id not in team)
    away = {each.staff_id: each.cover for each in visit.world.store.absences() if each.state != "back"}
    return visit.show(
        "hand_over.html", status, thread=thread, people=people, team=team, away=away, error=error, program=thread.program
    )


def _works_here(visit: Visit, thread_id: str, to: str) -> bool:
    thread, _ = admit(visit.world, visit.who, thread_id, "assign", "care")
    return to in {each.staff_id for each in of_program(accounts(visit), thread.program)}


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
