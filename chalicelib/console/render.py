"""Templates to pages. Everything is escaped; a name that is missing is an error and not an empty place."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from . import times, web, words

if TYPE_CHECKING:
    from .desk import Visit

ASSETS = {
    "console.css": "text/css; charset=utf-8",
    "keys.js": "text/javascript; charset=utf-8",
    "passkeys.js": "text/javascript; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


@cache
def environment() -> Environment:
    """Compiled once; the templates are in the package."""
    env = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters |= words.FILTERS
    return env


@cache
def read_asset(name: str) -> str:
    """The text of a static file. Raises KeyError for a name that is not one."""
    if name not in ASSETS:
        raise KeyError(name)
    return resources.files(__package__).joinpath("static", name).read_text(encoding="utf-8")


@cache
def asset_name(name: str) -> str:
    """"console.css" as "console-1a2b3c4d.css": a new content has a new address."""
    stem, _, ending = name.partition(".")
    return f"{stem}-{hashlib.sha256(read_asset(name).encode()).hexdigest()[:10]}.{ending}"


def render(template: str, visit: Visit, **values: Any) -> str:
    """A page. Every template knows the visit, the clinic, the instant and what the clinic's clock says."""
    now = visit.world.clock()
    place = times.Place(visit.world.clinic.zone, now)
    return environment().get_template(template).render(
        visit=visit,
        who=visit.who if visit.session else None,
        csrf=visit.session.csrf if visit.session else "",
        url=visit.url,
        asset=lambda name: visit.url(f"/static/{asset_name(name)}"),
        compact=web.cookie_of(visit.request, "density") == "compact",
        clinic=visit.world.clinic,
        now=now,
        place=place,
        words=words,
        times=times,
        **values,
    )
