"""An e-mail comes back, or somebody complains of it: the round goes on, and the address, or the yes, is no more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.mail import MailEvent
from chalicelib.core.messages import Status
from chalicelib.core.permission import Refuse
from chalicelib.core.reaching import why_not
from chalicelib.core.records import AuditEntry, ConsentEntry, Contact, Due, Patient
from chalicelib.flows.around_text import around_text, leaves_now
from chalicelib.flows.consent_desk import Said
from chalicelib.flows.consent_desk import record as record_consent
from chalicelib.flows.mail_said import keep
from chalicelib.flows.reach import save_sheet
from chalicelib.ports import World
from tests.appointments import DAY, FRIDAY
from tests.cast import CAROL

from .office import clock, outgoing, store
from .test_rounds import MAIL, at, by_mail, mailed, on, sent, tasks, the_round


def left() -> World:
    """The reminder's e-mail has left, a minute ago."""
    world = by_mail()
    at(world, FRIDAY - DAY)
    on(world, 5)
    assert len(mailed(world)) == 1
    return world


def told(world: World, what: str, times: int = 1) -> None:
    for _ in range(times):
        keep(world, MailEvent(outgoing(world)[0].row, what))
        on(world, 15)


def her(world: World) -> Patient:
    found = world.store.get(Patient, "alice")
    assert found is not None
    return found


def why(world: World) -> str:
    contact = world.store.get(Contact, her(world).contact_id)
    return why_not("email", her(world), contact, "appointments", clock(world).now)


@pytest.mark.parametrize(("what", "then"), [("bounced", "address_bounced"), ("returned", ""), ("complained", "no_consent_channel")])
def test_the_round_goes_on_at_once_and_the_next_channel_says_it(what: str, then: str) -> None:
    world = left()
    told(world, what)
    row = the_round(world)
    assert [(each.channel, each.why) for each in row.tried] == [("email", what), ("text", "")] and len(sent(world)) == 1
    assert why(world) == then and outgoing(world)[0].status_reason == what
    on(world, 60)
    assert the_round(world).state == "told" and tasks(world) == [] and len(mailed(world)) == 1


def test_told_twice_is_told_once_and_what_was_said_late_changes_no_final_word() -> None:
    world = left()
    told(world, "complained", times=3)
    lines = [each for each in store(world).rows(ConsentEntry) if each.change == "revoked"]
    assert [(each.channel, each.kind, each.by) for each in lines] == [("email", "all", "patient")]
    trail = [each.action for each in store(world).rows(AuditEntry) if each.action.startswith("mail_")]
    assert trail == ["mail_complained"] and "mail_said" not in {due.kind for due in store(world).rows(Due)}
    told(world, "bounced")
    assert outgoing(world)[0].status == Status.FAILED_BLOCKED and len(sent(world)) == 1


def test_tcpa_3_a_complaint_ends_e_mail_and_no_text_and_a_new_yes_brings_it_back() -> None:
    world = left()
    told(world, "complained")
    assert "conversation" in her(world).consent and her(world).agreed == {}
    assert record_consent(world, CAROL, "alice", Said("text", {"all": True}, "verbal", channel="email")) == "saved"
    assert why(world) == ""


def test_an_address_that_does_not_exist_is_used_again_when_another_is_written_down_or_they_agree_anew() -> None:
    world = left()
    told(world, "bounced")
    late = replace(outgoing(world)[0], message_id="m9", status=Status.CLAIMED)
    assert leaves_now(world, late, around_text(world, late), clock(world).now) == Refuse("address_bounced")
    assert save_sheet(world, CAROL, "alice", MAIL, her(world).reach) == "saved" and why(world) == "address_bounced"
    other = replace(MAIL, email="alice@example.net")
    assert save_sheet(world, CAROL, "alice", other, her(world).reach) == "saved" and why(world) == "no_consent_channel"
    assert record_consent(world, CAROL, "alice", Said("text", {"all": True}, "verbal", channel="email")) == "saved"
    assert why(world) == ""
    same = left()
    told(same, "bounced")
    assert record_consent(same, CAROL, "alice", Said("text", {"all": True}, "verbal", channel="email")) == "saved" and why(same) == ""


def test_a_late_word_about_an_old_address_says_nothing_of_the_new_one() -> None:
    world = left()
    clock(world).advance(minutes=1)
    assert save_sheet(world, CAROL, "alice", replace(MAIL, email="alice@example.net"), her(world).reach) == "saved"
    assert record_consent(world, CAROL, "alice", Said("text", {"all": True}, "verbal", channel="email")) == "saved"
    for what in ("bounced", "complained"):
        told(world, what)
    assert her(world).bounced == {} and "email" in her(world).agreed


@pytest.mark.parametrize("row", ["nobody.nothing", "alice.nothing"])
def test_a_row_that_is_not_ours_or_no_e_mail_is_counted_and_done_with(row: Any) -> None:
    world = left()
    keep(world, MailEvent(row, "bounced"))
    on(world, 5)
    assert her(world).bounced == {} and "mail_said" not in {due.kind for due in store(world).rows(Due)}
