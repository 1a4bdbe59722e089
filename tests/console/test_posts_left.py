"""Posts that no other test of the console makes: each changes something, and leaves its entry (`office.Desk.post` holds it to that)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from chalicelib.core.page_links import Link
from chalicelib.core.records import AuditEntry, Contact, Incident, Patient, Session, Update
from chalicelib.core.staff import Staff
from chalicelib.flows import handle_incident
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, ERIN, FRANK, RITA, a_patient, an_sms
from ..flows.office import an_open_office, clock, store
from ..pages import link_of, send_page
from .office import at_desk
from .scene import Scene, a_scene

SUE, LEE = Staff("sue", "supervisor", ("adult",)), Staff("lee", "clinical_lead", ("adult",))


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


def test_another_signs_what_was_closed_and_a_colleague_takes_over() -> None:
    scene: Scene = a_scene("supervisor", "adult")
    world, incident_id = scene.world, scene.ids["incident_id"]
    handle_incident.acknowledge(world, ERIN, incident_id)
    assert post(world, SUE, f"/incidents/{incident_id}/transfer", to="sue").status_code == 303
    taken = world.store.get(Incident, incident_id)
    assert taken is not None and taken.holder == "sue" and "incident_transferred" in actions(world, SUE)
    handle_incident.acknowledge(world, SUE, incident_id)
    handle_incident.contacted(world, SUE, incident_id)
    handle_incident.resolve(world, SUE, incident_id, "emergency_services")
    assert post(world, LEE, f"/incidents/{incident_id}/sign").status_code == 303
    signed = world.store.get(Incident, incident_id)
    assert signed is not None and signed.signed_by == "lee" and "incident_signed" in actions(world, LEE)


@pytest.mark.parametrize(("what", "field"), [("held", "held_at"), ("quiet", "quiet_until")])
def test_a_phone_is_found_safe_and_a_quiet_time_ends(what: str, field: str) -> None:
    world = an_open_office()
    a_patient(world)
    world.store.commit(Update(Patient, ("alice",), set={field: world.clock()}, add={"version": 1}))
    assert post(world, CAROL, "/patients/alice/safe-phone/end", what=what, how="in_person").status_code == 303
    patient = world.store.get(Patient, "alice")
    assert patient is not None and getattr(patient, field) is None and f"end_{what}" in actions(world, CAROL)


def test_a_number_in_doubt_is_somebody_elses() -> None:
    world = an_open_office()
    a_patient(world)
    receive(world, an_sms("Sorry, wrong number", at=world.clock()), inline=False)
    assert post(world, CAROL, "/patients/alice/safe-phone/number", found="anothers").status_code == 303
    [contact] = store(world).rows(Contact)
    assert contact.patients == () and "number_anothers" in actions(world, CAROL)


def test_the_link_of_one_text_is_closed() -> None:
    world = an_open_office()
    a_patient(world)
    receive(world, an_sms("hello", at=world.clock()), inline=False)
    row = send_page(world)
    clock(world).advance(minutes=1)
    assert post(world, CAROL, f"/threads/alice/close-page/{row.message_id}").status_code == 303
    link: Link = link_of(world, row)
    assert link.closed_at is not None and "close_page" in actions(world, CAROL)


def test_a_draft_is_kept_without_a_script() -> None:
    world = an_open_office()
    a_patient(world)
    receive(world, an_sms("hello", at=world.clock()), inline=False)
    assert post(world, CAROL, "/threads/alice/draft/keep", text="Good morning", form_id=world.ids(world.clock())).status_code == 303
    assert "draft" in actions(world, CAROL)
