"""A clinic where Alice of the adult program has something of every kind, and somebody sits down at the console: every page has an address there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ulid import ULID

from chalicelib.core.records import Incident, Message, Session
from chalicelib.core.staff import Staff
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..appointments import booked
from ..cast import a_patient, an_sms
from ..flows.office import an_open_office, store
from ..waitlist import opened, waiting
from .office import Desk, an_office

SECRET = "wordfeather"
# What a form may ask for, so that a post goes as far as it can.
FIELDS = {
    "text": "hello", "words": "hello", "note": "n", "reason": "other", "why": "x", "program": "adult", "to": "x", "owner": "x", "status": "hold",
    "disposition": "visit_arranged", "name": "Zed", "number": "+13035550166", "patient": "alice", "patient_id": "alice", "other": "alice",
    "date": "2026-03-09", "time": "10:00", "minutes": "50", "clinician": "carol", "kind": "individual", "mark": "true", "stage": "action",
    "agree": "yes", "confirm": "yes", "move": "take", "version": "1", "seen": "", "keep": "once", "find": "Alice",
    "what": "held", "task": "x", "answer": "yes", "said": "confirmed", "language": "en", "level": "0", "consent": "yes", "agreed_by": "Rosa",
    "medium": "verbal", "wants": "no", "found": "anothers", "how": "in_person", "meant": "stop", "press": str(ULID()),
}  # fmt: skip
# Where one form means another thing by the same name.
FIELDS_OF = {
    "/threads/{thread_id}/owner": {"do": "me"}, "/threads/{thread_id}/close": {"why": "answered_by_phone"}, "/incidents/{incident_id}/ask": {"kind": "urgent_visit"},
    "/incidents/{incident_id}/transfer": {"to": "zed"}, "/patients/{patient_id}/permission": {"said": "no"},
    "/visits/{patient_id}/{appointment_id}/status": {"status": "cancelled"}, "/incidents/{incident_id}/call": {"reason": ""},
}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """Alice of the adult program, with something of every kind, and somebody who sits down."""

    world: World
    who: Staff
    ids: dict[str, str]
    desk: Desk
    fields: Mapping[str, str] = field(default_factory=lambda: FIELDS)

    def address(self, path: str) -> str:
        for name, value in self.ids.items():
            path = path.replace("{%s}" % name, value)  # noqa: UP031 (braces)
        return f"/console{path}"

    def ask(self, path: str, how: str) -> Any:
        """As this person, signed in now."""
        an_office(self.who, world=self.world, rehearsal=lambda: None)
        session = self._session() or self._signed_in()
        if how == "GET":
            return self.desk.get(self.address(path))
        if how == "UPLOAD":
            return self.desk.upload(self.address(path), {**self.fields, "csrf": session.csrf})
        return self.desk.post(self.address(path), {**self.fields, **FIELDS_OF.get(path, {}), "csrf": session.csrf})

    def _session(self) -> Session | None:
        token = self.desk.cookies.get("porchlight", "")
        return self.world.store.get(Session, hashlib.sha256(token.encode()).hexdigest())

    def _signed_in(self) -> Session:
        self.desk.sign_in(self.who.staff_id)
        session = self._session()
        assert session is not None
        return session


def a_scene(role: str, *programs: str) -> Scene:
    world = an_open_office()
    a_patient(world)
    receive(world, an_sms(f"I took my pills {SECRET}", at=world.clock()), inline=False)
    [incident], message = store(world).rows(Incident), store(world).rows(Message)[0]
    visit, slot = booked(world), opened(world)
    waiting(world)
    who = Staff("zed", role, programs)
    an_office(who, world=world, practised=True)
    ids = {
        "patient_id": "alice", "thread_id": "alice", "incident_id": incident.incident_id, "message_id": message.message_id, "program": "adult",
        "program_id": "adult", "appointment_id": visit.appointment_id, "slot_id": slot.slot_id, "move": "acknowledge", "staff_id": "carol",
        "campaign_id": "k1", "layer_id": "primary", "move_id": "m1", "name": "nothing.css", "proposal_id": "p1", "reengagement_id": "r1",
        "sequence_id": "standard", "setting_id": "s1", "release_id": "rel1", "part": "0", "form": "html", "erasure_id": "er1",
        "shelf": "open", "lending_id": "l1", "case_id": "b1", "amendment_id": "am1",
    }  # fmt: skip
    return Scene(world, who, ids, Desk(), {**FIELDS, "form_id": str(ULID.from_datetime(world.clock())), "seen": world.clock().isoformat()})
