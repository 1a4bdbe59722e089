"""A thread: read it, write in it, say that nothing is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalice.app import Response

from ..core import segments
from ..flows.own_thread import WHY_CLOSED
from ..flows.read_thread import OpenThread, anything_new, read_status, read_thread
from ..flows.write_reply import BadDraft, Draft, NewerText, Outcome, Sent, WillNotLeave, no_answer_needed, write_reply
from . import times, web, words
from .desk import Visit, route
from .thread_view import their_zone, view_lines, view_panel, view_permission
from .turns_view import with_marks

BAD = {
    "empty": "Write something first.",
    "too_long": "This is longer than one text can be. Shorten it to 1,600 characters.",
    "stale_form": "This page was open for long. Your text is below: send it again.",
}


@dataclass(frozen=True, slots=True)
class Composer:
    """The form under a thread. `preview` is shown after somebody asked for it."""

    text: str = ""
    form_id: str = ""
    seen: str = ""
    error: str = ""
    newer: tuple[str, ...] = ()
    preview: segments.Segments | None = None


@route("/threads/{thread_id}")
def thread_page(visit: Visit, thread_id: str) -> Response:
    return _thread_page(visit, thread_id, Composer(), before=visit.query("before"), done=visit.query("done"))


@route("/threads/{thread_id}/news", idle=True)
def thread_news(visit: Visit, thread_id: str) -> Response:
    """204 until somebody writes in a thread that is open on a screen."""
    new = anything_new(visit.world, visit.who, thread_id, _instant(visit.query("seen")))
    return web.page("new") if new else web.nothing_new()


@route("/threads/{thread_id}/truth/{message_id}", idle=True)
def message_truth(visit: Visit, thread_id: str, message_id: str) -> Response:
    """What became of one text so far, for a page that shows it leaving: one read, no content."""
    row = read_status(visit.world, visit.who, thread_id, message_id)
    if row is None:
        return web.nothing_new()
    return visit.show("truth.html", truth=words.delivery(row, visit.world.clock(), visit.world.clinic.zone))


@route("/threads/{thread_id}/reply", ("POST",))
def reply_submit(visit: Visit, thread_id: str) -> Response:
    form = visit.form
    text = segments.transliterate(form.get("text", "").replace("\r\n", "\n")).strip()
    if form.get("do") == "preview":
        composer = Composer(text, form.get("form_id", ""), form.get("seen", ""), preview=segments.count(text))
        return _thread_page(visit, thread_id, composer)
    draft = Draft(text, form.get("form_id", ""), _instant(form.get("seen", "")))
    return _after(visit, thread_id, text, write_reply(visit.world, visit.who, thread_id, draft))


@route("/threads/{thread_id}/settle", ("POST",))
def settle_submit(visit: Visit, thread_id: str) -> Response:
    if no_answer_needed(visit.world, visit.who, thread_id, _instant(visit.form.get("seen", ""))):
        return visit.go(f"/threads/{thread_id}?done=settled")
    return visit.go(f"/threads/{thread_id}?done=newer#latest")


def _after(visit: Visit, thread_id: str, text: str, outcome: Outcome) -> Response:
    """Nothing a person typed is lost, whatever came of it."""
    form = visit.form
    if isinstance(outcome, Sent):
        return visit.go(f"/threads/{thread_id}?done=sent#latest")
    if isinstance(outcome, NewerText):
        newer = tuple(each.row.message_id for each in outcome.newer)
        return _thread_page(visit, thread_id, Composer(text, newer=newer), 409)
    if isinstance(outcome, WillNotLeave):
        reason, advice = words.REFUSALS.get(outcome.why, ("This text cannot leave now.", "Call instead."))
        return _thread_page(visit, thread_id, Composer(text, error=f"{reason} {advice}".strip()), 409)
    assert isinstance(outcome, BadDraft)
    fresh = outcome.why == "stale_form"
    composer = Composer(text, "" if fresh else form.get("form_id", ""), form.get("seen", ""), BAD[outcome.why])
    return _thread_page(visit, thread_id, composer, 400)


def _thread_page(
    visit: Visit, thread_id: str, composer: Composer, status: int = 200, before: str = "", done: str = ""
) -> Response:
    opened = read_thread(visit.world, visit.who, thread_id, before)
    behind, me, world = opened.behind, visit.who.staff_id, visit.world
    place = times.Place(world.clinic.zone, world.clock())
    theirs = their_zone(opened, world.clinic.zone)
    name = behind.profile.name if behind.profile else "Unknown number"
    panels = [view_panel(incident, me, place) for incident in behind.incidents]
    days = with_marks(view_lines(opened, me, place, theirs, name), behind.thread, me, place, bool(opened.older), not before)
    return visit.show(
        "thread.html",
        status,
        opened=opened,
        behind=behind,
        name=name,
        days=days,
        newer=[line for _, lines in days for line in lines if line.message_id in composer.newer],
        panels=[panel for panel in panels if panel.incident.state != "resolved"],
        closed=[panel for panel in panels if panel.incident.state == "resolved"],
        permission=view_permission(behind.verdict, behind.kind, place, theirs),
        composer=composer,
        form_id=composer.form_id or world.ids(world.clock()),
        seen=composer.seen or times.iso(behind.thread.last_at),
        theirs=theirs,
        program=behind.thread.program,
        before=before,
        newest=_newest(opened),
        why_closed=WHY_CLOSED,
        done=done,
    )


def _newest(opened: OpenThread) -> str:
    return opened.messages[-1].row.message_id if opened.messages else ""


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
