"""What else leaves by itself goes from one channel to the next as a reminder does: news of a visit, the way into one by video, open
times, a missed visit's line, an open door, a campaign. Each only by the channels that `texts/rounds.toml` names for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.consent import EVERYTHING
from chalicelib.core.consent_ledger import TEXT
from chalicelib.core.mail import COMPLAINED, MailEvent
from chalicelib.core.messages import Status
from chalicelib.core.page_links import ROOM
from chalicelib.core.reach import Reach
from chalicelib.core.records import Link, Message, Patient, Recipient, Reengagement, Thread, Update
from chalicelib.core.rounds import ways
from chalicelib.flows import answer_page, read_page
from chalicelib.flows.book_appointment import Booked, set_status
from chalicelib.flows.book_appointment import change as move
from chalicelib.flows.consent_desk import Said
from chalicelib.flows.consent_desk import record as record_consent
from chalicelib.flows.mail_said import keep
from chalicelib.flows.page_identity import Opened, verify
from chalicelib.flows.page_identity import find as door_of
from chalicelib.flows.page_link import revoke
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tell_them import read as to_tell
from chalicelib.flows.tick import tick
from chalicelib.flows.write_reply import Draft, Sent, write_reply
from chalicelib.ports import World
from chalicelib.texts.reach import limits
from tests.appointments import FRIDAY, HOUR, a_wish, booked
from tests.campaigns import running
from tests.cast import CAROL, an_sms
from tests.pages import send_page
from tests.waitlist import opened, slot_now, waiting

from .looked import looked
from .office import clock, outgoing, store
from .test_rounds import (
    MAIL,
    a_world,
    at,
    change_contact,
    deliver_all,
    failed,
    mailed,
    on,
    placed,
    rounds,
    sent,
    tasks,
    the_round,
    the_token,
)

SECOND = replace(MAIL, first="")  # texts first, then a call, then e-mail


def an_office(reach: Reach = MAIL, **fields: Any) -> World:
    """Alice agreed to everything, and to e-mail."""
    world = a_world(reach)
    for channel in ("email", *fields.pop("also", ())):
        assert record_consent(world, CAROL, "alice", Said(TEXT, {EVERYTHING: True}, "verbal", channel=channel)) == "saved"
    consent = dict.fromkeys(("conversation", "re_engagement", "clinical"), clock(world).now)
    world.store.commit(Update(Patient, ("alice",), set={"consent": consent, **fields}))
    return world


def the_page(world: World) -> tuple[str, Any]:
    """What the page behind the newest e-mail shows to her, and the way in again."""
    token = the_token(world)
    inside = verify(world, token, "05/05/1990")
    assert isinstance(inside, Opened)
    door = door_of(world, token, inside.token, clock(world).now)
    assert door is not None
    shown = read_page.read(world, door, "here", clock(world).now)
    return shown.text if shown else "", door


def answers(world: World, said: str) -> None:
    _, door = the_page(world)
    answer_page.write(world, answer_page.of(door), said, world.ids(clock(world).now))
    looked(world)


def moved(world: World, tell: bool = True) -> Any:
    visit = booked(world)
    done = move(world, CAROL, "alice", visit.appointment_id, a_wish(FRIDAY + HOUR), tell=tell)
    assert isinstance(done, Booked), done
    return done.visit


def test_whose_first_channel_is_e_mail_hears_by_it_that_a_visit_moved_and_answers_on_the_page() -> None:
    world = an_office()
    moved(world)
    on(world, 5)
    (mail,) = mailed(world)
    assert "appointment" not in mail.body and "4" not in mail.body.split("/p/")[0] and sent(world) == []
    words, _ = the_page(world)
    assert words.startswith("Larkspur: Your appointment is now") and [each.kind for each in outgoing(world)] == ["visit_news"]
    answers(world, "1")
    on(world, 30)
    assert world.store.appointments_of("alice")[0].confirmation == "confirmed" and the_round(world).state == "told"
    assert tasks(world) == [] and len(mailed(world)) == 1 and sent(world) == []


def test_whom_nobody_asked_gets_the_text_and_no_round() -> None:
    world = an_office()
    world.store.commit(Update(Patient, ("alice",), set={"channels": ()}))
    moved(world)
    deliver_all(world)
    assert len(sent(world)) == 1 and rounds(world) == []


def test_news_whose_text_failed_goes_on_and_ends_with_a_person_who_reads_what_to_say() -> None:
    world = an_office(SECOND)
    moved(world)
    deliver_all(world)
    failed(world)
    on(world, 30)
    assert [each.channel for each in the_round(world).tried] == ["text", "voice", "email"] and len(mailed(world)) == 1
    on(world, 200)
    assert (the_round(world).state, the_round(world).why, len(tasks(world))) == ("person", "not_sure", 1)
    told = to_tell(world, CAROL, "alice", the_round(world).round_id)
    assert [each.says for each in told.call if each.why == "say"] == [told.said] and "Your appointment is now" in told.said


@pytest.mark.parametrize("off", [False, True])
def test_n4_news_whose_text_arrived_is_told_by_nothing_else(off: bool) -> None:
    world = an_office(SECOND)
    if off:
        visit = booked(world)
        assert isinstance(set_status(world, CAROL, "alice", visit.appointment_id, "cancelled", tell=True), Booked)
    else:
        moved(world)
    deliver_all(world)
    failed(world, Status.DELIVERED)
    assert the_round(world).tried[0].message_id == outgoing(world)[-1].message_id
    on(world, 60)
    assert (the_round(world).state, mailed(world), placed(world), tasks(world), len(sent(world))) == ("told", [], [], [], 1)


def test_an_automated_call_says_where_a_visit_moved_to_after_a_key() -> None:
    world = an_office(Reach("own", reading="no"), also=("voice",))
    moved(world)
    on(world, 5)
    row = outgoing(world)[-1]
    assert len(placed(world)) == 1 and row.kind == "visit_news" and row.template == "call_moved" and sent(world) == []


def test_a_visit_that_is_off_is_no_matter_for_a_recorded_voice_and_a_person_tells_it() -> None:
    world = an_office(Reach("own", reading="no"), also=("voice",))
    visit = booked(world)
    assert isinstance(set_status(world, CAROL, "alice", visit.appointment_id, "cancelled", tell=True), Booked)
    on(world, 5)
    assert placed(world) == [] and len(sent(world)) == 1  # the next of theirs that may: a text
    failed(world)
    on(world, 30)
    told = to_tell(world, CAROL, "alice", the_round(world).round_id)
    assert the_round(world).state == "person" and "will not take place" in told.said and told.anything
    set_status(world, CAROL, "alice", visit.appointment_id, "booked")
    assert not to_tell(world, CAROL, "alice", the_round(world).round_id).anything


def test_what_a_moved_visit_became_since_is_asked_when_the_e_mail_leaves() -> None:
    world = an_office()
    visit = moved(world)
    clock(world).advance(minutes=1)
    tick(world)
    assert outgoing(world)[-1].status == Status.QUEUED
    set_status(world, CAROL, "alice", visit.appointment_id, "cancelled")
    deliver_all(world)
    assert mailed(world) == [] and outgoing(world)[-1].status_reason == "visit_changed"
    on(world, 30)
    assert the_round(world).state == "over" and tasks(world) == []


def test_the_way_into_a_visit_by_video_comes_by_e_mail_as_the_room() -> None:
    world = an_office()
    booked(world, link="https://video.example/r/1")
    at(world, FRIDAY - timedelta(minutes=20))
    on(world, 15)
    rooms = [each for each in store(world).rows(Link) if each.purpose == ROOM]
    assert [each.channel for each in rooms] == ["email"] and not [row for row in outgoing(world) if row.kind == "access" and row.by_text]
    assert the_page(world)[0] == "https://video.example/r/1" and "video" not in mailed(world)[-1].body


def test_an_open_time_comes_by_e_mail_and_is_taken_on_the_page() -> None:
    world = an_office()
    slot = opened(world)
    waiting(world)
    on(world, 10)
    assert "A time is open" in the_page(world)[0] and sent(world) == [] and len(mailed(world)) == 1
    assert slot_now(world, slot).offers[0].message_id == outgoing(world)[-1].message_id
    answers(world, "1")
    assert [each.start_at for each in world.store.appointments_of("alice")] == [slot.start_at]


def test_c58_what_is_held_no_more_is_not_offered_by_e_mail() -> None:
    world = an_office()
    slot = opened(world)
    waiting(world)
    clock(world).advance(minutes=1)
    tick(world)
    tick(world)
    row = outgoing(world)[-1]
    assert row.status == Status.QUEUED and row.channel == "email"
    world.store.commit(Update(type(slot), (slot.program, slot.slot_id), set={"offers": (), "version": slot.version + 9}))
    deliver_all(world)
    assert mailed(world) == [] and outgoing(world)[-1].status_reason == "slot_gone"
    on(world, 20)
    assert the_round(world).state == "over" and the_round(world).why == "slot_gone"


@pytest.mark.parametrize(("template", "audience", "purpose", "mails"), [
    ("open_place", "everyone", "campaign", 1), ("new_hours", "everyone", "campaign", 1),
])  # fmt: skip
def test_a_campaign_reaches_who_has_no_phone_by_e_mail(template: str, audience: str, purpose: str, mails: int) -> None:
    world = an_office(no_phone=True)
    running(world, template=template, audience=audience)
    on(world, 10)
    [person] = store(world).rows(Recipient)
    assert (len(mailed(world)), person.state, the_round(world).purpose) == (mails, "written", purpose)
    assert person.message_id == outgoing(world)[-1].message_id and sent(world) == []
    on(world, 600)
    assert tasks(world) == [] and the_round(world).state == "over" and len(mailed(world)) == 1  # nobody is sent after them


def test_who_has_no_channel_for_it_is_left_out_with_the_reason() -> None:
    world = an_office(Reach("none", landline="+13035550160"))
    running(world, template="open_place")
    on(world, 10)
    [person] = store(world).rows(Recipient)
    assert (person.state, person.why) == ("left_out", "not_in_plan") and outgoing(world) == []


def test_a_missed_visits_line_and_the_open_door_after_it_come_by_e_mail() -> None:
    world = an_office()
    booked(world, appointment_id="v1")
    clock(world).now = (FRIDAY + HOUR).astimezone(clock(world).now.tzinfo)
    set_status(world, CAROL, "alice", "v1", "noshow")
    on(world, 90)
    assert len(mailed(world)) == 1 and "Sorry we missed you" in the_page(world)[0] and sent(world) == []
    [row] = store(world).rows(Reengagement)
    assert [each.message_id for each in row.touches if each.state == "sent"] == [outgoing(world)[-1].message_id]
    answers(world, "9")
    on(world, 30)
    thread = world.store.get(Thread, "alice")
    assert thread is not None and thread.waiting_since is not None and the_round(world).state == "told"
    on(world, 60 * 24)
    assert len(mailed(world)) == 1


def test_nobody_who_wrote_stop_or_declined_hears_by_another_channel_what_they_do_not_want() -> None:
    world = an_office(SECOND)
    world.store.commit(Update(Patient, ("alice",), set={"declined": ("re_engagement",)}))
    running(world, template="open_place")
    on(world, 60)
    assert mailed(world) == [] and sent(world) == [] and rounds(world) == []
    other = an_office(SECOND)
    change_contact(other, stopped_at=clock(other).now + timedelta(minutes=1))
    running(other, template="open_place")
    clock(other).advance(minutes=2)
    on(other, 60)
    assert mailed(other) == [] and rounds(other) == []


def test_the_table_names_each_channel_once_and_a_level_2_text_leaves_by_text_alone() -> None:
    everything = ("text", "page", "email", "voice", "landline", "person", "letter")
    assert ways(limits()["campaign_stage"], everything) == ("text",)
    assert {name for name, each in limits().items() if "person" in each.room} == {"reminder", "visit_moved", "visit_off", "access"}
    assert {name for name, each in limits().items() if "voice" in each.room} == {"reminder", "visit_moved"}
    assert all(why for each in limits().values() for why in each.never.values())


# --- a page that a person sends ------------------------------------------------------------------------------------------


def a_page(world: World, page: str = "message", **fields: Any) -> Any:
    thread = world.store.get(Thread, "alice")
    draft = Draft("Your form is ready. Ask Carol.", world.ids(clock(world).now), thread.last_at if thread else None, page=page, **fields)
    done = write_reply(world, CAROL, "alice", draft)
    clock(world).advance(minutes=1)
    deliver_all(world)
    return done


def test_a_page_that_a_person_sends_goes_by_e_mail_to_who_is_reached_by_it() -> None:
    world = an_office()
    assert isinstance(a_page(world), Sent)
    (mail,) = mailed(world)
    assert "Carol" not in mail.body and sent(world) == [] and the_page(world)[0] == "Your form is ready. Ask Carol."
    assert [(row.channel, row.kind, row.author) for row in outgoing(world)] == [("email", "staff", "carol")]
    nobody = an_office(no_phone=True)
    assert isinstance(a_page(nobody), Sent) and len(mailed(nobody)) == 1
    unasked = a_world()
    assert isinstance(a_page(unasked), Sent) and len(sent(unasked)) == 1 and rounds(unasked) == []


def test_a_page_whose_text_failed_comes_by_e_mail_with_a_link_of_its_own_and_no_person_is_sent() -> None:
    world = an_office(SECOND)
    assert isinstance(a_page(world), Sent) and len(sent(world)) == 1 and mailed(world) == []
    failed(world)
    on(world, 45)
    assert len(mailed(world)) == 1 and the_page(world)[0] == "Your form is ready. Ask Carol."
    on(world, 60 * 25)
    assert the_round(world).state == "told" and tasks(world) == [] and len(mailed(world)) == len(sent(world)) == 1


def test_a_page_that_its_writer_took_back_goes_no_other_way() -> None:
    world = an_office(SECOND)
    thread = world.store.get(Thread, "alice")
    form = world.ids(clock(world).now)
    assert isinstance(write_reply(world, CAROL, "alice", Draft("x", form, thread.last_at if thread else None, page="message")), Sent)
    world.store.commit(Update(Message, ("alice", form), set={"status": Status.WITHDRAWN}))
    on(world, 60)
    assert mailed(world) == [] and sent(world) == [] and the_round(world).state == "over"


def test_an_answer_on_a_page_goes_to_the_phone_they_wrote_from_and_what_they_allow_to_no_mailbox() -> None:
    world = an_office()
    receive(world, an_sms("Is my form ready?", at=clock(world).now), inline=False)
    looked(world)
    assert isinstance(a_page(world), Sent) and len(sent(world)) == 1 and mailed(world) == []
    other = an_office(SECOND)
    assert isinstance(a_page(other, "choices"), Sent)
    failed(other)
    on(other, 60)
    assert mailed(other) == [] and rounds(other) == []


def test_a_page_that_was_taken_back_goes_no_other_way() -> None:
    """Perhaps it was written to the wrong patient; its text had failed, and the e-mail brought it all the same."""
    world = an_office(SECOND)
    row = send_page(world)
    failed(world)
    assert revoke(world, CAROL, "alice", row.message_id)
    on(world, 60)
    assert mailed(world) == [] and (the_round(world).state, the_round(world).why) == ("over", "revoked")


@pytest.mark.parametrize("left", [True, False])
def test_nor_does_what_the_e_mail_brought_before_open_anything_after_it(left: bool) -> None:
    world = an_office(SECOND)
    row = send_page(world)
    failed(world)
    clock(world).advance(minutes=31)
    tick(world)
    mail = outgoing(world)[-1]
    if left:
        deliver_all(world)
    else:  # it waits for their hours
        later = clock(world).now + timedelta(hours=1)
        world.store.commit(Update(Message, (mail.thread_id, mail.message_id), set={"not_before": later}))
    assert mail.channel == "email" and revoke(world, CAROL, "alice", row.message_id)
    on(world, 15)
    assert len(mailed(world)) == int(left) and the_round(world).state == "over"
    [link] = [each for each in store(world).rows(Link) if each.channel == "email"]
    assert link.closed_why == "revoked" and (outgoing(world)[-1].status == Status.WITHDRAWN) is not left


def test_whoever_complained_of_a_campaigns_e_mail_does_not_get_it_as_a_text() -> None:
    world = an_office()
    world.store.commit(Update(Patient, ("alice",), set={"channels": ("email", "text")}))
    running(world, template="open_place")
    on(world, 10)
    assert len(mailed(world)) == 1
    keep(world, MailEvent(outgoing(world)[-1].row, COMPLAINED))
    on(world, 60)
    assert sent(world) == [] and (the_round(world).state, the_round(world).why) == ("over", "complained")


def test_of_a_visit_that_moved_they_hear_by_the_next_way_since_a_stranger_may_have_complained() -> None:
    world = an_office()
    moved(world)
    on(world, 10)
    keep(world, MailEvent(outgoing(world)[-1].row, COMPLAINED))
    on(world, 30)
    assert len(mailed(world)) == len(sent(world)) == 1


@pytest.mark.parametrize("before", [True, False])
def test_safe_4_a_word_for_not_safe_that_comes_while_the_e_mail_waits_leaves_the_news_to_a_person_as_one_before_it(before: bool) -> None:
    world = an_office(replace(MAIL, first="email"))
    moved(world)
    if not before:
        clock(world).advance(minutes=1)
        tick(world)
        assert outgoing(world)[-1].status == Status.QUEUED
    world.store.commit(Update(Patient, ("alice",), set={"held_at": clock(world).now}))
    on(world, 60)
    assert (mailed(world), sent(world), placed(world)) == ([], [], []) and the_round(world).state == "person"
    [task] = tasks(world)
    assert to_tell(world, CAROL, "alice", task.about).alone
