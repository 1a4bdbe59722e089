"""Templates to pages: one answer holds the whole page, style and script with it, so that a poor phone asks once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from chalice.app import Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from ..core.page_links import ASKS, TOKEN
from ..texts import pages
from . import web


@cache
def environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        auto_reload=False,
    )  # fmt: skip


@cache
def asset(name: str) -> str:
    """The text of the one stylesheet, or of the one script."""
    return resources.files(__package__).joinpath("static", name).read_text(encoding="utf-8")


ROOM = "room.html"  # the one page that asks for camera and microphone, by a script of its own
MAY_ASK = {"Permissions-Policy": "camera=(self), microphone=(self), geolocation=()"}


@cache
def policy(more_script: str = "") -> str:
    return web.policy(asset("page.css"), (asset("page.js"), more_script), pages.leave_for().rstrip("/"))


def show(template: str, language: str, base: str, token: str, status: int = 200, cookie: str = "", **values: Any) -> Response:
    """A page in one language. `base`: what stands before "/p". Nothing that is not handed in can be shown."""
    known = language if language in pages.LANGUAGES else "en"
    at = token if token == ASKS or TOKEN.fullmatch(token) else "x"  # what somebody typed there is not said back
    more_script = asset("room.js") if template == ROOM else ""
    body = environment().get_template(template).render(
        say=pages.words(known), language=known, other="es" if known == "en" else "en",
        here=f"{base}/p/{at}",
        style=asset("page.css"), script=asset("page.js"), leave_for=pages.leave_for(), base=base,
        more_script=more_script, **values,
    )  # fmt: skip
    return web.answer(body, policy(more_script), status, cookie, MAY_ASK if more_script else None)


def go(base: str, token: str, language: str, done: str = "", cookie: str = "") -> Response:
    """After a post, to the same address, so that the browser's list of pages has one line and reloading posts nothing."""
    query = f"?lang={language}" + (f"&done={done}" if done else "")
    return web.answer("", policy(), 303, cookie, {"Location": f"{base}/p/{token}{query}"})


def away(cookie: str, behind: bool = False) -> Response:
    """To a place that anybody may have open; what this one kept is dropped on the way. `behind`: the page goes there by itself,
    and what it told us as it went must not go there too."""
    where = {} if behind else {"Location": pages.leave_for()}
    return web.answer("", policy(), 204 if behind else 303, cookie, {**where, "Clear-Site-Data": '"cache"'})
