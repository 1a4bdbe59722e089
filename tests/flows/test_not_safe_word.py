"""A word that looks ordinary and says "not safe" (SAFE-4): somebody is paged, nothing that we begin leaves, and the phone sees nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.core.messages import Kind, Status
from chalicelib.core.people import ref_of
from chalicelib.core.permission import Refuse
from chalicelib.core.records import ConsentEntry, Contact, Due, Incident, Message, Patient, Prompt, Thread, Update
from chalicelib.core.said_by_phone import stricter
from chalicelib.errors import StoreUnavailable
from chalicelib.flows import escalate, handle_incident, outbox, record_delivery, tick
from chalicelib.flows.deliver import deliver
from chalicelib.flows.outbox import words_of
from chalicelib.flows.plan_rows import duress_hash
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.should_have_paged import should_have_paged
from tests.cast import ALICE_NUMBER, CAROL, ERIN, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeClock, FakePager, a_world

from .calls import a_number_for_calls, pin_of, presses
from .calls import asks as asks_voice
from .phones import ERIN_PHONE, a_work_phone, direct, stream

NIGHT = datetime.fromisoformat("2026-03-04T05:00:00+00:00")
WORD = "tia rosa"
ALONE, INSIDE = "Tía Rosa!", "I will bring the soup from tía ROSA on thursday"
DO_NOT = "DO NOT CALL OR TEXT THIS PHONE."


def a_town(word=WORD, **fields):
    world = a_world()
    mine = {"duress": duress_hash(world, "alice", word)} if word else {}
    a_patient(world, content_level=1, **mine, **fields)
    return world


def alice(world):
    """As N3 knows her: the row, and what the number heard since."""
    return stricter(world.store.get(Patient, "alice"), world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER)))


def contact(world):
    return world.store.get(Contact, alice(world).contact_id)


def says(world, body, **fields):
    return receive(world, an_sms(body, at=world.clock.now, **fields), inline=True)


def what_the_phone_sees(world, answer):
    """What leaves after a text: the answer of its own response, and every row that waits, delivered."""
    for row in world.store.rows(Message):
        if row.direction == "out" and row.status == Status.QUEUED:
            deliver(world, row.thread_id, row.message_id)
    return answer.text, [(sms.body, sms.expires_at) for sms in world.carriers["twilio"].sent]


def asks(world):
    """A question about a visit is open, as after a reminder."""
    now = world.clock.now
    opened = Prompt("p1", "alice", "visit", ("1", "2", "3"), now + timedelta(days=1), now - timedelta(hours=1))
    world.store.commit(Update(Contact, (alice(world).contact_id,), set={"prompt": opened, "version": 2}))


@pytest.mark.parametrize("at", ["day", "night"])
@pytest.mark.parametrize("open_question", [False, True])
@pytest.mark.parametrize("body", [
    ALONE, INSIDE, "thanks, tia rosa", "tia rosa. stop texting me", "can I change my visit? tia rosa", "yes I will come, tia rosa",
    "wrong number tia rosa", "help tia rosa", "I took all my pills tia rosa", "you send too many messages tia rosa", "tia rosa text me",
])  # fmt: skip
def test_the_phone_gets_exactly_the_answer_that_any_text_gets(body, open_question, at):
    seen = []
    for word in (WORD, ""):
        world = a_town(word)
        world.clock.now = NIGHT if at == "night" else world.clock.now
        if open_question:
            asks(world)
        one = what_the_phone_sees(world, says(world, body, media=0))
        world.clock.advance(minutes=20)
        seen.append((one, what_the_phone_sees(world, says(world, "are you there, it is about thursday"))[0]))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("body", [ALONE, INSIDE])
def test_somebody_is_paged_before_anything_is_written_and_told_to_leave_the_phone_alone(body):
    world, order = a_town(), []

    class Watched(FakeStore):
        def commit(self, *changes):
            order.append("commit")
            super().commit(*changes)

    class Pager(FakePager):
        def page(self, to, text):
            order.append("page")
            super().page(to, text)

    watched = Watched()
    watched._rows = world.store._rows
    world = replace(world, store=watched, pager=Pager())
    says(world, body)
    [(to, text)] = world.pager.pages
    [incident] = world.store.rows(Incident)
    assert order == ["page", "commit"] and to == "erin"
    assert text == f"Porchlight: urgent item {incident.code}. {DO_NOT} Open the console."
    assert (incident.thread_id, incident.patient_id, incident.tier, incident.categories) == ("alice", "alice", 1, ("no_contact",))
    assert not [row for row in world.store.rows(Message) if row.kind == Kind.CRISIS_ANSWER]
    [kept] = [row for row in world.store.rows(Message) if row.direction == "in"]
    assert kept.meaning == "words" and kept.incident_id == incident.incident_id and words_of(world, kept, "t") == body


def test_it_drops_to_neutral_words_with_a_line_in_the_ledger_and_stops_what_is_written_planned_and_to_come():
    world = a_town()
    for kind, by in ((Kind.WELCOME, "auto"), (Kind.STAFF, "carol"), (Kind.REPLY, "carol")):
        letter = outbox.Letter("alice", "adult", alice(world).contact_id, kind, "Hello", by, "alice", template="welcome")
        world.store.commit(*outbox.queue(world, letter, world.clock.now))
    says(world, INSIDE)
    assert alice(world).content_level == 0 and alice(world).held_at == world.clock.now
    assert contact(world).patients == (ref_of(alice(world)),) and contact(world).patients[0].held_at
    tick.tick(world)
    row = world.store.get(Patient, "alice")
    assert (row.content_level, row.held_at) == (0, world.clock.now) and contact(world).no_more == ()
    [line] = [each for each in world.store.rows(ConsentEntry) if each.kind == "content_level_0"]
    assert (line.change, line.medium, line.by) == ("revoked", "sms", "patient")
    what_the_phone_sees(world, says(world, "hello"))
    waited = [row for row in world.store.rows(Message) if row.kind in (Kind.WELCOME, Kind.STAFF, Kind.REPLY)]
    assert {(row.status, row.status_reason) for row in waited} == {(Status.REFUSED, "not_safe")}


def test_who_has_no_such_word_costs_no_hash_and_another_word_is_just_a_word():
    class Counting:
        def __init__(self, inner):
            self.inner, self.asked = inner, []

        def __getattr__(self, name):
            return getattr(self.inner, name)

        def text_hash(self, text):
            self.asked.append(text)
            return self.inner.text_hash(text)

    world = a_town(word="")
    hasher = Counting(world.hasher)
    says(replace(world, hasher=hasher), INSIDE)
    assert hasher.asked == [] and world.pager.pages == []
    world = a_town()
    says(world, "the rose from my aunt is lovely, tias")
    assert world.pager.pages == [] and alice(world).held_at is None


def test_a_number_that_could_not_be_read_is_told_when_the_text_is_kept_and_the_tick_pages():
    world = a_town()

    class Once(FakeStore):
        fails = 1

        def get(self, *args):
            if self.fails:
                self.fails = 0
                raise StoreUnavailable("once")
            return super().get(*args)

    flaky = Once()
    flaky._rows = world.store._rows
    world = replace(world, store=flaky)
    says(world, ALONE)
    [incident] = world.store.rows(Incident)
    assert world.pager.pages == [] and incident.state == "detected" and alice(world).held_at is not None
    tick.tick(world)
    assert [DO_NOT in text for _, text in world.pager.pages] == [True]


def test_a_store_that_is_down_parks_it_after_its_page_and_answers_nothing():
    world = a_town()

    class Down(FakeStore):
        def commit(self, *changes):
            raise StoreUnavailable("down")

    down = Down()
    down._rows = world.store._rows
    answer = says(replace(world, store=down), ALONE)
    assert answer.text == "" and len(world.pager.pages) == 1 and len(world.parking.parked) == 1


def test_every_later_page_of_the_item_warns_too_and_so_does_a_crisis_that_comes_after_it_is_closed():
    world = a_town()
    says(world, ALONE)
    [incident] = world.store.rows(Incident)
    world.clock.advance(minutes=20)
    [due] = [each for each in world.store.rows(Due) if each.kind == "escalate"]
    escalate.escalate(world, due)
    handle_incident.acknowledge(world, ERIN, incident.incident_id)
    handle_incident.contacted(world, ERIN, incident.incident_id)
    handle_incident.resolve(world, ERIN, incident.incident_id, "safe_plan_reviewed", world.store.rows(Incident)[0].version)
    says(world, "I took all my pills")
    assert len(world.pager.pages) >= 3 and all(DO_NOT in text for _, text in world.pager.pages if "stand down" not in text)


@pytest.mark.parametrize("by", ["call", "text"])
def test_what_is_said_of_it_on_a_colleagues_phone_warns_too_and_tells_nobody_to_call(by):
    world = a_town()
    a_work_phone(world, ERIN, ERIN_PHONE)
    a_number_for_calls(world, ERIN, ERIN_PHONE)
    says(world, ALONE)
    says(world, "I took all my pills")
    stream(world)
    [incident] = world.store.rows(Incident)
    assert all(DO_NOT in text for _, text in direct(world)) and direct(world)
    assert "Do not call or text the phone" in asks_voice(world).ask.says
    if by == "call":
        presses(world, "1")
        said = presses(world, pin_of(world, ERIN), "pin").says
    else:
        receive(world, an_sms(incident.code, ERIN_PHONE, at=world.clock()), inline=True)
        stream(world)
        said = direct(world)[-1][1]
    assert "is yours" in said and "do not call or text" in said.lower() and "Call now" not in said
    says(world, "text")
    record_delivery.reply_not_delivered(world, incident.incident_id)
    assert all(DO_NOT in text for _, text in world.pager.pages[-2:]) and "asks for texts" in world.pager.pages[-2][1]
    assert "reply not delivered" in world.pager.pages[-1][1]


def test_a_text_that_a_person_says_should_have_paged_warns_where_the_phone_is_held():
    world = a_town()
    says(world, ALONE)
    [incident] = world.store.rows(Incident)
    for move in (handle_incident.acknowledge, handle_incident.contacted):
        move(world, ERIN, incident.incident_id)
    handle_incident.resolve(world, ERIN, incident.incident_id, "safe_plan_reviewed", world.store.rows(Incident)[0].version)
    says(world, "see you on thursday then")
    row = [row for row in world.store.rows(Message) if row.direction == "in"][-1]
    should_have_paged(world, CAROL, "alice", row.message_id)
    assert DO_NOT in world.pager.pages[-1][1]
    assert "no_contact" in max(world.store.rows(Incident), key=lambda each: each.incident_id).categories


def test_on_a_phone_of_two_it_is_the_item_of_whose_word_it_is_and_the_other_is_untouched():
    world = a_town()
    a_patient(world, "bob", program="harbor")
    says(world, INSIDE)
    [incident] = world.store.rows(Incident)
    assert incident.patient_id == "alice" and alice(world).held_at is not None
    assert world.store.get(Patient, "bob").held_at is None and [ref.held_at is not None for ref in contact(world).patients] == [True, False]
    [kept] = [row for row in world.store.rows(Message) if row.direction == "in"]
    assert kept.thread_id == contact(world).contact_id  # who wrote is still to be told apart
    assert world.store.get(Thread, "alice").incident_id == incident.incident_id


def test_a_long_text_is_looked_at_within_milliseconds():
    world = a_town()
    assert isinstance(world.clock, FakeClock)
    says(world, "word " * 400 + WORD)
    assert world.pager.pages == []  # past what is looked at; a carrier joins ten parts at most
    says(world, "a b c d e f " * 40 + WORD)
    assert len(world.pager.pages) == 1


def test_on_a_phone_of_two_the_thread_where_the_word_stands_says_so_too_and_nobody_writes_from_there():
    world = a_town()
    a_patient(world, "bob")
    says(world, ALONE)
    number = contact(world).contact_id
    shown = read_thread(world, ERIN, number)
    assert shown.behind.alone and shown.behind.number == ""
    assert shown.behind.verdict == Refuse("not_safe")
    assert not read_thread(world, ERIN, "bob").behind.alone  # his own thread, as before
