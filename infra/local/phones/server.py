"""The phones' HTTP server: the carrier's API, the pager's subscriptions and the page of phones, on loopback."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, tzinfo
from http.server import ThreadingHTTPServer
from typing import Protocol

from flask import Flask

from ..wsgi import open_server
from . import page, pages, rest, rest_numbers
from .carrier import Carrier


class Controls(Protocol):
    """What the page may do beside typing: move the clinic's clock, and switch its store off."""

    def jump(self, to: str) -> str:
        """`to`: now, hour, day, due. Returns what happened, in words."""

    @property
    def moving(self) -> bool:
        """Whether it is on its way just now."""

    def store_down(self, down: bool) -> None: ...

    @property
    def store_is_down(self) -> bool: ...

    @property
    def ahead(self) -> str:
        """How far the clock is ahead of real time, in words; "" when it is not."""


def application(carrier: Carrier, controls: Controls, console: str = "", zone: tzinfo = UTC) -> Flask:
    """All of it as one WSGI application. `console`: the staff console's address, for a link; `zone`: the clinic's."""
    app = Flask(__name__)
    app.config["CONSOLE"] = console
    app.add_template_filter(lambda at, form: at.astimezone(zone).strftime(form), "local")
    app.add_template_filter(lambda at, now: when(at.astimezone(zone), now.astimezone(zone)), "when")
    app.add_template_filter(spaced)
    app.register_blueprint(rest.routes(carrier))
    app.register_blueprint(rest_numbers.services(carrier))
    app.register_blueprint(pages.routes(carrier.network))
    app.register_blueprint(page.routes(carrier, controls))
    return app


def when(at: datetime, now: datetime) -> str:
    """The time alone for today, the weekday for this week, else the date; both in the clinic's zone."""
    days = (now.date() - at.date()).days
    return at.strftime("%H:%M" if days == 0 else "%a %H:%M" if 0 < days < 7 else "%d %b %H:%M")


def spaced(number: str) -> str:
    """+12025550101 as a person reads it."""
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}" if number.startswith("+1") and len(number) == 12 else number


def serve(app: Flask, port: int) -> ThreadingHTTPServer:
    """Start it on 127.0.0.1 (port 0: a free one, see `server.server_port`). Stop it with `shutdown`."""
    server = open_server(app, port)
    threading.Thread(target=server.serve_forever, args=(0.05,), name="phones", daemon=True).start()
    return server
