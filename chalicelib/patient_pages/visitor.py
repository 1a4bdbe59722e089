"""One request at one address of a patient's page, and what each of them may need: who is there, and the ways to say no."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from chalice.app import Request, Response

from ..core.page_codes import holds
from ..core.page_links import MOST_LETTERS, TOKEN
from ..flows import page_code, page_identity
from ..flows.page_identity import Door
from ..ports import World
from ..texts import pages
from . import web
from .show import go, show


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


def gone(visitor: Visitor, wrote: bool = False) -> Response:
    """Unknown, old, closed, theirs no more: one page for all. `wrote`: they typed words, and are told where words are heard."""
    return visitor.show("gone.html", None, 404, wrote=wrote)


def kept(visitor: Visitor) -> Response:
    """It waits on the queue, and whose it is could not be read: the page cannot show more, and must not say "try again"."""
    return visitor.show("kept.html", None)


def asks(visitor: Visitor, door: Door, status: int = 200, wrong: int = 0, draft: str = "", coded: str = "") -> Response:
    """`coded`: asked or none, where a code was asked for just now."""
    code = {"coded": coded, "code": holds(door.link, visitor.world.clock()), "ways": page_code.ways(visitor.world, door.link)}
    return visitor.show("asks.html", door, status, wrong=wrong, draft=draft[:MOST_LETTERS], **code)


def door_of(visitor: Visitor) -> Door | None:
    if not TOKEN.fullmatch(visitor.token):
        return None
    world = visitor.world
    return page_identity.find(world, visitor.token, visitor.cookie, world.clock())


def form_id(form: web.Form) -> str:
    return form.get("form_id", "")[:40]


def ours(visitor: Visitor, door: Door) -> bool:
    """Whether a post came from a form of this session."""
    held = door.session.csrf if door.session else ""
    return bool(held) and hmac.compare_digest(held, visitor.form.get("csrf", ""))


def acts_on(visitor: Visitor, purpose: str, tightens: bool = False) -> Door | Response:
    """`tightens`: taken as long as typed words are, since nothing is shown for it; a no that came late is a no."""
    door = door_of(visitor)
    if door is None:
        return gone(visitor)
    if not ((door.writes if tightens else door.inside) and ours(visitor, door)):
        return asks(visitor, door, 403)
    return door if door.link.purpose == purpose else gone(visitor)
