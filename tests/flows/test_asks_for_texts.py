"""TEXT instead of a call: in front of the holder at once while an urgent item is open, and an ordinary word otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.messages import Kind
from chalicelib.core.records import Contact, Due, Incident, Message, Prompt, Thread, Update
from chalicelib.errors import PageFailed, StoreUnavailable
from chalicelib.flows import handle_incident, tick
from chalicelib.flows.receive_sms import receive
from tests.cast import CAROL, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import FakePager, a_world

CRISIS = "I took all my pills"


def crisis(world, **patient):
    a_patient(world, **patient)
    receive(world, an_sms(CRISIS, at=world.clock.now), inline=True)
    [incident] = world.store.rows(Incident)
    world.pager.pages.clear()
    world.clock.advance(minutes=1)
    return incident


def says(world, body="TEXT", **fields):
    sms = an_sms(body, at=world.clock.now, **fields)
    return sms, receive(world, sms, inline=True)


def newest_text(world):
    return max((row for row in world.store.rows(Message) if row.direction == "in"), key=lambda row: row.message_id)


@pytest.mark.parametrize("body", ["TEXT", "text", "Text.", "TEXTO", "text please", "Text me 🙏"])
def test_the_holder_is_told_at_once_without_a_word_of_content(body):
    world = a_world()
    incident = crisis(world)
    says(world, body)
    assert world.pager.pages == [("erin", f"Porchlight: item {incident.code}: asks for texts, not a call. Open the console.")]
    after = world.store.get(Incident, incident.incident_id)
    assert after.asks_for_texts and [step.what for step in after.steps][-2:] == ["asks_for_texts", "paged"]
    row, thread = newest_text(world), world.store.get(Thread, "alice")
    assert (row.meaning, row.incident_id, thread.note) == ("asks_for_texts", incident.incident_id, "asks_for_texts")
    assert row.message_id == after.steps[-2].detail and thread.unanswered == 2


def test_who_took_the_item_is_told_and_not_who_is_on_call():
    world = a_world()
    incident = crisis(world)
    handle_incident.acknowledge(world, CAROL, incident.incident_id)
    world.pager.pages.clear()
    says(world)
    assert [to for to, _ in world.pager.pages] == ["carol"]


def test_the_page_leaves_before_anything_is_stored():
    order = []

    class Pager(FakePager):
        def page(self, to, text):
            order.append("page")

    class Store(FakeStore):
        def commit(self, *changes):
            order.append("commit")
            super().commit(*changes)

    world = a_world(pager=Pager(), store=Store())
    crisis(world)
    order.clear()
    says(world)
    assert order == ["page", "commit"]


@pytest.mark.parametrize("body", ["TEXT", "TEXTO"])
def test_it_means_nothing_while_no_item_is_open(body):
    world = a_world()
    a_patient(world)
    says(world, body)
    assert world.pager.pages == [] and newest_text(world).meaning == "words"


def test_it_means_nothing_once_the_item_is_closed():
    world = a_world()
    incident = crisis(world)
    handle_incident.acknowledge(world, CAROL, incident.incident_id)
    handle_incident.resolve(world, CAROL, incident.incident_id, "false_alarm")
    world.pager.pages.clear()
    says(world)
    assert world.pager.pages == [] and newest_text(world).meaning == "words"


def test_a_sentence_with_the_word_in_it_is_a_sentence():
    world = a_world()
    crisis(world)
    says(world, "I will text you tomorrow")
    assert world.pager.pages == [] and newest_text(world).meaning == "words"


def test_it_comes_before_the_answer_to_an_open_question():
    world = a_world()
    incident = crisis(world)
    now = world.clock.now
    asked = Prompt("p1", "alice", "visit", ("text", "1"), now + timedelta(hours=1), now)
    world.store.commit(Update(Contact, (world.hasher.contact_id("+13035550101"),), set={"prompt": asked}))
    says(world)
    assert newest_text(world).meaning == "asks_for_texts" and incident.code in world.pager.pages[0][1]
    assert world.store.get(Contact, incident.contact_id).prompt == asked  # the question still waits


def test_after_stop_it_still_reaches_the_holder_and_stop_stays():
    world = a_world()
    crisis(world)
    says(world, "STOP")
    says(world)
    [contact] = world.store.rows(Contact)
    assert len(world.pager.pages) == 1 and contact.stopped_at is not None and contact.started_at is None


def test_a_question_put_to_somebody_else_on_the_phone_does_not_swallow_it():
    world = a_world()
    incident = crisis(world)
    a_patient(world, "bob", program="harbor")
    now = world.clock.now
    asked = Prompt("p1", "bob", "visit", ("1",), now + timedelta(hours=1), now)
    world.store.commit(Update(Contact, (incident.contact_id,), set={"prompt": asked}))
    says(world)
    assert incident.code in world.pager.pages[0][1]
    assert world.store.get(Incident, incident.incident_id).asks_for_texts


def test_the_same_text_twice_tells_once_and_a_second_one_within_two_minutes_is_only_shown():
    world = a_world()
    incident = crisis(world)
    sms, _ = says(world)
    receive(world, sms, inline=True)
    world.clock.advance(minutes=1)
    says(world)
    assert len(world.pager.pages) == 1
    world.clock.advance(minutes=2)
    says(world)
    assert len(world.pager.pages) == 2
    steps = [step.what for step in world.store.get(Incident, incident.incident_id).steps]
    assert steps.count("asks_for_texts") == 3


def test_a_page_that_is_not_taken_goes_with_the_next_tick():
    world = a_world()
    crisis(world)
    world.pager.fails.append(PageFailed("no"))
    says(world)
    assert world.pager.pages == []
    tick.tick(world)
    assert ["asks for texts" in text for _, text in world.pager.pages] == [True]
    assert not [due for due in world.store.rows(Due) if due.kind == "repage"]


class Forgetful(FakeStore):
    """The contact cannot be read before the page; it can be when the text is kept."""

    blind = False

    def get(self, record, *key):
        if self.blind and record is Contact:
            self.blind = False
            raise StoreUnavailable("slow")
        return super().get(record, *key)


def test_when_the_item_could_not_be_looked_up_in_time_the_tick_tells():
    world = a_world(store=Forgetful())
    crisis(world)
    world.store.blind = True
    says(world)
    assert world.pager.pages == []
    tick.tick(world)
    assert "asks for texts" in world.pager.pages[0][1]


def test_nothing_is_promised_by_a_machine_in_return():
    world = a_world()
    crisis(world)
    before = [row for row in world.store.rows(Message) if row.direction == "out"]
    assert says(world)[1].text == ""
    assert [row for row in world.store.rows(Message) if row.direction == "out"] == before
    assert {row.kind for row in before} == {Kind.CRISIS_ANSWER}
