"""Every page × every role × own and other program: who is of another program sees no word, opens nothing and changes nothing, with
every id of Alice's in the address; and a page that is a role's alone does not exist for the others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from ulid import ULID

from chalicelib.console.table import TABLE
from chalicelib.core.records import Access, AuditEntry, Incident, Message, Session
from chalicelib.core.roles import MAY, ROLES, Action
from chalicelib.core.staff import Staff
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..appointments import booked
from ..cast import a_patient, an_sms
from ..flows.office import an_open_office, store, vault
from ..waitlist import opened, waiting
from .office import Desk, an_office

SECRET = "wordfeather"
# Pages that a role's own table gives (`core.roles`), by how their address begins.
OF_ROLES: dict[str, Action] = {
    "/crisis-board": Action.CRISIS_BOARD, "/screen": Action.SCREEN, "/drills": Action.DRILL, "/health": Action.QUEUE_HEALTH,
    "/settings/people": Action.STAFF, "/settings/texts": Action.TEXTS, "/settings/go-live": Action.GO_LIVE, "/trail": Action.TRAIL,
    "/campaigns": Action.CAMPAIGNS, "/words": Action.WORDS, "/sequences": Action.WORDS,
}  # fmt: skip
APART = {
    "/sign-in", "/signed-out", "/sign-out", "/sign-in/challenge", "/sign-in/passkey",  # open to all, or the end of it
    "/passkeys", "/passkeys/remove",  # one's own, at the pool: test_passkeys.py
}  # fmt: skip
# What a form may ask for, so that a post goes as far as it can.
FIELDS = {
    "text": "hello", "words": "hello", "note": "n", "reason": "other", "why": "x", "program": "adult", "to": "x", "owner": "x", "status": "hold",
    "disposition": "visit_arranged", "name": "Zed", "number": "+13035550166", "patient": "alice", "patient_id": "alice", "other": "alice",
    "date": "2026-03-09", "time": "10:00", "minutes": "50", "clinician": "carol", "kind": "individual", "mark": "true", "stage": "action",
    "agree": "yes", "confirm": "yes", "move": "take", "version": "1", "seen": "", "form_id": str(ULID()), "keep": "once", "find": "Alice",
    "what": "x", "task": "x", "answer": "yes", "said": "confirmed", "language": "en", "level": "0", "consent": "yes", "agreed_by": "Rosa",
}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """Alice of the adult program, with something of every kind, and somebody who sits down."""

    world: World
    who: Staff
    ids: dict[str, str]
    desk: Desk

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
            return self._upload(path, session.csrf)
        return self.desk.post(self.address(path), {**FIELDS, "csrf": session.csrf})

    def _session(self) -> Session | None:
        token = self.desk.cookies.get("porchlight", "")
        return self.world.store.get(Session, hashlib.sha256(token.encode()).hexdigest())

    def _signed_in(self) -> Session:
        self.desk.sign_in(self.who.staff_id)
        session = self._session()
        assert session is not None
        return session

    def _upload(self, path: str, csrf: str) -> Any:
        body = "".join(f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in {**FIELDS, "csrf": csrf}.items())
        headers = {**self.desk._headers(), "Content-Type": "multipart/form-data; boundary=b"}
        return self.desk._keep(self.desk.http.post(self.address(path), headers=headers, body=f"{body}--b--\r\n".encode()))


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
        "sequence_id": "standard", "setting_id": "s1",
    }  # fmt: skip
    return Scene(world, who, ids, Desk())


@cache
def stranger(role: str) -> Scene:
    """Somebody of Harbor. Nothing of Alice changes by anything they do, so that one scene serves every page."""
    return a_scene(role, "harbor")


def of_alice(world: World) -> dict[Any, Any]:
    """Everything that is hers or her program's, as it lies there; the trail is only added to."""
    mine = {place: dict(row) for place, row in store(world)._rows.items() if "'alice" in repr((place[1:], row))}
    return {place: row for place, row in mine.items() if place[0] not in (AuditEntry, Session, Access)}


def _paths(*kinds: str) -> list[tuple[str, str]]:
    return [(path, how) for path, how, _, _ in TABLE if how in kinds and path not in APART and not path.startswith("/static")]


@pytest.mark.slow
@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize(("path", "how"), _paths("GET", "POST", "UPLOAD"), ids=str)
def test_n5_nobody_of_another_program_sees_opens_or_changes_anything_of_alice(path: str, how: str, role: str) -> None:
    scene = stranger(role)
    before, opened_before = of_alice(scene.world), len(vault(scene.world).opened)
    answer = scene.ask(path, how)
    assert answer.status_code < 500, answer.body[:500]
    body = answer.body.decode(errors="replace")
    assert SECRET not in body and "Alice" not in body.replace(FIELDS["find"], "") and "555-0101" not in body
    seen = [(who, context) for who, context, _ in vault(scene.world).opened[opened_before:]]
    assert not [each for each in seen if "alice" in each[1].patient or each[1].program == "adult"]
    assert of_alice(scene.world) == before


@pytest.mark.parametrize(("path", "how"), _paths("GET"), ids=str)
def test_a_compliance_officer_who_was_given_a_program_opens_nothing_all_the_same(path: str, how: str) -> None:
    scene = officer()
    before = len(vault(scene.world).opened)
    answer = scene.ask(path, how)
    assert answer.status_code < 500 and SECRET not in answer.body.decode(errors="replace")
    assert [context.kind for _, context, _ in vault(scene.world).opened[before:]] == []


@cache
def officer() -> Scene:
    return a_scene("compliance", "adult", "unmatched")


@pytest.mark.parametrize("start", sorted(OF_ROLES))
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_page_of_some_roles_does_not_exist_for_the_others(role: str, start: str) -> None:
    scene = mate(role)
    assert (scene.ask(start, "GET").status_code != 404) == (OF_ROLES[start] in MAY[role])


@cache
def mate(role: str) -> Scene:
    return a_scene(role, "adult", "unmatched")


@pytest.mark.parametrize("role", ["front_desk", "supervisor"])
@pytest.mark.parametrize(("path", "how"), _paths("GET"), ids=str)
def test_who_treats_in_her_program_meets_no_broken_page(path: str, how: str, role: str) -> None:
    scene = mate(role)
    assert scene.ask(path, how).status_code < 500
