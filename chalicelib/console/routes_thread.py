"""A thread: read it, write in it, say that nothing is owed."""

from __future__ import annotations

from dataclasses import replace

from chalice.app import Response

from ..core import segments
from ..core.page_links import FORM, RESOURCES
from ..core.records import Patient
from ..core.word_lint import GRAVITY
from ..flows.advice import while_typing
from ..flows.page_link import revoke
from ..flows.read_thread import read_status
from ..flows.send_later import read_local, zone_of
from ..flows.sit_down import look_up
from ..flows.write_reply import (
    AboveLevel,
    BadDraft,
    Draft,
    LookOnce,
    NewerText,
    NotThen,
    Outcome,
    Sent,
    WillNotLeave,
    no_answer_needed,
    write_reply,
)
from . import times, web, words
from .desk import Visit, route
from .routes_templates import insert_template, show_templates
from .thread_page import Composer, instant, show_thread

BAD = {
    "empty": "Write something first.",
    "too_long": "This is longer than one text can be. Shorten it to 1,600 characters, or send it as a page (4,000).",
    "nothing_chosen": "Choose what to send first.",
    "stale_form": "This page was open for long. Your text is below: send it again.",
}
CARING = "caring"  # the template of a text that follows a crisis
NOT_THEN = {
    "past": "Choose a time at least two minutes from now.",
    "far": "Choose a time within the next 60 days.",
    "safe_hours": "That is outside the hours when a text is safe for them.",
    "unread": "Choose a day and a time.",
}


@route("/threads/{thread_id}")
def thread_page(visit: Visit, thread_id: str) -> Response:
    if visit.query("begin") == CARING:  # a draft for this person to read, change and send; nothing leaves by looking (N8)
        return insert_template(visit, thread_id, Composer(), CARING)
    return show_thread(visit, thread_id, Composer(), before=visit.query("before"), done=visit.query("done"))


@route("/threads/{thread_id}/news", idle=True)
def thread_news(visit: Visit, thread_id: str) -> Response:
    """204 until somebody writes in a thread that is open on a screen, or comes or goes."""
    seen, noted = instant(visit.query("seen")), instant(visit.query("noted"))
    news = look_up(visit.world, visit.who, thread_id, seen, noted, visit.query("there"))
    if news is None:
        return web.nothing_new()
    here = ", ".join(words.person(each) for each in news.others)
    return visit.show("news.html", wrote=news.wrote, there=", ".join(news.others), here=here)


@route("/threads/{thread_id}/truth/{message_id}", idle=True)
def message_truth(visit: Visit, thread_id: str, message_id: str) -> Response:
    """What became of one text so far, for a page that shows it leaving: one read, no content."""
    row = read_status(visit.world, visit.who, thread_id, message_id)
    if row is None:
        return web.nothing_new()
    return visit.show("truth.html", truth=words.delivery(row, visit.world.clock(), visit.world.clinic.zone))


@route("/threads/{thread_id}/reply", ("POST",))
def reply_submit(visit: Visit, thread_id: str) -> Response:
    """What the composer's buttons do: send, plan, count, look at templates and put one in."""
    composer, do = read_composer(visit), visit.form.get("do", "")
    if do == "preview":
        found = while_typing(visit.world, visit.who, thread_id, composer.text)
        return show_thread(visit, thread_id, replace(composer, preview=segments.count(composer.text), advice=found))
    if do == "templates":
        return show_templates(visit, thread_id, composer)
    if do.startswith("insert:"):
        return insert_template(visit, thread_id, composer, do.removeprefix("insert:"))
    at = None
    if do == "later":
        patient = visit.world.store.get(Patient, thread_id)
        at = read_local(composer.at, zone_of(visit.world, patient))
        if at is None:
            return show_thread(visit, thread_id, replace(composer, at_error=NOT_THEN["unread"]), 400)
    above = visit.form.get("above_level", "")
    page = do.removeprefix("page:") if do.startswith("page:") else ""
    composer = replace(composer, page=bool(page))
    about = _about(visit, page)
    draft = Draft(
        composer.text, composer.form_id, instant(composer.seen), at, composer.snippets, above, composer.advised, page, about
    )
    return after_writing(visit, thread_id, composer, write_reply(visit.world, visit.who, thread_id, draft))


