"""After hours: said once per closed time, to words alone, and never where it would hurt, mislead or repeat itself (CR-5, T14)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core.clinic import read_clinic
from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import Contact, Message, Prompt, Thread, Update
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from tests.cast import STRANGER_NUMBER, a_patient, an_sms
from tests.fakes.world import CLINIC, a_world
from tests.flows.post import queued

DENVER = ZoneInfo("America/Denver")
WORDS = "can I come earlier on thursday"


def at(world, day, hour, minute=0):
    world.clock.now = datetime(2026, 3, day, hour, minute, tzinfo=DENVER)  # Tuesday is the 3rd


def at_night(**patient):
    world = a_world()
    a_patient(world, **patient)
    at(world, 3, 23)
    return world


def says(world, *bodies, **fields):
    for body in bodies:
        world.clock.advance(seconds=30)
        receive(world, an_sms(body, at=world.clock.now, **fields), inline=True)


def notices(world):
    return [row for row in world.store.rows(Message) if row.kind == Kind.CLOSED_NOTICE]


def sent(world):
    return [sms.body for sms in world.carriers["twilio"].sent]


def go(world):
    for row in notices(world):
        deliver(world, row.thread_id, row.message_id)


def test_it_says_when_somebody_reads_and_the_text_still_waits_for_a_person():
    world = at_night()
    says(world, WORDS)
    go(world)
    [body] = sent(world)
    assert body.startswith("Larkspur:") and "Wed 8:00 AM" in body and "988" in body and "911" in body and "Counseling" not in body
    assert world.store.get(Thread, "alice").unanswered == 1 and notices(world)[0].content_level == 0


def test_in_spanish():
    world = at_night(language="es")
    says(world, "puedo ir antes el jueves")
    go(world)
    assert "el miercoles a las 8:00 AM" in sent(world)[0]


def test_once_per_closed_time_and_again_in_the_next():
    world = at_night()
    says(world, WORDS, "and is parking free", "hello?")
    at(world, 4, 3)
    says(world, "are you there")
    assert len(notices(world)) == 1
    at(world, 4, 12)
    says(world, "hello")
    assert len(notices(world)) == 1  # open
    at(world, 4, 18)
    says(world, WORDS)
    assert len(notices(world)) == 2


def test_a_weekend_is_one_closed_time():
    world = a_world()
    a_patient(world)
    for day, hour in ((6, 18), (7, 9), (8, 23), (9, 7)):  # Friday evening to Monday before eight
        at(world, day, hour)
        says(world, WORDS)
    assert len(notices(world)) == 1


def test_every_night_of_a_week_and_not_only_the_first_three():
    world = a_world()
    a_patient(world)
    for day in (2, 3, 4, 5):
        at(world, day, 20)
        says(world, WORDS)
        go(world)
    assert len(sent(world)) == 4 and world.store.rows(Contact)[0].auto_sent == ()


@pytest.mark.parametrize(
    "body",
    ["Thank you so much", "thanks!!", "ok", "Okayyyy thanks", "gracias, buenas noches", "👍", "🙏❤️", "", "  ", "see you then", "Yes", "1", "C",
     "sounds good, have a good night"],
)
def test_t14_never_to_thanks_an_emoji_a_good_bye_or_nothing(body):
    world = at_night()
    says(world, body)
    assert notices(world) == []


@pytest.mark.parametrize("body", ["not ok", "no, I need to talk", "thanks but can we move it", "help me please with the form", "are you ok with 3 pm"])
def test_words_among_courtesies_are_words(body):
    world = at_night()
    says(world, body)
    assert len(notices(world)) == 1


def test_never_to_the_answer_to_an_open_question():
    world = at_night()
    now = world.clock.now
    asked = Prompt("p1", "alice", "visit", ("coming", "1"), now + timedelta(hours=2), now - timedelta(hours=1))
    contact_id = world.hasher.contact_id("+13035550101")
    world.store.commit(Update(Contact, (contact_id,), set={"prompt": asked}))
    says(world, "coming")
    assert notices(world) == []


@pytest.mark.parametrize("body", ["I took all my pills", "STOP", "HELP", "wrong number", "stop texting me", "you send too many texts"])
def test_never_to_a_crisis_nor_to_what_has_an_answer_of_its_own(body):
    world = at_night()
    says(world, body)
    assert notices(world) == []


def test_never_while_an_urgent_item_is_open():
    world = at_night()
    says(world, "I took all my pills", WORDS)
    assert notices(world) == []


def test_never_after_stop():
    world = at_night()
    says(world, "STOP", WORDS)
    assert notices(world) == []


def test_never_to_a_picture_or_a_number_that_is_nobodys_or_several_peoples():
    world = at_night()
    says(world, "look", media=1)
    says(world, WORDS, sender=STRANGER_NUMBER)
    a_patient(world, "bob", program="harbor")
    says(world, WORDS)
    assert notices(world) == []


def test_not_while_a_person_of_the_clinic_is_talking_with_them():
    world = at_night()
    deliver(world, "alice", queued(world, "I am here", author="carol").message_id)
    says(world, WORDS)
    assert notices(world) == []
    world.clock.advance(hours=1)
    says(world, WORDS)
    assert len(notices(world)) == 1


def test_t7_not_to_a_text_that_comes_late_and_never_once_we_are_open():
    world = at_night()
    receive(world, an_sms(WORDS, at=world.clock.now - timedelta(hours=1)), inline=True)
    assert notices(world) == []
    at(world, 4, 7, 50)
    says(world, WORDS)
    at(world, 4, 8, 1)
    go(world)
    assert sent(world) == [] and notices(world)[0].status == Status.REFUSED


def test_nothing_is_said_where_nobody_knows_when_we_open():
    program = {**CLINIC["program"][0], "hours": {}}
    world = a_world(clinic=read_clinic({**CLINIC, "program": [program]}))
    a_patient(world)
    says(world, WORDS)
    assert notices(world) == []
