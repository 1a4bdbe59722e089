"""A clinic of fakes behind the real console, and a browser's half of the talk: cookies, forms, redirects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode

from chalice.test import Client, HTTPResponse
from ulid import ULID

from app import app
from chalicelib.console import furnish
from chalicelib.core.passes import Pass
from chalicelib.core.staff import Staff
from chalicelib.flows.passkeys import Passkey, Proof
from chalicelib.flows.practice import put_off
from chalicelib.flows.sign_in import Challenge, Entered, NoPasskey, SignInUnavailable, WrongCredentials
from chalicelib.ports import World

from ..fakes.directory import FakeDirectory
from ..fakes.keys import FakeKeys, token_of
from ..fakes.world import a_world
from .traced import watched

SIGNED = '{"id": "signed"}'
ADDRESS = "http://127.0.0.1:8000/console"


@dataclass
class FakeSignIn:
    """People by user name; the password is "right". A name in `asks` gets that challenge first."""

    people: dict[str, Staff]
    asks: dict[str, str] = field(default_factory=dict)
    renewed: list[str] = field(default_factory=list)  # who was asked about anew

    def begin(self, username: str, password: str) -> Entered | Challenge:
        if self.asks.get(username) == "down":  # the provider does not answer
            raise SignInUnavailable()
        if password != "right" or username not in self.people:
            raise WrongCredentials()
        if username in self.asks:
            return Challenge(self.asks[username], username, "state")
        return self._entered(username)

    def begin_with_passkey(self, username: str) -> Challenge:
        if self.asks.get(username) != "passkey":
            raise NoPasskey()
        return Challenge("passkey", username, "state", '{"challenge": "AAAA"}')

    def answer(self, challenge: Challenge, answer: str) -> Entered | Challenge:
        if challenge.state != "state" or answer not in ("123456", "4 long New words-", SIGNED):
            raise WrongCredentials()
        return self._entered(challenge.username)

    def renew(self, renews: str) -> str:
        if renews not in self.people:
            raise WrongCredentials()
        self.renewed.append(renews)
        return token_of(self.people[renews])

    def _entered(self, username: str) -> Entered:
        who = self.people[username]
        return Entered(who, Pass(token_of(who), username))


@dataclass
class FakePasskeys:
    """One's keys at a pool whose word is "right", then, for a name in `asks`, 123456. `away`: it does not answer."""

    people: dict[str, Staff]
    asks: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    away: bool = False

    def prove(self, username: str, password: str) -> Proof | Challenge:
        if password != "right":
            raise WrongCredentials()
        return Challenge("code", username, "state") if username in self.asks else Proof(self.people[username], username)

    def prove_more(self, challenge: Challenge, answer: str) -> Proof | Challenge:
        if answer != "123456":
            raise WrongCredentials()
        return Proof(self.people[challenge.username], challenge.username)

    def listed(self, token: str) -> list[Passkey]:
        self._open(token)
        return [Passkey(each, "Phone", datetime(2026, 3, 2, tzinfo=UTC)) for each in self.keys]

    def options(self, token: str) -> str:
        self._open(token)
        return '{"challenge": "AAAA"}'

    def add(self, token: str, credential: str) -> None:
        self._open(token)
        if credential != SIGNED:
            raise WrongCredentials()
        self.keys.append("key-1")

    def remove(self, token: str, key_id: str) -> None:
        self._open(token)
        self.keys.remove(key_id)

    def _open(self, token: str) -> None:
        if self.away:
            raise SignInUnavailable()
        if token not in self.people:
            raise WrongCredentials()


def nowhere() -> Any:
    raise AssertionError("nothing is tried here")


def an_office(
    *people: Staff, world: World | None = None, address: str = ADDRESS, practised: bool = False,
    rehearsal: Callable[[], Any] = nowhere, passkeys: Callable[[], Any] = nowhere, **asks: str,
) -> World:
    """Puts a world of fakes (with real ULIDs) and these people behind the console. `practised`: they have seen the first tasks."""
    world = world or a_world(ids=lambda at: str(ULID.from_datetime(at)))
    for person in people if practised else ():
        put_off(world, person)
    sign_in = FakeSignIn({person.staff_id: person for person in people}, asks)
    directory = FakeDirectory.of(*people)
    keys = FakeKeys(lambda: world)
    furnish(lambda: world, lambda: sign_in, lambda: address, lambda: directory, rehearsal=rehearsal, passkeys=passkeys, keys=lambda: keys)
    return world


class Desk:
    """One person's browser without a screen."""

    def __init__(self) -> None:
        self.http = Client(app).http
        self.cookies: dict[str, str] = {}
        self.page: HTTPResponse | None = None

    def sign_in(self, username: str, password: str = "right") -> HTTPResponse:
        return self.post("/console/sign-in", {"username": username, "password": password})

    def get(self, path: str) -> HTTPResponse:
        return self._keep(self.http.get(path, headers=self._headers()))

    def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> HTTPResponse:
        """Held to the law of the trail: what a post changed or opened has left its entry (`traced`)."""
        sent = {**self._headers(), "Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        answer: HTTPResponse = watched(path, lambda: self.http.post(path, headers=sent, body=urlencode(fields).encode()))
        return self._keep(answer)

    def upload(self, path: str, fields: Mapping[str, str]) -> HTTPResponse:
        """A form with a file in it, held to the same law."""
        bound = "----porchlight"
        parts = (f'--{bound}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
        body = f"{''.join(parts)}--{bound}--\r\n".encode()
        sent = {**self._headers(), "Content-Type": f"multipart/form-data; boundary={bound}"}
        return self._keep(watched(path, lambda: self.http.post(path, headers=sent, body=body)))

    def submit(self, page: HTTPResponse, action: str, **fields: str) -> HTTPResponse:
        """Fill the form whose address ends with `action` and send it, hidden fields included."""
        form = next(form for form in forms(page) if form["action"].partition("#")[0].endswith(action))
        return self.post(form["action"].partition("#")[0], {**form["hidden"], **fields})

    def follow(self, answer: HTTPResponse) -> HTTPResponse:
        assert answer.status_code == 303, (answer.status_code, text(answer)[:300])
        return self.get(str(answer.headers["Location"]).partition("#")[0])

    def _headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _keep(self, answer: HTTPResponse) -> HTTPResponse:
        for line in answer.headers.get("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.page = answer
        return answer


def at_desk(who: Staff, world: World | None = None, rehearsal: Callable[[], Any] = nowhere) -> tuple[Desk, World]:
    """Somebody signed in, and the world behind them."""
    office, desk = an_office(who, world=world, rehearsal=rehearsal), Desk()
    assert desk.sign_in(who.staff_id).status_code == 303
    return desk, office


def text(page: HTTPResponse) -> str:
    """What one reads: no tags, single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.body.decode())).split())


def forms(page: HTTPResponse) -> list[dict[str, Any]]:
    found = []
    for head, inside in re.findall(r"<form([^>]*)>(.*?)</form>", page.body.decode(), re.S):
        action = re.search(r'action="([^"]*)"', head)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)"(?: id="[^"]*")? value="([^"]*)"', inside))
        found.append({"action": unescape(action[1]) if action else "", "hidden": {k: unescape(v) for k, v in hidden.items()}})
    return found
