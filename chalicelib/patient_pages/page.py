"""What a patient's page answers: look, show who you are, write, press, leave. It says nothing of anybody before that is shown
(ID-1), and looks at posted words before it asks whose they are (N2)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from typing import Any

from chalice.app import Request, Response

from .. import wiring
from ..core.page_links import CHOICES, MOST_LETTERS, TOKEN, VISITS
from ..errors import PorchlightError
from ..flows import answer_page, page_choices, page_identity, page_times
from ..flows.answer_page import NotKept
from ..flows.page_identity import Door, Opened
from ..flows.visit_words import phone_of
from ..ports import World
from ..texts import pages
from . import inside, web
from .show import away, go, show

VISIT_ACTS = ("confirmed", "wants_move", "cannot_come", "take")
DONE = frozenset({"sent", "noted", "changed", "asked", "off", "taken", "gone", "times", "notimes"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """One request at one address."""

    world: World
    request: Request
    token: str
    form: web.Form

    @property
    def base(self) -> str:
        return web.base_of(self.world.pages_url)

    @property
    def cookie(self) -> str:
        return web.cookie_of(self.request, self.world.pages_url)

    @property
    def where(self) -> str:
        return web.caller_of(self.request)

    def language(self, door: Door | None) -> str:
        asked = web.query_of(self.request, "lang")
        return asked if asked in pages.LANGUAGES else door.link.language if door else "en"

    def show(self, template: str, door: Door | None, status: int = 200, **values: Any) -> Response:
        return show(template, self.language(door), self.base, self.token, status, **values)

    def go(self, door: Door | None, done: str = "") -> Response:
        return go(self.base, self.token, self.language(door), done)


def look(request: Request, token: str) -> Response:
    return _kindly(Visitor(wiring.world(), request, token, {}), _look)


def act(request: Request, token: str) -> Response:
    visitor = Visitor(wiring.world(), request, token, web.form_of(request))
    do = visitor.form.get("do", "")
    known = {"open": _open, "send": _send, "leave": _leave, **dict.fromkeys(VISIT_ACTS, _press)}
    known |= dict.fromkeys(("decline", "less", "stop", "more"), _choose)
    return _kindly(visitor, known.get(do, _look))


def _kindly(visitor: Visitor, answer: Any) -> Response:
    """Whatever fails, the page says so in plain words, and names nobody."""
    try:
        found: Response = answer(visitor)
    except PorchlightError as failure:
        visitor.world.journal.event("patient_page_unavailable", error=type(failure).__name__)
        visitor.world.journal.count("patient_page_unavailable")
        danger = any(answer_page.is_danger(visitor.world, visitor.form.get(name, "")) for name in ("text", "answer"))
        return visitor.show("trouble.html", None, 503, danger=danger)
    return found


def _gone(visitor: Visitor, wrote: bool = False) -> Response:
    """Unknown, old, closed, theirs no more: one page for all. `wrote`: they typed words, and are told where words are heard."""
    return visitor.show("gone.html", None, 404, wrote=wrote)


def _asks(visitor: Visitor, door: Door, status: int = 200, wrong: int = 0, draft: str = "") -> Response:
    return visitor.show("asks.html", door, status, wrong=wrong, draft=draft[:MOST_LETTERS])


def _look(visitor: Visitor) -> Response:
    door = _door(visitor)
    if door is None:
        return _gone(visitor)
    done = web.query_of(visitor.request, "done")
    return _inside(visitor, door, done=done if done in DONE else "") if door.inside else _asks(visitor, door)


def _door(visitor: Visitor) -> Door | None:
    if not TOKEN.fullmatch(visitor.token):
        return None
    world = visitor.world
    return page_identity.find(world, visitor.token, visitor.cookie, world.clock())


def _inside(visitor: Visitor, door: Door, status: int = 200, done: str = "", draft: str = "", error: str = "") -> Response:
    page_identity.stays(visitor.world, door, visitor.world.clock())
    shown = inside.view(visitor.world, door, visitor.where, visitor.language(door))
    if shown is None:
        return _gone(visitor)
    template = {VISITS: "visits.html", CHOICES: "choices.html"}.get(door.link.purpose, "message.html")
    return visitor.show(template, door, status, done=done, draft=draft, error=error, **shown)


def _open(visitor: Visitor) -> Response:
    """One try. Who is let in with words that they wrote before finds them again."""
    world, draft = visitor.world, visitor.form.get("draft", "")
    if not TOKEN.fullmatch(visitor.token):
        return _gone(visitor)
    said = visitor.form.get("answer", "")[:200]
    words = any(sign.isalpha() for sign in said)  # a birth date is nobody's danger, and must open where no word can be looked at
    if words and (danger := answer_page.overhear(world, visitor.token, said)):
        return visitor.show("danger.html", None, said=danger)
    came = page_identity.verify(world, visitor.token, said, visitor.where)
    door = page_identity.find(world, visitor.token, came.token if isinstance(came, Opened) else "", world.clock())
    if door is None or came is None:
        return _gone(visitor)
    if not isinstance(came, Opened):
        return _asks(visitor, door, 403, wrong=came.left, draft=draft)
    set_cookie = web.cookie(world.pages_url, came.token)
    if draft:
        answer = _inside(visitor, door, draft=draft)
        answer.headers["Set-Cookie"] = [set_cookie]
        return answer
    return go(visitor.base, visitor.token, visitor.language(door), cookie=set_cookie)


def _send(visitor: Visitor) -> Response:
    """Looked at before anything else (N2). What is not kept is on the page still."""
    world, form = visitor.world, visitor.form
    text = form.get("text", "").replace("\r\n", "\n").strip()
    if not text or not TOKEN.fullmatch(visitor.token):
        return _again(visitor, text, "empty")
    try:
        came = answer_page.come_in(world, visitor.token, visitor.cookie, lambda door: _ours(visitor, door), text, _form_id(form))
    except NotKept:
        return _again(visitor, text, "not_sent", 503)
    if came.said:
        return visitor.show("danger.html", came.door, said=came.said)
    if came.kept:
        return _sent(visitor, came.door)
    return _gone(visitor, wrote=True) if came.door is None else _asks(visitor, came.door, 403, draft=text)


def _sent(visitor: Visitor, door: Door | None) -> Response:
    """After a word for "not safe" whoever was in is out, and whoever looks on sees what follows any words: this once it is the
    page that this very browser just had (SAFE-4)."""
    now = _door(visitor) if door is not None and door.inside and door.patient.duress else None
    if door is None or now is None or now.inside:
        return visitor.go(door, "sent")
    return _inside(visitor, replace(door, link=now.link), done="sent")


def _again(visitor: Visitor, text: str, error: str, status: int = 400) -> Response:
    """The form once more, with their words in it, as far as they may be shown."""
    try:
        door = _door(visitor)
    except PorchlightError:
        again = {"form_id": _form_id(visitor.form), "csrf": visitor.form.get("csrf", "")}
        phone = phone_of(visitor.world, "")  # which program it is cannot be known
        return visitor.show("unsent.html", None, status, draft=text, phone=phone, **again)
    if door is None:
        return _gone(visitor, wrote=bool(text))
    return _inside(visitor, door, status, draft=text, error=error) if door.inside else _asks(visitor, door, 403, draft=text)


def _form_id(form: web.Form) -> str:
    return form.get("form_id", "")[:40]


def _ours(visitor: Visitor, door: Door) -> bool:
    """Whether a post came from a form of this session."""
    held = door.session.csrf if door.session else ""
    return bool(held) and hmac.compare_digest(held, visitor.form.get("csrf", ""))


def _acts_on(visitor: Visitor, purpose: str, tightens: bool = False) -> Door | Response:
    """`tightens`: taken as long as typed words are, since nothing is shown for it; a no that came late is a no."""
    door = _door(visitor)
    if door is None:
        return _gone(visitor)
    if not ((door.writes if tightens else door.inside) and _ours(visitor, door)):
        return _asks(visitor, door, 403)
    return door if door.link.purpose == purpose else _gone(visitor)


def _press(visitor: Visitor) -> Response:
    """A button of a visit, decided as a text's answer would be."""
    world, form = visitor.world, visitor.form
    door = _acts_on(visitor, VISITS)
    if isinstance(door, Response):
        return door
    do, visit_id = form["do"], form.get("visit", "")[:60]
    answer_page.press(world, door, do, visit_id, form.get("slot", "")[:80], _form_id(form))
    if do == "wants_move":
        return visitor.go(door, "times" if page_times.keep_times(world, door, visit_id) else "notimes")
    if do == "take":
        return visitor.go(door, "taken" if inside.took(world, door, form.get("slot", "")[:80]) else "gone")
    return visitor.go(door, "off" if do == "cannot_come" else "noted")


def _choose(visitor: Visitor) -> Response:
    """Tighter at once; looser is asked of a person."""
    world, form = visitor.world, visitor.form
    do = form["do"]
    door = _acts_on(visitor, CHOICES, tightens=do != "more")
    if isinstance(door, Response):
        if do == "stop" and TOKEN.fullmatch(visitor.token):  # a no needs nobody to show who they are (TCPA-8)
            answer_page.overhear(world, visitor.token, "STOP", _form_id(form))
        return door
    if do in ("stop", "more"):
        said = "STOP" if do == "stop" else pages.words(door.link.language)["post_more"]
        answer_page.write(world, answer_page.of(door), said, _form_id(form))
    elif do == "less":
        page_choices.say_less(world, door, visitor.where)
    else:
        page_choices.decline(world, door, form.get("kind", ""), visitor.where)
    return visitor.go(door, "asked" if do == "more" else "changed")


def _leave(visitor: Visitor) -> Response:
    """The session ends here, whatever the store says, and the browser goes elsewhere."""
    try:
        page_identity.leave(visitor.world, visitor.cookie)
    except PorchlightError as failure:
        visitor.world.journal.event("patient_page_unavailable", error=type(failure).__name__)
    return away(web.cookie(visitor.world.pages_url, ""))
