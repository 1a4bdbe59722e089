"""Two channels for the same thing: only of their visits, only where they asked for both, and each with its own yes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.messages import DeliveryEvent, Status
from chalicelib.core.reach import Reach
from chalicelib.core.records import Patient, Update
from chalicelib.flows.merge_patients import Merged, merge
from chalicelib.flows.reach import save_sheet
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.record_delivery import record
from chalicelib.ports import World
from tests.appointments import DAY, FRIDAY
from tests.campaigns import running
from tests.cast import CAROL, a_patient, an_sms

from .looked import looked
from .office import clock, outgoing
from .test_rounds import MAIL, at, by_mail, mailed, on, rounds, sent, tasks, the_round
from .test_rounds_of_all import an_office, moved, the_page

BOTH = replace(MAIL, first="", also="email")  # a text first, and an e-mail with it


def both(reach: Reach = BOTH) -> World:
    world = by_mail(reach)
    at(world, FRIDAY - DAY)
    on(world, 10)
    return world


def test_a_reminder_goes_by_both_once_and_no_third_follows() -> None:
    world = both()
    assert len(sent(world)) == len(mailed(world)) == 1 and [row.channel for row in outgoing(world)] == ["", "email"]
    on(world, 300)
    assert the_round(world).state == "told" and tasks(world) == [] and len(outgoing(world)) == 2


def test_the_other_way_round_the_text_comes_with_the_e_mail_and_no_cap_holds_it() -> None:
    world = both(replace(MAIL, also="text"))
    assert len(sent(world)) == len(mailed(world)) == 1 and {row.channel for row in outgoing(world)} == {"email", "text"}


@pytest.mark.parametrize("wish", ["", "landline", "person", "text"])
def test_whoever_asked_for_no_second_way_of_theirs_hears_by_one(wish: str) -> None:
    world = both(replace(BOTH, also=wish))
    assert (len(sent(world)), len(mailed(world))) == (1, 0) and the_round(world).also == ""


def test_a_wish_that_is_taken_back_holds_from_then_on() -> None:
    world = by_mail(BOTH)
    patient = world.store.get(Patient, "alice")
    assert patient is not None and patient.also == "email"
    assert save_sheet(world, CAROL, "alice", replace(BOTH, also=""), patient.reach) == "saved"
    at(world, FRIDAY - DAY)
    on(world, 10)
    assert (len(sent(world)), len(mailed(world))) == (1, 0)


def test_n3_each_is_asked_by_itself_and_what_keeps_one_here_keeps_the_other_from_nothing() -> None:
    world = by_mail(BOTH)
    world.store.commit(Update(Patient, ("alice",), set={"agreed": {}}))
    at(world, FRIDAY - DAY)
    on(world, 60)
    beside = the_round(world).beside
    assert (len(sent(world)), len(mailed(world))) == (1, 0) and beside is not None and beside.why == "no_consent_channel"
    assert the_round(world).state == "told"


def test_where_the_first_failed_the_second_is_asked_before_anybody_else() -> None:
    world = both()
    failed_text(world)
    on(world, 60)
    assert the_round(world).state == "going" and tasks(world) == []  # the e-mail has its hours
    assert the_page(world)
    on(world, 60)
    assert the_round(world).state == "told" and tasks(world) == [] and (len(sent(world)), len(mailed(world))) == (1, 1)
    unread = both()
    failed_text(unread)
    on(unread, 330)
    assert (the_round(unread).state, the_round(unread).why, len(tasks(unread))) == ("person", "not_sure", 1)
    assert [(each.channel, each.why) for each in the_round(unread).tried] == [("text", "30003"), ("email", "")]
    assert (len(sent(unread)), len(mailed(unread))) == (1, 1)


def failed_text(world: World) -> None:
    """The carrier's late word on the text, which is the first row."""
    from chalicelib.core.messages import DeliveryEvent, Status
    from chalicelib.flows.record_delivery import record

    row = next(each for each in outgoing(world) if each.by_text)
    record(world, DeliveryEvent("twilio", row.carrier_id, Status.FAILED_OTHER, clock(world).now, row.row, "30003"))


def test_both_failing_goes_on_to_what_is_left() -> None:
    from chalicelib.core.mail import MailEvent
    from chalicelib.flows.mail_said import keep

    world = both()
    failed_text(world)
    keep(world, MailEvent(outgoing(world)[-1].row, "bounced"))
    on(world, 45)
    assert [(each.channel, each.why) for each in the_round(world).tried] == [
        ("text", "30003"), ("email", "bounced"), ("voice", "no_consent_channel"),
    ]  # fmt: skip
    assert the_round(world).state == "person" and len(tasks(world)) == 1 and (len(sent(world)), len(mailed(world))) == (1, 1)


def test_tcpa_3_after_stop_neither() -> None:
    world = by_mail(BOTH)
    clock(world).advance(minutes=1)
    receive(world, an_sms("STOP", at=clock(world).now), inline=False)
    looked(world)
    at(world, FRIDAY - DAY)
    on(world, 30)
    assert (len(sent(world)), len(mailed(world))) == (0, 0)


def test_news_of_a_visit_comes_by_both_and_a_campaign_by_one() -> None:
    world = an_office(BOTH)
    moved(world)
    on(world, 10)
    assert (len(sent(world)), len(mailed(world))) == (1, 1) and "Your appointment is now" in the_page(world)[0]
    other = an_office(BOTH)
    running(other, template="open_place")
    on(other, 10)
    assert (len(sent(other)), len(mailed(other))) == (1, 0)


def test_where_no_text_can_go_the_e_mail_is_asked_before_a_person_is() -> None:
    """No number is known: the other of the two is all that goes by itself, and whoever opened its page is not called besides."""
    world = an_office(BOTH, no_phone=True)
    moved(world)
    on(world, 10)
    assert len(mailed(world)) == 1 and the_page(world)[0].startswith("Larkspur: Your appointment is now")
    on(world, 60)
    assert the_round(world).state == "told" and tasks(world) == []


def test_where_no_text_can_go_and_nobody_opened_the_e_mail_a_person_has_it() -> None:
    world = an_office(BOTH, no_phone=True)
    moved(world)
    on(world, 100)
    assert the_round(world).state == "going" and tasks(world) == []
    on(world, 120)
    assert (the_round(world).state, the_round(world).why, len(tasks(world))) == ("person", "not_sure", 1)


def test_two_records_become_one_and_the_e_mail_of_the_two_was_opened() -> None:
    world = an_office(BOTH)
    a_patient(world, "alias", "+13035550177")
    moved(world)
    on(world, 10)
    the_page(world)
    text = next(row for row in outgoing(world) if row.channel != "email")
    record(world, DeliveryEvent("twilio", text.carrier_id, Status.FAILED_OTHER, clock(world).now, text.row, "30003"))
    assert isinstance(merge(world, CAROL, "alice", "alias", world.ids(clock(world).now)), Merged)
    on(world, 40)
    assert [each.state for each in rounds(world)] == ["told"] and tasks(world) == []
