"""Beside sending: take a text back, tell a colleague something, keep a draft."""

from __future__ import annotations

from chalice.app import Response

from ..flows.advice import while_typing
from ..flows.drafts import drop_draft, keep_draft
from ..flows.notes import BadNote, write_note
from ..flows.undo import TakenBack, undo
from . import web
from .colleagues import accounts
from .desk import Visit, route
from .routes_thread import BAD, read_composer
from .thread_page import Composer, show_thread


@route("/threads/{thread_id}/undo/{message_id}", ("POST",))
def undo_submit(visit: Visit, thread_id: str, message_id: str) -> Response:
    """Take it back: its words stand in the composer again."""
    outcome = undo(visit.world, visit.who, thread_id, message_id)
    if not isinstance(outcome, TakenBack):
        return visit.go(f"/threads/{thread_id}?done=left#latest")
    says = "Taken back: nobody got it. Change it and send it again, or leave it."
    return show_thread(visit, thread_id, Composer(outcome.text or "", says=says))


@route("/threads/{thread_id}/note", ("POST",))
def note_submit(visit: Visit, thread_id: str) -> Response:
    text = visit.form.get("note", "").replace("\r\n", "\n").strip()
    people = accounts(visit) if "@" in text else []
    outcome = write_note(visit.world, visit.who, thread_id, text, visit.form.get("form_id", ""), people)
    if isinstance(outcome, BadNote):
        return show_thread(visit, thread_id, Composer(note=text, note_error=BAD[outcome.why]), 400)
    return visit.go(f"/threads/{thread_id}?done={'note-unknown' if outcome.unknown else 'noted'}#latest")


@route("/threads/{thread_id}/draft", ("POST",))
def draft_submit(visit: Visit, thread_id: str) -> Response:
    """What the page keeps by itself while one types: 204, or what the check of words says of it."""
    composer = read_composer(visit)
    keep_draft(visit.world, visit.who, thread_id, composer.text, composer.form_id)
    found = while_typing(visit.world, visit.who, thread_id, composer.text)
    return visit.show("advice.html", advice=found) if found else web.nothing_new()


@route("/threads/{thread_id}/draft/keep", ("POST",))
def draft_keep_submit(visit: Visit, thread_id: str) -> Response:
    """The same without a script."""
    composer = read_composer(visit)
    keep_draft(visit.world, visit.who, thread_id, composer.text, composer.form_id)
    return visit.go(f"/threads/{thread_id}?done=kept#composer")


@route("/threads/{thread_id}/draft/drop", ("POST",))
def draft_drop_submit(visit: Visit, thread_id: str) -> Response:
    drop_draft(visit.world, visit.who, thread_id)
    return visit.go(f"/threads/{thread_id}?done=dropped#composer")
