"""How one is told: the page, its choice and its test, as one clicks through it without a script."""

from __future__ import annotations

from chalicelib.core.records import Due
from chalicelib.core.telling import Way
from chalicelib.flows.hand_over import leave
from chalicelib.flows.own_thread import give_to
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tell import ways_of

from ..cast import CAROL, a_patient, an_sms
from ..flows.office import store
from .office import at_desk, text


def test_one_chooses_how_one_is_told() -> None:
    desk, world = at_desk(CAROL)
    page = desk.get("/console/told")
    assert 'name="sms" checked' in page.body.decode() and 'name="email" checked' not in page.body.decode()
    again = desk.follow(desk.submit(page, "/told", email="on"))
    assert "Kept." in text(again) and 'name="email" checked' in again.body.decode()
    assert ways_of(world, "carol") == (Way.EMAIL,)


def test_a_test_is_sent_after_the_choice_is_kept() -> None:
    desk, world = at_desk(CAROL)
    again = desk.follow(desk.submit(desk.get("/console/told"), "/told", do="test", sms="on", email="on"))
    assert "comes within a minute" in text(again) and ways_of(world, "carol") == (Way.SMS, Way.EMAIL)
    assert [due.target for due in store(world).rows(Due) if due.kind == "tell_try"] == ["carol"]


def test_every_page_leads_there() -> None:
    desk, _world = at_desk(CAROL)
    assert "/console/told" in desk.get("/console/inbox").body.decode()


def test_a_leave_is_said_between_the_texts() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    receive(world, an_sms("Hello"), inline=False)
    give_to(world, CAROL, "alice", "carol", "")
    leave(world, CAROL, "carol", "erin")
    assert "Erin covers and has it" in text(desk.get("/console/threads/alice"))
