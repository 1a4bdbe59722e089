"""Posts that no other test of the console makes: each changes something, and leaves its entry (`office.Desk.post` holds it to that)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from chalicelib.core.records import AuditEntry, Patient, Session
from chalicelib.core.staff import Staff
from chalicelib.flows import handle_incident
from chalicelib.ports import World

from ..cast import CAROL, ERIN, FRANK, RITA, a_patient
from ..flows.office import an_open_office, store
from .office import at_desk
from .scene import Scene, a_scene


def post(world: World, who: Staff, path: str, **fields: str) -> Any:
    desk, _ = at_desk(who, world)
    session = world.store.get(Session, hashlib.sha256(desk.cookies["porchlight"].encode()).hexdigest())
    assert session is not None
    return desk.post(f"/console{path}", {**fields, "csrf": session.csrf})


def actions(world: World, who: Staff) -> set[str]:
    return {row.action for row in store(world).rows(AuditEntry) if row.who == who.staff_id}


def test_a_hold_a_deletion_and_both_decisions_on_it() -> None:
    world = an_open_office()
    a_patient(world, status="discharged")
    post(world, FRANK, "/keeping/hold", patient="alice", reason="litigation", do="place")
    post(world, FRANK, "/keeping/hold", patient="alice", do="lift")
    post(world, FRANK, "/keeping/erase", patient="alice", why="mistake", form_id="01HZZZZZZZZZZZZZZZZZZZZZZZ")
    post(world, RITA, "/keeping/erasures/01HZZZZZZZZZZZZZZZZZZZZZZZ/drop")
    assert {"hold_placed", "hold_lifted", "erase_asked"} <= actions(world, FRANK) and "erase_dropped" in actions(world, RITA)
    patient = world.store.get(Patient, "alice")
    assert patient is not None and not patient.erasing


@pytest.mark.parametrize(("move", "fields"), [("ask", {"kind": "urgent_visit"}), ("mark", {"mark": "true"})])
def test_what_is_asked_for_and_said_of_an_urgent_item(move: str, fields: dict[str, str]) -> None:
    scene: Scene = a_scene("clinician", "adult")
    incident_id = scene.ids["incident_id"]
    handle_incident.acknowledge(scene.world, ERIN, incident_id)
    before = len(store(scene.world).rows(AuditEntry))
    answer = post(scene.world, CAROL, f"/incidents/{incident_id}/{move}", **fields)
    assert answer.status_code == 303 and len(store(scene.world).rows(AuditEntry)) > before
