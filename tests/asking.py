"""The web page on which anybody may ask for texts, for tests: the form as a browser fills it, and what becomes of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from chalice.test import Client

from app import app
from chalicelib.core.messages import Kind
from chalicelib.core.records import Message
from chalicelib.flows.ask_form import Wish, ask
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from chalicelib.ports import World

from .cast import ALICE_NUMBER, an_sms

HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
NAME = "Alicia Marked"
FILLED = {"number": "(303) 555-0101", "name": NAME, "born": "05/05/1990", "speaks": "en", "kind_appointments": "yes", "kind_groups": "yes", "risk": "yes"}


def looks(language: str = "en", query: str = "") -> Any:
    return Client(app).http.get(f"/p/texts?lang={language}{query}")


def form_of(page: Any) -> str:
    return re.findall(r'name="form" value="([^"]*)"', page.body.decode())[0]


def posts(form: str, language: str = "en", headers: dict[str, str] | None = None, **fields: str) -> Any:
    body = urlencode({"do": "ask", "form": form, **fields})
    return Client(app).http.post(f"/p/texts?lang={language}", headers=HEADERS | (headers or {}), body=body.encode())


def asks(world: World, number: str = ALICE_NUMBER, kinds: tuple[str, ...] = ("appointments", "groups"), **fields: Any) -> bool:
    """Somebody fills in the form, past its page."""
    return ask(world, Wish(number, NAME, "1990-05-05", "en", "web-en-1", kinds, fields.pop("risk", True), world.ids(world.clock()), **fields), "")


def asked_back(world: World) -> list[Message]:
    """The tick looks, and what it queued leaves if it may. Every question there is, oldest first."""
    tick(world)
    for row in questions(world):
        deliver(world, row.thread_id, row.message_id)
    return questions(world)


def questions(world: World) -> list[Message]:
    rows = [row for row in world.store.rows(Message) if row.kind == Kind.ASK_BACK]  # type: ignore[attr-defined]
    return sorted(rows, key=lambda row: row.at)


def says_yes(world: World, number: str = ALICE_NUMBER, body: str = "1") -> None:
    world.clock.now += timedelta(minutes=1)  # type: ignore[attr-defined]
    receive(world, an_sms(body, number, at=world.clock()), inline=False)


def asks_and_says_yes(world: World) -> None:
    """A form for Alice's phone, our question to it, and its yes."""
    asks(world)
    asked_back(world)
    says_yes(world)
