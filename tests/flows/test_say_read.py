"""One tap by who took the item: a signed text that leaves at once, once, and never over words nobody has read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.incidents import IllegalMove
from chalicelib.core.messages import Kind
from chalicelib.core.permission import Leave
from chalicelib.core.records import Incident, Message, Patient, Thread, Update
from chalicelib.errors import NotFound, StoreUnavailable
from chalicelib.flows import handle_incident
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.reply_outcomes import NewerText, Sent, WillNotLeave
from chalicelib.flows.say_read import offered, say_read
from tests.cast import CAROL, DAN, ERIN, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import a_world

ALL = ["read_will_call", "read_can_text", "read_soon"]


def taken(who=CAROL, store=None, **patient):
    world = a_world(**({"store": store} if store else {}))
    a_patient(world, **patient)
    receive(world, an_sms("I took all my pills", at=world.clock.now), inline=True)
    [incident] = world.store.rows(Incident)
    world.clock.advance(minutes=2)
    if who is not None:
        handle_incident.acknowledge(world, who, incident.incident_id)
    return world, world.store.get(Incident, incident.incident_id)


def tap(world, incident, choice="read_can_text", who=CAROL, form_id="", seen=None):
    thread = world.store.get(Thread, incident.thread_id)
    return say_read(world, who, incident.incident_id, choice, "Carol", form_id or world.ids(world.clock()), seen or thread.last_at)[1]


def choices(world, incident, who=CAROL):
    return [each.read_id for each in offered(incident, world.store.get(Patient, "alice"), who.staff_id)]


def replies(world):
    return [row for row in world.store.rows(Message) if row.kind == Kind.REPLY]


def test_it_leaves_at_once_as_a_persons_signed_answer_and_the_item_shows_it():
    world, incident = taken()
    outcome = tap(world, incident)
    assert isinstance(outcome, Sent) and outcome.until is None and outcome.verdict == Leave()
    [row] = replies(world)
    assert (row.author, row.content_level, row.not_before) == ("carol", 0, None)
    deliver(world, row.thread_id, row.message_id)
    assert [sms.body for sms in world.carriers["twilio"].sent] == ["This is Carol. I read what you wrote. I am here, and we can text."]
    last = world.store.get(Incident, incident.incident_id).steps[-1]
    assert (last.who, last.what, last.detail) == ("carol", "read_this", "read_can_text")


def test_in_the_patients_language():
    world, incident = taken(language="es")
    tap(world, incident, "read_will_call")
    [row] = replies(world)
    deliver(world, row.thread_id, row.message_id)
    assert world.carriers["twilio"].sent[0].body.startswith("Soy Carol. He visto")


def test_tapped_twice_it_is_sent_once():
    world, incident = taken()
    form_id, seen = world.ids(world.clock()), world.store.get(Thread, "alice").last_at
    tap(world, incident, form_id=form_id, seen=seen)
    again = tap(world, incident, form_id=form_id, seen=seen)
    assert isinstance(again, Sent) and again.again and len(replies(world)) == 1
    assert [step.what for step in world.store.get(Incident, incident.incident_id).steps].count("read_this") == 1


def test_it_never_says_i_read_it_over_a_text_that_came_since_the_page():
    world, incident = taken()
    seen = world.store.get(Thread, "alice").last_at
    world.clock.advance(seconds=5)
    receive(world, an_sms("please hurry", at=world.clock.now), inline=True)
    assert isinstance(tap(world, incident, seen=seen), NewerText) and replies(world) == []


@pytest.mark.parametrize("who", [ERIN, DAN])
def test_only_who_took_the_item_is_offered_it(who):
    world, incident = taken()
    assert choices(world, incident, who) == []
    with pytest.raises(IllegalMove if who is ERIN else NotFound):  # whose it is says nothing to another program
        tap(world, incident, who=who)
    assert replies(world) == []


def test_nobody_is_offered_it_before_it_is_taken_or_once_it_is_closed():
    world, incident = taken(who=None)
    assert incident.holder == "erin" and choices(world, incident, ERIN) == []
    handle_incident.acknowledge(world, ERIN, incident.incident_id)
    handle_incident.resolve(world, ERIN, incident.incident_id, "false_alarm")
    assert choices(world, world.store.get(Incident, incident.incident_id), ERIN) == []


def test_no_call_is_announced_on_a_phone_where_a_call_is_not_safe_or_to_who_asked_for_texts():
    world, incident = taken()
    assert choices(world, incident) == ALL
    assert choices(world, replace(incident, asks_for_texts=True)) == ALL[1:]
    world, incident = taken(safe_phone="unsafe")
    assert choices(world, incident) == ALL[1:]
    with pytest.raises(KeyError):
        tap(world, incident, "read_will_call")


def test_after_stop_it_does_not_leave_and_says_so():
    world, incident = taken()
    receive(world, an_sms("STOP", at=world.clock.now), inline=True)
    assert tap(world, incident) == WillNotLeave("opted_out")


def test_an_item_that_is_not_there_is_not_found():
    world, incident = taken()
    with pytest.raises(NotFound):
        tap(world, replace(incident, incident_id="nothing"))


class NoHistory(FakeStore):
    def commit(self, *changes):
        if len(changes) == 1 and isinstance(changes[0], Update) and changes[0].record is Incident:
            raise StoreUnavailable("down")
        super().commit(*changes)


def test_a_history_that_cannot_be_written_does_not_take_the_text_back():
    world, incident = taken(store=NoHistory())
    assert isinstance(tap(world, incident), Sent) and len(replies(world)) == 1
