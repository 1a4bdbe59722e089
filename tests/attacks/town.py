"""The whole app with fakes behind it, as `app.py` serves it: doors that are signed for, a page that was sent, and people at the console."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import parse_qsl

from chalice.test import Client
from twilio.request_validator import RequestValidator

from app import app
from chalicelib import wiring
from chalicelib.ports import World
from tests.carriers.twilio_cast import TOKEN, Fields
from tests.console.office import FakePasskeys, an_office
from tests.console.scene import Scene, a_scene
from tests.pages import send_page, token_of
from tests.schedule import KEYS, signature_headers

PUBLIC = "https://clinic.example.org/prod"
ROLES = ("supervisor", "administrator", "compliance", "clinician", "front_desk")


class TheSecrets:
    """`storage.secrets.Secrets`, with the keys of the tests."""

    def twilio_tokens(self) -> tuple[str, ...]:
        return (TOKEN,)

    def schedule_keys(self) -> Any:
        return KEYS


@dataclass(repr=False)
class Town:
    """One scene and its addresses. `token`: of a page that Alice was sent."""

    scene: Scene
    token: str

    @property
    def world(self) -> World:
        return self.scene.world

    def ids(self) -> dict[str, str]:
        return {**self.scene.ids, "token": self.token, "carrier": "twilio", "visit_id": "v1"}

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes, signed: bool = True) -> Any:
        """`path`: with its query, percent-encoded. `signed`: with what the door asks for, a signature or a session."""
        self.put_behind()
        more = self._signature(method, path, headers, body) if signed else {}
        return Client(app).http.request(method, path, headers={**headers, **more}, body=body)

    def put_behind(self) -> None:
        wiring.reset()
        wiring.use(**{field.name: getattr(self.world, field.name) for field in fields(self.world)})
        wiring.use(settings=types.SimpleNamespace(public_url=PUBLIC, pages_url="https://p.example.org", region="us-east-1"), secrets=TheSecrets())
        who = self.scene.who
        an_office(who, world=self.world, rehearsal=lambda: None, passkeys=lambda: FakePasskeys({who.staff_id: who}))

    def _signature(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        if path.startswith(("/sms/", "/voice/")):
            pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
            return {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(PUBLIC + path, Fields(pairs))}
        if path.startswith("/schedule/"):
            return signature_headers(method, PUBLIC + path, body, int(self.world.clock().timestamp()))
        return self.scene.desk._headers() if path.startswith("/console") else {}

    def csrf(self) -> str:
        self.put_behind()
        session = self.scene._session() or self.scene._signed_in()
        return session.csrf


def a_town(role: str) -> Town:
    scene = a_scene(role, "adult", "unmatched")
    send_page(scene.world)
    town = Town(scene, token_of(scene.world))
    town.put_behind()
    town.csrf()
    return town
