"""The page on which anybody may ask to be texted: no sign-in, no box that is ticked for them, and one answer whoever's number it
is (N7). What is typed is looked at for danger before anything else (N2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chalice.app import Request, Response

from .. import wiring
from ..browser import from_our_pages
from ..core.asked import KINDS
from ..core.page_links import ASKS, read_birth_date
from ..errors import PorchlightError
from ..flows import ask_form
from ..flows.ask_form import Wish
from ..flows.receive_sms import NotKept
from ..phone_number import is_at_home, read_number
from ..ports import World
from ..texts import pages, spoken_number, web_form
from . import web
from .show import away, go, show

MOST_NAME = 80
FIELDS = ("number", "name", "born")  # into which somebody types
LANGUAGES = pages.LANGUAGES


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as somebody filled it in."""

    number: str = ""
    name: str = ""
    born: str = ""
    speaks: str = "en"
    kinds: tuple[str, ...] = ()
    risk: bool = False
    form: str = field(default="", repr=False)
    words: str = ""  # the version that was shown


def look(request: Request) -> Response:
    language = _language(request)
    if web.query_of(request, "done") == "asked":
        return _show(wiring.world(), language, "asked.html", 200)
    return _form(wiring.world(), language, Typed(speaks=language))


def act(request: Request) -> Response:
    form, world = web.form_of(request), wiring.world()
    if form.get("do") == "leave":
        return away("", behind="behind" in form)
    typed, language = _typed(form, _language(request)), _language(request)
    try:
        every, where = tuple(" ".join(form.get(each, "").split()) for each in FIELDS), web.caller_of(request)
        if said := ask_form.overhear(world, every, _number(typed), where, language):
            return _show(world, language, "danger.html", 200, said=said)
        return _take(world, request, typed, language)
    except PorchlightError as failure:
        world.journal.event("patient_page_unavailable", error=type(failure).__name__)
        world.journal.count("patient_page_unavailable")
        if isinstance(failure, NotKept):  # whoever is on call was paged before it failed
            return _show(world, language, "danger.html", 503, said=pages.words(language)["danger"])
        return _form(world, language, typed, 503, says="not_kept")


def _take(world: World, request: Request, typed: Typed, language: str) -> Response:
    words = web_form.shown(typed.words, language)
    if not (words and from_our_pages(request, web.origin_of(world.pages_url)) and ask_form.holds(world, typed.form)):
        return _form(world, language, typed, 403, says="again")
    born = read_birth_date(typed.born, world.clock().astimezone(world.clinic.zone).date())
    name = typed.name if len(typed.name) <= MOST_NAME else ""
    number = _number(typed)
    may = number and is_at_home(number) and number not in (world.clinic.number, world.clinic.phone)  # nor do we ask ourselves
    found = {"number": may, "name": name, "born": born, "kinds": typed.kinds}
    if wrong := tuple(name for name, value in found.items() if not value):
        return _form(world, language, typed, 400, wrong=wrong)
    wish = Wish(number, typed.name, born, typed.speaks, words, typed.kinds, typed.risk, typed.form)
    if not ask_form.ask(world, wish, web.caller_of(request)):
        return _form(world, language, typed, 429, says="many")
    return go(web.base_of(world.pages_url), ASKS, language, "asked")


def _typed(form: web.Form, language: str) -> Typed:
    """Whatever was sent: too long is cut for the page, since nobody's name is a novel; all of it was looked at for danger."""
    number, name, born = (" ".join(form.get(each, "").split())[:1000] for each in FIELDS)
    speaks = form.get("speaks", "") if form.get("speaks") in LANGUAGES else language
    kinds = tuple(kind for kind in KINDS if form.get(f"kind_{kind}") == "yes")
    token, words = form.get("form", "")[:80], form.get("words", "")[:20]
    return Typed(number, name, born, speaks, kinds, form.get("risk") == "yes", token, words)


def _number(typed: Typed) -> str:
    return read_number(typed.number[:40])


def _language(request: Request) -> str:
    asked = web.query_of(request, "lang")
    return asked if asked in LANGUAGES else "en"


def _form(
    world: World, language: str, typed: Typed, status: int = 200, wrong: tuple[str, ...] = (), says: str = ""
) -> Response:
    try:
        token = ask_form.token(world)
    except PorchlightError:  # what was typed is on the page all the same
        token, says = "", "not_kept"
    papers = [(name, world.clinic.papers.get(name, "")) for name in ("terms", "privacy")]
    more: dict[str, Any] = {"typed": typed, "wrong": wrong, "says": says, "form": token, "kinds": KINDS, "papers": papers}
    return _show(world, language, "ask.html", status, **more)


def _show(world: World, language: str, template: str, status: int, **values: Any) -> Response:
    """The clinic by its neutral name, as a text of level 0 would have it."""
    clinic = world.clinic
    phone = clinic.phone or clinic.number
    number = clinic.number if clinic.number.startswith("+") else phone  # not a pool's id
    us = {"sender": clinic.sender, "number": spoken_number(number), "phone": spoken_number(phone)}
    said = web_form.words(language)
    return show(template, language, web.base_of(world.pages_url), ASKS, status, web=said, us=us, **values)
