"""One tap beside an urgent item that is this person's: "I read it"."""

from __future__ import annotations

from chalice.app import Response

from ..flows.say_read import say_read
from . import words
from .desk import Visit, route
from .routes_thread import after_writing
from .thread_page import Composer, instant


@route("/threads/{thread_id}/read-this", ("POST",))
def read_this_submit(visit: Visit, thread_id: str) -> Response:
    """Nothing is sent twice, past a newer text, or by somebody whose item it is not; then the words wait in the composer."""
    form, me = visit.form, visit.who
    seen, form_id = form.get("seen", ""), form.get("form_id", "")
    try:
        text, outcome = say_read(
            visit.world, me, form.get("incident", ""), form.get("choice", ""), words.person(me.staff_id), form_id, instant(seen)
        )
    except KeyError:  # a page from before they asked for texts, or before the phone was marked
        return visit.go(f"/threads/{thread_id}?done=read-choose#incident")
    return after_writing(visit, thread_id, Composer(text, form_id, seen), outcome)
