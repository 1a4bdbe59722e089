"""What a patient's page answers: look, show who you are, write, press, leave. It says nothing of anybody before that is shown
(ID-1), and looks at posted words before it asks whose they are (N2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalice.app import Request, Response

from .. import wiring
from ..core.page_links import CHOICES, FORM, MESSAGE, PLAN, RESOURCES, ROOM, TOKEN, VISITS, read_birth_date
from ..errors import PorchlightError
from ..flows import answer_page, page_code, page_forms, page_identity
from ..flows.answer_page import Came, NotKept
from ..flows.page_identity import Door, Opened
from ..flows.visit_words import phone_of
from . import inside, presses, web
from .show import away, go
from .visitor import Visitor, asks, door_of, form_id, gone, kept, ours

TEMPLATES = {
    VISITS: "visits.html", CHOICES: "choices.html", PLAN: "plan.html", FORM: "form.html", ROOM: "room.html",
    RESOURCES: "resources.html", MESSAGE: "message.html",
}  # fmt: skip


def look(request: Request, token: str) -> Response:
    return _kindly(Visitor(wiring.world(), request, token, {}), _look)


def act(request: Request, token: str) -> Response:
    visitor = Visitor(wiring.world(), request, token, web.form_of(request))
    codes = dict.fromkeys(("code_email", "code_call", "code_text"), _code)
    known = {**codes, "open": _open, "send": _send, "fill": _fill, "broken": _broken, "leave": _leave, **presses.ACTS}
    return _kindly(visitor, known.get(visitor.form.get("do", ""), _look))


def _kindly(visitor: Visitor, answer: Any) -> Response:
    """Whatever fails, the page says so in plain words, and names nobody."""
    try:
        found: Response = answer(visitor)
    except PorchlightError as failure:
        visitor.world.journal.event("patient_page_unavailable", error=type(failure).__name__)
        visitor.world.journal.count("patient_page_unavailable")
        said = (visitor.form.get("text", ""), visitor.form.get("answer", ""), page_forms.filled(visitor.form, "en"))
        danger = any(answer_page.is_danger(visitor.world, each) for each in said)
        return visitor.show("trouble.html", None, 503, danger=danger)
    return found


def _look(visitor: Visitor) -> Response:
    door = door_of(visitor)
    if door is None:
        return gone(visitor)
    done = web.query_of(visitor.request, "done")
    return _inside(visitor, door, done=done if done in presses.DONE else "") if door.inside else asks(visitor, door)


def _inside(visitor: Visitor, door: Door, status: int = 200, done: str = "", draft: str = "", error: str = "") -> Response:
    page_identity.stays(visitor.world, door, visitor.world.clock())
    shown = inside.view(visitor.world, door, visitor.where, visitor.language(door))
    if shown is None:
        return gone(visitor)
    template = TEMPLATES.get(door.link.purpose, "gone.html")
    return visitor.show(template, door, status, done=done, draft=draft, error=error, filled=visitor.form, **shown)


def _open(visitor: Visitor) -> Response:
    """One try. Who is let in with words that they wrote before finds them again."""
    world, draft = visitor.world, visitor.form.get("draft", "")
    if not TOKEN.fullmatch(visitor.token):
        return gone(visitor)
    said = _answer(visitor)
    if danger := _danger_in(visitor, said):
        return visitor.show("danger.html", None, said=danger)
    came = page_identity.verify(world, visitor.token, said, visitor.where, visitor.cookie)
    door = page_identity.find(world, visitor.token, came.token if isinstance(came, Opened) else "", world.clock())
    if door is None or came is None:
        return gone(visitor)
    if not isinstance(came, Opened):
        return asks(visitor, door, 403, wrong=came.left, draft=draft)
    set_cookie = web.cookie(world.pages_url, came.token)
    if draft:
        answer = _inside(visitor, door, draft=draft)
        answer.headers["Set-Cookie"] = [set_cookie]
        return answer
    return go(visitor.base, visitor.token, visitor.language(door), cookie=set_cookie)


def _answer(visitor: Visitor) -> str:
    return visitor.form.get("answer", "")[:200]


def _danger_in(visitor: Visitor, said: str) -> str:
    """Words where a birth date is asked are looked at whatever was pressed beneath them (N2). The answer to danger, or ""."""
    words = said.strip() and not read_birth_date(said, visitor.world.clock().date())  # a date is nobody's danger
    return answer_page.overhear(visitor.world, visitor.token, said) if words else ""


def _code(visitor: Visitor) -> Response:
    """A code by a second channel. What they wrote before waits in the form behind it."""
    world, draft = visitor.world, visitor.form.get("draft", "")
    if TOKEN.fullmatch(visitor.token) and (danger := _danger_in(visitor, _answer(visitor))):
        return visitor.show("danger.html", None, said=danger)
    way = visitor.form.get("do", "").removeprefix("code_")
    known = TOKEN.fullmatch(visitor.token)
    asker = page_code.ask(world, visitor.token, way, visitor.where, visitor.cookie) if known else None
    door = None if asker is None else door_of(visitor)
    if door is None:
        return gone(visitor)
    answer = asks(visitor, door, draft=draft, coded="asked" if asker else "none")
    if asker:
        answer.headers["Set-Cookie"] = [web.cookie(world.pages_url, asker)]
    return answer


def _send(visitor: Visitor) -> Response:
    text = visitor.form.get("text", "").replace("\r\n", "\n").strip()
    return _take(visitor, text, text)


def _fill(visitor: Visitor) -> Response:
    """A form is words in their own voice: it takes the road of any words."""
    text = page_forms.filled(visitor.form, visitor.language(None))
    return _take(visitor, text, visitor.form.get("text", ""))


def _broken(visitor: Visitor) -> Response:
    return _take(visitor, page_forms.broken(visitor.form, visitor.language(None)), visitor.form.get("text", ""))


def _take(visitor: Visitor, text: str, own: str) -> Response:
    """Looked at before anything else (N2). What is not kept is on the page still. `own`: as they typed it."""
    world, form = visitor.world, visitor.form
    if not text or not TOKEN.fullmatch(visitor.token):
        return _again(visitor, own, "empty")
    try:
        each = [_come_in(visitor, said) for said in answer_page.apart(world, text, own)]
    except NotKept:
        return _again(visitor, own, "not_sent", 503)
    came, danger = each[-1], next((one.said for one in each if one.said), "")
    if came.kept:
        page_forms.remember(world, came.door, form)
    if danger:
        return visitor.show("danger.html", came.door, said=danger)
    if came.kept:
        return kept(visitor) if came.door is None else _sent(visitor, came.door)
    return gone(visitor, wrote=True) if came.door is None else asks(visitor, came.door, 403, draft=text)


def _come_in(visitor: Visitor, said: str) -> Came:
    form = form_id(visitor.form)
    return answer_page.come_in(visitor.world, visitor.token, visitor.cookie, lambda door: ours(visitor, door), said, form)


def _sent(visitor: Visitor, door: Door) -> Response:
    """After a word for "not safe" whoever was in is out, and whoever looks on sees what follows any words: this once it is the
    page that this very browser just had (SAFE-4)."""
    now = door_of(visitor) if door.inside and door.patient.duress else None
    if now is None or now.inside:
        return visitor.go(door, "sent")
    return _inside(visitor, replace(door, link=now.link), done="sent")


def _again(visitor: Visitor, text: str, error: str, status: int = 400) -> Response:
    """The form once more, with their words in it, as far as they may be shown."""
    try:
        door = door_of(visitor)
    except PorchlightError:
        again = {"form_id": form_id(visitor.form), "csrf": visitor.form.get("csrf", "")}
        phone = phone_of(visitor.world, "")  # which program it is cannot be known
        return visitor.show("unsent.html", None, status, draft=text, phone=phone, **again)
    if door is None:
        return gone(visitor, wrote=bool(text))
    return _inside(visitor, door, status, draft=text, error=error) if door.inside else asks(visitor, door, 403, draft=text)


def _leave(visitor: Visitor) -> Response:
    """The session ends here, whatever the store says, and the browser goes elsewhere."""
    try:
        page_identity.leave(visitor.world, visitor.cookie)
    except PorchlightError as failure:
        visitor.world.journal.event("patient_page_unavailable", error=type(failure).__name__)
    return away(web.cookie(visitor.world.pages_url, ""), behind="behind" in visitor.form)
