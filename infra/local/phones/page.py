"""The page of phones: type on any, see what arrives, make the carrier misbehave, move the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from .carrier import Carrier
from .exchange import Exchange
from .network import E164, Phone

if TYPE_CHECKING:
    from .server import Controls

OPEN_AT_MOST = 4
LISTENS = 20.0  # seconds that a browser's question stays open


def routes(carrier: Carrier, controls: Controls) -> Blueprint:
    """The page, its fragments, its forms, and each phone as JSON."""
    pages = Blueprint("page", __name__)
    network = carrier.network

    def view() -> dict[str, Any]:
        chosen = _chosen(request.args.getlist("open"), carrier)
        return {
            "patients": network.phones("patient"),
            "others": network.phones("other"),
            "clinicians": network.phones("clinician"),
            "open": [network.phone(number) for number in chosen],
            "query": urlencode([("open", number) for number in chosen]),
            "switches": asdict(network.switches),
            "store_down": controls.store_is_down,
            "now": network.now(),
            "ahead": controls.ahead,
            "moving": controls.moving,
            "said": request.args.get("said", ""),
            "version": network.version,
            "clinic": network.number,
            "console": current_app.config["CONSOLE"],
            "last": lambda phone: phone.log[-1] if phone.log else None,
            "link": _link(chosen),
            "call_on": carrier.exchange.on,
            "log": network.log_in_short(),
        }

    @pages.get("/")
    def table() -> str:
        return render_template("phones.html", **view())

    @pages.get("/changes")
    def changes() -> Response:
        """The page's living part, as soon as it is not `seen`: a long question instead of many short ones."""
        seen = request.args.get("seen", "")
        version = network.wait(int(seen) if seen.isdecimal() else -1, LISTENS)
        answer = make_response(render_template("table.html", **view()))
        answer.headers["X-Version"], answer.headers["Cache-Control"] = str(version), "no-store"
        return answer

    @pages.get("/<number>.json")
    def phone(number: str) -> Response:
        """What the phone received and sent, in order."""
        number = _number(number)
        if not network.knows(number):
            abort(404)
        return jsonify(network.snapshot(number))

    @pages.get("/favicon.ico")
    def icon() -> tuple[str, int]:
        return "", 204

    _forms(pages, carrier, controls)
    _call(pages, carrier)
    return pages


def _forms(pages: Blueprint, carrier: Carrier, controls: Controls) -> None:
    """What the page's buttons do. Every form carries the open phones back."""
    network = carrier.network

    @pages.before_request
    def from_this_page_only() -> None:
        """A page of another site must not type on our phones."""
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin and origin != request.host_url.rstrip("/"):
            abort(403)

    @pages.post("/<number>/type")
    def type_text(number: str) -> Redirect:
        number, body = _number(number), request.form.get("body", "")[:1600]
        carrier.type(number, body, media=1 if request.form.get("picture") else 0)
        return _back()

    @pages.post("/type")
    def type_elsewhere() -> Redirect:
        number = _number(request.form.get("number", ""))
        carrier.type(number, request.form.get("body", "")[:1600])
        return _back(number)

    @pages.post("/<number>/switch")
    def switch(number: str) -> Redirect:
        number = _number(number)
        named = {name: name in request.form for name in ("off", "carrier_stop")}
        network.switch(number, **named, **({} if named["carrier_stop"] else {"stopped": False}))
        return _back()

    @pages.post("/switches")
    def switches() -> Redirect:
        for name in asdict(network.switches):
            setattr(network.switches, name, name in request.form)
        controls.store_down("store_down" in request.form)
        network.touch()
        return _back()

    @pages.post("/clock")
    def clock() -> Redirect:
        said = controls.jump(request.form.get("to", ""))
        network.touch()
        return _back(said=said)


def _call(pages: Blueprint, carrier: Carrier) -> None:
    """The call that a phone is in: as JSON, and what whoever holds it does."""
    exchange = carrier.exchange
    acts: dict[str, Callable[[str], None]] = {
        "answer": exchange.pick_up,
        "voicemail": lambda number: exchange.pick_up(number, machine=True),
        "decline": exchange.decline,
        "hang_up": exchange.hang_up,
        **{key: partial(_press, exchange, key) for key in "123456789*0#"},
    }

    @pages.get("/<number>/call.json")
    def ringing(number: str) -> Response:
        """The call that the phone is in, or null."""
        found = exchange.on(_number(number))
        shown = ("status", "caller", "heard", "asks", "with_number")
        return jsonify({name: getattr(found, name) for name in shown} if found else None)

    @pages.post("/<number>/call")
    def call(number: str) -> Redirect:
        acts.get(request.form.get("do", ""), lambda _: None)(_number(number))
        return _back()


def _press(exchange: Exchange, key: str, number: str) -> None:
    exchange.press(number, key)


def _number(given: str) -> str:
    """E.164 from an address or a field; "+" may have become a space or be missing. 404 when it is no number."""
    number = "+" + "".join(char for char in unquote(given) if char.isdigit())
    if not E164.match(number):
        abort(404)
    return number


def _chosen(asked: list[str], carrier: Carrier) -> list[str]:
    """The phones on the table: those asked for, else the first patients'."""
    known = [number for number in dict.fromkeys(asked) if carrier.network.knows(number)]
    return known[-OPEN_AT_MOST:] or [phone.number for phone in carrier.network.phones("patient")[:2]]


def _link(chosen: list[str]) -> Callable[[Phone], str]:
    """The page with this phone put on the table, or taken off it."""

    def link(phone: Phone) -> str:
        rest = [number for number in chosen if number != phone.number]
        wanted = rest if phone.number in chosen else [*rest, phone.number]
        return "/?" + urlencode([("open", number) for number in wanted])

    return link


def _back(number: str = "", said: str = "") -> Redirect:
    numbers = [*request.args.getlist("open"), *([number] if number else [])]
    query = [("open", one) for one in numbers] + ([("said", said)] if said else [])
    return redirect("/?" + urlencode(query, quote_via=quote), 303)
