"""The stylesheet, the script and the icon, under addresses that change with their content."""

from __future__ import annotations

from chalice.app import Response

from . import web
from .desk import Visit, route
from .render import ASSETS, asset_name, read_asset


@route("/static/{name}", open_door=True)
def static_file(visit: Visit, name: str) -> Response:
    for known, content_type in ASSETS.items():
        if name == asset_name(known):
            return web.asset(read_asset(known), content_type)
    return web.page("", 404)
