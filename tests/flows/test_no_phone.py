"""Somebody without any phone: what reaches them is their e-mail, their landline, a letter, a person; and a number, once they have one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chalicelib.core.consent import EVERYTHING
from chalicelib.core.consent_ledger import TEXT
from chalicelib.core.permission import Refuse
from chalicelib.core.reach import Reach
from chalicelib.core.records import Contact, Message, Patient
from chalicelib.flows import answer_page
from chalicelib.flows.around_text import around_text, leaves_now
from chalicelib.flows.consent_desk import Said
from chalicelib.flows.consent_desk import record as record_consent
from chalicelib.flows.edit_patient import Edit, Edited, edit
from chalicelib.flows.page_identity import Opened, verify
from chalicelib.flows.page_identity import find as door_of
from chalicelib.flows.reach import save_sheet
from chalicelib.flows.register_patient import Registered, Registration, register
from chalicelib.flows.unreached import who_cannot_be_reached
from chalicelib.ports import World
from tests.appointments import DAY, FRIDAY, booked
from tests.cast import CAROL

from .office import an_open_office, clock, outgoing, store
from .test_rounds import at, mailed, on, rounds, sent, tasks, the_round, the_token

MAIL = Reach("none", email="alice@example.org", email_whose="self")


def registered(reach: Reach | None = MAIL) -> World:
    world = an_open_office()
    wish = Registration("alice", "adult", "Alice Moreno", "", date(1990, 5, 5), zone="America/Denver", no_phone=True)
    assert isinstance(register(world, CAROL, wish), Registered)
    if reach is not None:
        assert save_sheet(world, CAROL, "alice", reach, 0) == "saved"
        assert record_consent(world, CAROL, "alice", Said(TEXT, {EVERYTHING: True}, "verbal", channel="email")) == "saved"
    booked(world)
    return world


def test_a_reminder_comes_by_e_mail_and_the_page_behind_it_is_theirs() -> None:
    world = registered()
    at(world, FRIDAY - DAY)
    on(world, 5)
    assert [mail.recipient for mail in mailed(world)] == ["alice@example.org"] and sent(world) == [] and tasks(world) == []
    inside = verify(world, the_token(world), "05/05/1990")
    assert isinstance(inside, Opened)
    door = door_of(world, the_token(world), inside.token, clock(world).now)
    assert door is not None
    answer_page.write(world, answer_page.of(door), "Can I come at ten?", world.ids(clock(world).now))
    assert [row.thread_id for row in store(world).rows(Message) if row.direction == "in"] == ["alice"]
    answer_page.write(world, answer_page.of(door), "I can't do this anymore, I took all my pills", world.ids(clock(world).now))
    assert world.pager.pages  # type: ignore[attr-defined]


def test_no_text_leaves_whatever_asks_for_one_and_no_number_leads_there() -> None:
    world = registered(None)
    at(world, FRIDAY - DAY)
    on(world, 30)
    assert sent(world) == [] and outgoing(world) == [] and rounds(world) == []
    assert [(each.patient_id, each.whys) for each in who_cannot_be_reached(world, CAROL)] == [("alice", (("text", "no_phone"),))]
    patient = world.store.get(Patient, "alice")
    assert patient is not None and patient.no_phone
    text = Message("alice", "m1", "out", "reply", "claimed", clock(world).now, "adult", patient.contact_id, b"", patient_id="alice")
    assert leaves_now(world, text, around_text(world, text), clock(world).now) == Refuse("no_phone")
    contact = world.store.get(Contact, patient.contact_id)
    assert contact is not None and contact.sealed_number == b"" and contact.confirmed_at is None


def test_who_has_nothing_else_either_is_a_persons() -> None:
    world = registered(None)
    assert save_sheet(world, CAROL, "alice", Reach("none"), 0) == "saved"
    at(world, FRIDAY - DAY)
    on(world, 5)
    assert the_round(world).state == "person" and tasks(world)


def test_a_number_of_theirs_later_is_a_number_like_any() -> None:
    world = registered()
    patient = world.store.get(Patient, "alice")
    assert patient is not None
    same = Edit(patient.version, "Alice M", "", date(1990, 5, 5), zone="America/Denver")
    assert edit(world, CAROL, "alice", same) == Edited(("name",))
    again = world.store.get(Patient, "alice")
    assert again is not None and again.no_phone
    wish = replace(same, version=again.version, number="+13035550101", agreed_by="verbal")
    assert isinstance(edit(world, CAROL, "alice", wish), Edited)
    now = world.store.get(Patient, "alice")
    assert now is not None and not now.no_phone and now.contact_id == world.hasher.contact_id("+13035550101")
    assert now.agreed  # e-mail stays agreed to
