"""The clinic's own schedule, for tests: a system that signs as RFC 9421 says, and the door it speaks to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.charts.signed_request import SignedRequests
from chalicelib.core.records import Imported, Put
from chalicelib.doors import schedule_door
from chalicelib.ports import WebhookRequest, World

PUBLIC = "https://clinic.example.org/prod"
SECRET = bytes(range(32))
KEYS = {
    "ehr-1": {"key": base64.b64encode(SECRET).decode(), "programs": ["adult"]},
    "ehr-2": {"key": base64.b64encode(SECRET[::-1]).decode(), "programs": ["adult", "harbor"]},
}
WHOLE: dict[str, Any] = {"version": 1, "record_id": "A-1", "start": "2026-03-06T15:00:00-07:00", "clinician": "carol"}


def signature_headers(
    method: str, url: str, body: bytes, created: int, key_id: str = "ehr-1", secret: bytes = SECRET, more: str = ""
) -> dict[str, str]:
    """Written out by hand from RFC 9421 §2.5 and RFC 9530 §2, so that it is no echo of the library that verifies."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    lines = [f'"@method": {method}', f'"@target-uri": {url}']
    covered = '"@method" "@target-uri"'
    if body:
        lines.append(f'"content-digest": sha-256=:{digest}:')
        covered += ' "content-digest"'
    parameters = f'({covered});created={created};keyid="{key_id}";alg="hmac-sha256"{more}'
    lines.append(f'"@signature-params": {parameters}')
    mac = base64.b64encode(hmac.new(secret, "\n".join(lines).encode(), hashlib.sha256).digest()).decode()
    headers = {"signature-input": f"sig={parameters}", "signature": f"sig=:{mac}:"}
    return headers | ({"content-digest": f"sha-256=:{digest}:"} if body else {})


@dataclass
class Answered:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Schedule:
    """One that speaks to the door. `signing`: what its signatures say otherwise."""

    world: World
    program: str = "adult"
    signing: dict[str, Any] = field(default_factory=dict)

    def put(self, visit_id: str = "v1", **said: Any) -> Answered:
        return self.send("PUT", visit_id, {**WHOLE, **said})

    def patch(self, visit_id: str = "v1", **said: Any) -> Answered:
        return self.send("PATCH", visit_id, said)

    def cancel(self, visit_id: str = "v1", **said: Any) -> Answered:
        return self.send("CANCEL", visit_id, said)

    def read(self, visit_id: str = "v1") -> Answered:
        return self.send("GET", visit_id, None)

    def changes(self, after: str = "", limit: str = "") -> Answered:
        query = "&".join(f"{name}={value}" for name, value in (("after", after), ("limit", limit)) if value)
        asked = self.signed("GET", f"/schedule/{self.program}/changes", b"", query)
        return _read(schedule_door.tell(self.world, self.door(), self.program, {"after": after, "limit": limit}, asked))

    def send(self, method: str, visit_id: str, said: Any, raw: bytes | None = None) -> Answered:
        body = raw if raw is not None else b"" if said is None else json.dumps(said).encode()
        path = f"/schedule/{self.program}/visits/{visit_id}" + ("/cancel" if method == "CANCEL" else "")
        asked = self.signed("POST" if method == "CANCEL" else method, path, body)
        return _read(schedule_door.take(self.world, self.door(), self.program, visit_id, method, asked))

    def signed(self, method: str, path: str, body: bytes, query: str = "") -> WebhookRequest:
        url = f"{PUBLIC}{path}" + (f"?{query}" if query else "")
        created = int(self.world.clock().timestamp())
        headers = signature_headers(method, url, body, **{"created": created, **self.signing})
        return WebhookRequest(path, query, headers, body)

    def door(self) -> SignedRequests:
        return SignedRequests(PUBLIC, lambda: KEYS)


def _read(response: Any) -> Answered:
    return Answered(response.status_code, dict(response.headers), json.loads(response.body))


def on_the_list(world: World, record_id: str = "A-1", patient_id: str = "alice", program: str = "adult") -> None:
    """The clinic's own id of a patient, as its list of patients brought it."""
    world.store.commit(Put(Imported(world.hasher.text_hash(f"record\0{program}\0{record_id}"), patient_id, "row")))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
