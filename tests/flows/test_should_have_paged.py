"""A text that paged nobody should have: it is marked once, and danger that is new is paged before anything is written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.records import AuditEntry, Contact, Due, Incident, Message, Missed, Thread, Update
from chalicelib.errors import NotFound, PageFailed
from chalicelib.flows import handle_incident
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.should_have_paged import should_have_paged
from chalicelib.flows.write_reply import no_answer_needed
from chalicelib.ports import World

from ..cast import CAROL, DAN, a_patient, an_sms
from ..fakes.world import FakeClock, FakePager, a_world

QUIET = "they would all be fine without me"


def a_text(world: World, body: str = QUIET) -> Message:
    receive(world, an_sms(body, at=world.clock()), inline=True)
    return world.store.newest("alice", 1)[0]


@pytest.fixture
def world() -> World:
    world = a_world()
    a_patient(world)
    return world


def answered(world: World, days: float) -> None:
    """Somebody saw to it, and time passed."""
    thread = world.store.get(Thread, "alice")
    assert thread is not None and isinstance(world.clock, FakeClock)
    no_answer_needed(world, CAROL, "alice", thread.last_at)
    world.clock.advance(days=days)


def test_a_new_text_pages_who_is_on_call_and_opens_an_item_that_escalates(world: World) -> None:
    text = a_text(world)
    incident_id = should_have_paged(world, CAROL, "alice", text.message_id)
    incident = world.store.get(Incident, incident_id)
    assert incident is not None and isinstance(world.pager, FakePager)
    assert [to for to, _ in world.pager.pages] == ["erin"] and incident.code in world.pager.pages[0][1]
    assert (incident.state, incident.holder, incident.tier, incident.rules) == ("paged", "erin", 1, ("by_hand",))
    assert [(step.who, step.what) for step in incident.steps] == [("carol", "raised"), ("pager", "paged")]
    assert {due.kind for due in world.store.rows(Due)} >= {"escalate"}  # type: ignore[attr-defined]
    contact, thread = world.store.get(Contact, text.contact_id), world.store.get(Thread, "alice")
    assert contact is not None and [ref.incident_id for ref in contact.incidents] == [incident_id]
    assert thread is not None and thread.incident_id == incident_id
    handle_incident.acknowledge(world, CAROL, incident_id)


def test_no_automatic_answer_goes_to_the_patient_whom_a_person_has_read(world: World) -> None:
    text = a_text(world)
    before = len(world.store.newest("alice"))
    should_have_paged(world, CAROL, "alice", text.message_id)
    assert len(world.store.newest("alice")) == before


def test_an_old_text_that_was_seen_to_is_marked_and_wakes_nobody(world: World) -> None:
    text = a_text(world)
    answered(world, days=3)
    assert should_have_paged(world, CAROL, "alice", text.message_id) == ""
    assert isinstance(world.pager, FakePager) and world.pager.pages == [] and world.store.rows(Incident) == []  # type: ignore[attr-defined]
    missed = world.store.get(Missed, "adult", "2026-03")
    assert missed is not None and [(each.message_id, each.by) for each in missed.items] == [(text.message_id, "carol")]
    assert [each.result for each in world.store.rows(AuditEntry) if each.action == "should_have_paged"] == ["marked"]  # type: ignore[attr-defined]


def test_a_text_of_friday_that_nobody_answered_is_new_on_monday(world: World) -> None:
    text = a_text(world)
    assert isinstance(world.clock, FakeClock)
    world.clock.advance(days=3)
    assert should_have_paged(world, CAROL, "alice", text.message_id)


def test_pressed_twice_it_is_marked_and_paged_once(world: World) -> None:
    text = a_text(world)
    first = should_have_paged(world, CAROL, "alice", text.message_id)
    assert should_have_paged(world, CAROL, "alice", text.message_id) == first
    missed = world.store.get(Missed, "adult", "2026-03")
    assert missed is not None and len(missed.items) == 1 and missed.items[0].incident_id == first
    assert isinstance(world.pager, FakePager) and len(world.pager.pages) == 1


def test_while_an_item_is_open_a_further_text_is_marked_and_named_with_it(world: World) -> None:
    earlier = a_text(world)
    assert isinstance(world.clock, FakeClock)
    world.clock.advance(minutes=1)
    receive(world, an_sms("I took all my pills", at=world.clock()), inline=True)
    [incident] = world.store.open_incidents("adult")
    pages = len(world.pager.pages)  # type: ignore[attr-defined]
    assert should_have_paged(world, CAROL, "alice", earlier.message_id) == incident.incident_id
    assert len(world.pager.pages) == pages and len(world.store.open_incidents("adult")) == 1  # type: ignore[attr-defined]


def test_a_pager_that_fails_leaves_the_item_to_the_tick_at_once(world: World) -> None:
    assert isinstance(world.pager, FakePager)
    text = a_text(world)
    world.pager.fails.append(PageFailed("down"))
    incident = world.store.get(Incident, should_have_paged(world, CAROL, "alice", text.message_id))
    assert incident is not None and incident.state == "detected" and incident.escalate_at == world.clock()


class SlowPager(FakePager):
    """While it pages, somebody else changes what is known of the number."""

    world: World

    def page(self, to: str, text: str) -> None:
        super().page(to, text)
        contact = self.world.store.rows(Contact)[0]  # type: ignore[attr-defined]
        self.world.store.commit(Update(Contact, (contact.contact_id,), set={"version": contact.version + 1}))


def test_a_race_is_read_again_and_pages_once() -> None:
    pager = SlowPager()
    world = pager.world = a_world(pager=pager)
    a_patient(world)
    text = a_text(world)
    incident_id = should_have_paged(world, CAROL, "alice", text.message_id)
    assert len(pager.pages) == 1 and world.store.get(Contact, text.contact_id).incidents[0].incident_id == incident_id  # type: ignore[union-attr]


def test_what_paged_already_or_was_not_a_patients_cannot_be_missed(world: World) -> None:
    receive(world, an_sms("I took all my pills", at=world.clock()), inline=True)
    for row in world.store.newest("alice"):
        with pytest.raises(NotFound):
            should_have_paged(world, CAROL, "alice", row.message_id)


def test_a_colleague_of_another_program_finds_nothing(world: World) -> None:
    text = a_text(world)
    with pytest.raises(NotFound):
        should_have_paged(world, DAN, "alice", text.message_id)
    assert isinstance(world.pager, FakePager) and world.pager.pages == []


def test_the_month_is_the_texts_own(world: World) -> None:
    text = a_text(world)
    answered(world, days=40)
    should_have_paged(world, CAROL, "alice", text.message_id)
    assert world.store.get(Missed, "adult", "2026-03") is not None
    assert world.clock() - text.at > timedelta(days=39)