def _about(visit: Visit, page: str) -> str:
    """Which form, or what is shared."""
    if page == RESOURCES:
        return " ".join(name.removeprefix("share_") for name in visit.form if name.startswith("share_"))
    return visit.form.get("page_form", "") if page == FORM else ""


@route("/threads/{thread_id}/close-page/{message_id}", ("POST",))
def close_page_submit(visit: Visit, thread_id: str, message_id: str) -> Response:
    """The link of one text opens nothing any more."""
    revoke(visit.world, visit.who, thread_id, message_id)
    return visit.go(f"/threads/{thread_id}?done=page-closed#latest")


@route("/threads/{thread_id}/settle", ("POST",))
def settle_submit(visit: Visit, thread_id: str) -> Response:
    if no_answer_needed(visit.world, visit.who, thread_id, instant(visit.form.get("seen", ""))):
        return visit.go(f"/threads/{thread_id}?done=settled")
    return visit.go(f"/threads/{thread_id}?done=newer#latest")


def read_composer(visit: Visit) -> Composer:
    """What the form holds, as typed but for what phones cannot show plainly."""
    form = visit.form
    text = segments.transliterate(form.get("text", "").replace("\r\n", "\n")).strip()
    snippets = tuple(form.get("snippets", "").split())[:10]
    advised = tuple(each for each in form.get("advised", "").split() if each in GRAVITY)
    form_id, seen, at = form.get("form_id", ""), form.get("seen", ""), form.get("at", "")
    return Composer(text, form_id, seen, at=at, snippets=snippets, advised=advised)


def after_writing(visit: Visit, thread_id: str, composer: Composer, outcome: Outcome) -> Response:
    """Nothing a person typed is lost, whatever came of it."""
    if isinstance(outcome, Sent):
        done = "planned" if visit.form.get("do") == "later" else "paged" if composer.page else "sent"
        return visit.go(f"/threads/{thread_id}?done={done}#latest")
    if isinstance(outcome, NewerText):
        newer = tuple(each.row.message_id for each in outcome.newer)
        return show_thread(visit, thread_id, replace(composer, form_id="", seen="", newer=newer), 409)
    if isinstance(outcome, WillNotLeave):
        reason, advice = words.REFUSALS.get(outcome.why, ("This text cannot leave now.", "Call instead."))
        return show_thread(visit, thread_id, replace(composer, form_id="", seen="", error=f"{reason} {advice}".strip()), 409)
    if isinstance(outcome, AboveLevel):
        return show_thread(visit, thread_id, replace(composer, above=outcome.level, above_what=outcome.what), 409)
    if isinstance(outcome, LookOnce):
        said = tuple(dict.fromkeys((*composer.advised, *(each.rule for each in outcome.found))))
        return show_thread(visit, thread_id, replace(composer, advice=outcome.found, advised=said, hold=True), 409)
    if isinstance(outcome, NotThen):
        return show_thread(visit, thread_id, replace(composer, at_error=_not_then(visit, thread_id, outcome)), 400)
    assert isinstance(outcome, BadDraft)
    form_id = "" if outcome.why == "stale_form" else composer.form_id
    return show_thread(visit, thread_id, replace(composer, form_id=form_id, error=BAD[outcome.why]), 400)


def _not_then(visit: Visit, thread_id: str, outcome: NotThen) -> str:
    """Why not then, and when it could be."""
    if outcome.next_safe is None:
        return NOT_THEN[outcome.why]
    zone = zone_of(visit.world, visit.world.store.get(Patient, thread_id))
    place = times.Place(zone, visit.world.clock())
    return f"{NOT_THEN[outcome.why]} The next one begins {place.stamp(outcome.next_safe)} on their clock."
