"""A misdirected text opens a case with its four factors and clocks; the officer weighs it and sees no word of it (TXT-6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.breaches import FACTORS, BreachCase
from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import AuditEntry, Message, Put
from chalicelib.core.staff import Staff
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.whose_number import settle
from chalicelib.ports import SealContext, World

from ..cast import CAROL, FRANK, RITA, a_patient, an_sms
from ..flows.office import store
from .office import Desk, an_office, at_desk, text

WORD = "wordfeather"


def a_text(world: World, at: str = "m9", **fields: Any) -> None:
    """One of ours that a phone has."""
    known: dict[str, Any] = {"content_level": 1, "status": Status.DELIVERED}
    sealed = world.vault.seal(SealContext("alice", "adult", "outgoing_text"), f"alice.{at}", WORD)
    world.store.commit(Put(Message(
        "alice", at, "out", Kind.REPLY, known["status"], world.clock(), "adult", a_contact(world), sealed, patient_id="alice",
        carrier="twilio", carrier_id=f"SM{at}", author="carol", **{"content_level": known["content_level"], **fields},
    )))  # fmt: skip


def a_contact(world: World) -> str:
    return world.hasher.contact_id("+13035550101")


def a_case() -> tuple[Desk, World]:
    """Carol says of one text that it reached somebody else; then Frank sits down."""
    desk, world = at_desk(CAROL)
    a_patient(world)
    a_text(world)
    page = desk.get("/console/threads/alice")
    assert desk.submit(page, "/misdirected/m9").status_code == 303
    assert desk.submit(page, "/misdirected/m9").status_code == 303  # pressed twice
    return sit(FRANK, world), world


def sit(who: Staff, world: World) -> Desk:
    an_office(who, world=world)
    desk = Desk()
    desk.sign_in(who.staff_id)
    return desk


def test_a_text_that_reached_somebody_else_is_a_case_with_factors_and_clocks() -> None:
    desk, world = a_case()
    [case] = store(world).rows(BreachCase)
    assert (case.found_by, case.source, case.texts, case.part2) == ("carol", "message", 1, False) and set(case.facts) == set(FACTORS)
    assert case.tell_by - case.found_at == timedelta(days=60) and (case.hhs_by.year, case.hhs_by.month) == (2027, 3)
    assert "To weigh" in text(desk.get("/console/breaches"))
    page = desk.get("/console/breaches/m9")
    for said in ("1 text; the most that any was meant to say: the clinic's name", "1 of 1 delivered", "Tell the person by", "Tell HHS by"):
        assert said in text(page), said
    assert WORD not in page.body.decode() and "Alice" not in page.body.decode()


def test_the_officer_weighs_each_factor_and_the_notices_are_noted() -> None:
    desk, world = a_case()
    page = desk.get("/console/breaches/m9")
    low = {f"risk_{each}": "low" for each in FACTORS}
    for fields, said in (({}, "Choose how"), ({"decision": "low"}, "of each factor"), ({**low, "risk_seen": "high", "decision": "low"}, "not a low")):
        assert said in text(desk.follow(desk.submit(page, "/m9", **fields)))
    desk.submit(page, "/m9", **low, decision="breach")
    page = desk.get("/console/breaches/m9")
    assert "A breach: Frank" in text(page)
    for whom in ("person", "hhs"):
        desk.submit(page, "/m9", told=whom)
    assert "Breach, told" in text(desk.get("/console/breaches"))
    mine = [(row.action, row.result) for row in store(world).rows(AuditEntry) if row.who == "frank" and row.subject_id == "alice" and row.action != "read_breach"]
    assert mine == [("breach_decided", "breach"), ("breach_told", "person"), ("breach_told", "hhs")]


def test_after_sixty_days_it_is_late() -> None:
    desk, world = a_case()
    world.clock.advance(days=61)  # type: ignore[attr-defined]
    desk.sign_in("frank")
    assert "Late" in text(desk.get("/console/breaches"))


def test_a_number_that_is_somebody_elses_opens_one_by_itself() -> None:
    _, world = at_desk(CAROL)
    a_patient(world)
    a_text(world, "m1", above_level="asked")
    world.clock.advance(minutes=5)  # type: ignore[attr-defined]
    receive(world, an_sms("who is this, wrong number", at=world.clock()), inline=False)
    assert settle(world, CAROL, "alice", "anothers", "") == "done"
    [case] = store(world).rows(BreachCase)
    assert case.source == "number" and "somebody on it wrote back" in case.facts["seen"] and "more than the patient's level" in case.facts["nature"]
    assert case.facts["mitigated"] == "the number gets nothing of this patient any more"


@pytest.mark.parametrize("who", [CAROL, RITA, Staff("a", "administrator", ("adult",)), Staff("s", "supervisor", ("adult",))])
def test_the_cases_are_the_officers_alone(who: Staff) -> None:
    _, world = a_case()
    desk = sit(who, world)
    assert desk.get("/console/breaches").status_code == 404 == desk.get("/console/breaches/m9").status_code


def test_a_text_of_theirs_is_none_of_ours_to_misdirect() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    receive(world, an_sms("hello", at=world.clock()), inline=False)
    row = store(world).rows(Message)[0]
    assert "Reached somebody else?" not in text(desk.get("/console/threads/alice"))
    session = desk.get("/console/threads/alice").body.decode().partition('name="csrf" value="')[2].partition('"')[0]
    assert desk.post(f"/console/threads/alice/misdirected/{row.message_id}", {"csrf": session}).status_code == 404
