"""The note for the chart: seen before it is kept, for staff alone, and what 42 CFR 2.51 asks for where it applies."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.messages import Direction
from chalicelib.core.records import Incident, Message
from chalicelib.core.staff import Staff
from chalicelib.flows import handle_incident
from chalicelib.flows.receive_sms import receive

from ..cast import CAROL, DAN, a_patient, an_sms
from .office import Desk, an_office, at_desk, text

CRISIS = "I took all my pills"
TOLD = {"recipient": "Dr. Yu, Mercy ED", "discloser": "Dan", "told_at": "Mar 3, 12:20 PM", "nature": "Overdose"}


def _ended(who: Staff, ending: str, program: str = "adult") -> tuple[Desk, Any, str]:
    desk, world = at_desk(who)
    a_patient(world, program=program)
    receive(world, an_sms(CRISIS, at=world.clock()), inline=True)
    [incident] = world.store.rows(Incident)  # type: ignore[attr-defined]
    handle_incident.acknowledge(world, who, incident.incident_id)
    handle_incident.contacted(world, who, incident.incident_id)
    handle_incident.resolve(world, who, incident.incident_id, ending)
    return desk, world, f"/console/incidents/{incident.incident_id}"


def _notes(world: Any) -> list[Message]:
    return [row for row in world.store.rows(Message) if row.direction == Direction.NOTE]


def test_a_note_is_seen_before_it_is_kept_and_stands_in_the_thread() -> None:
    desk, world, path = _ended(CAROL, "visit_arranged")
    page = desk.get(f"{path}/note")
    preview = desk.submit(page, "/note", done="Safe with her sister.", offered_988="both", do="preview")
    says = text(preview)
    assert "Reached the patient, Carol" in says and "urgent visit arranged" in says and "no screening instrument" in says
    assert CRISIS not in says and not _notes(world)
    kept = desk.follow(desk.submit(preview, "/note", do="keep"))
    [note] = _notes(world)
    assert "for staff only" in text(kept) and note.author == "carol"
    [incident] = world.store.rows(Incident)
    assert incident.note_id == note.message_id == incident.steps[-1].detail
    assert "988 offered: Yes: in the automatic answer and on the call" in text(desk.get("/console/threads/alice"))
    desk.submit(preview, "/note", do="keep")
    assert len(_notes(world)) == 1


def test_a_note_that_says_nothing_is_not_kept() -> None:
    desk, world, path = _ended(CAROL, "visit_arranged")
    refused = desk.submit(desk.get(f"{path}/note"), "/note", done=" ", offered_988="", do="keep")
    assert refused.status_code == 400 and "Say whether 988 was offered" in text(refused) and not _notes(world)


@pytest.mark.parametrize("without", sorted(TOLD))
def test_p2_6_a_substance_use_program_writes_down_all_four(without: str) -> None:
    desk, world, path = _ended(DAN, "emergency_services", "harbor")
    page = desk.get(f"{path}/note")
    fields = {"done": "Ambulance called.", "offered_988": "call", **TOLD}
    assert desk.submit(page, "/note", **{**fields, without: ""}, do="keep").status_code == 400
    preview = desk.submit(page, "/note", **fields, do="preview")
    assert "to Dr. Yu, Mercy ED, by Dan, Mar 3, 12:20 PM" in text(preview) and not _notes(world)


def test_p2_6_is_not_asked_where_nobody_outside_was_told() -> None:
    desk, _, path = _ended(DAN, "visit_arranged", "harbor")
    preview = desk.submit(desk.get(f"{path}/note"), "/note", done="Safe.", offered_988="call", discloser="Dan", do="preview")
    assert preview.status_code == 200 and "2.51" not in text(preview)


def test_nobody_of_another_program_reads_or_writes_it() -> None:
    _, world, path = _ended(CAROL, "visit_arranged")
    an_office(Staff("lee", "clinical_lead", ("harbor",)), world=world)
    lee = Desk()
    lee.sign_in("lee")
    assert lee.get(f"{path}/note").status_code == 404 and not _notes(world)
