"""People and numbers: a shared phone and its open question, a wrong number, HELP, a picture, a number that changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.core.messages import Kind, Status
from chalicelib.core.permission import stopped
from chalicelib.core.records import Contact, Message, Patient, Prompt, Put, Thread, Update
from chalicelib.flows import outbox
from tests.cast import ALICE_NUMBER, a_patient, an_sms

from .told import Story
from .town import Town

NEW_NUMBER = "+13035550102"


def contact_of(town: Town, number: str = ALICE_NUMBER) -> Contact:
    found = town.store.get(Contact, town.world.hasher.contact_id(number))
    assert found is not None
    return found


def a_question(town: Town, prompt_id: str = "q1", patient: str = "alice", program: str = "adult") -> None:
    """Queued, not sent yet."""
    now = town.clock.now
    asked = Prompt(prompt_id, patient, "checkin", ("1", "2"), now + timedelta(days=2), now)
    contact_id = town.world.hasher.contact_id(ALICE_NUMBER)
    letter = outbox.Letter(patient, program, contact_id, Kind.NOTICE, f"Reply 1 or 2 ({prompt_id})", patient_id=patient, prompt=asked, template="greeting")
    town.world.store.commit(*outbox.queue(town.world, letter, now))


def bob_and_an_open_question(town: Town) -> None:
    a_patient(town.world, "bob", program="harbor")
    a_question(town)
    town.stream()
    town.clock.advance(minutes=3)


def answers_one(town: Town) -> None:
    town.text(an_sms("1", at=town.clock.now))


def _answer_is_hers(town: Town) -> list[str]:
    rows = [row for row in town.store.rows(Message) if row.direction == "in"]
    wrong = [] if [(row.thread_id, row.meaning) for row in rows] == [("alice", "answer:checkin:1")] else ["the answer is not Alice's"]
    return wrong + (["the question is still open"] if contact_of(town).prompt else [])


def a_question_leaves(town: Town) -> None:
    town.stream()


def _asked_or_not(town: Town) -> list[str]:
    """A question that left is open; one that surely did not leave is not."""
    [row] = [row for row in town.store.rows(Message) if row.prompt is not None]
    sent, is_open = row.row in town.carriers["twilio"].by_row, contact_of(town).prompt is not None
    if sent and not is_open:
        return ["the question left and is not open"]
    refused = row.status in (Status.REFUSED, Status.FAILED_BLOCKED, Status.FAILED_OTHER)
    return ["the question never left and is open"] if is_open and refused and not sent else []


def wrong_number(town: Town) -> None:
    town.text(an_sms("Wrong number", at=town.clock.now))
    town.stream()


def _suppressed(town: Town) -> list[str]:
    wrong = [] if stopped(contact_of(town)) else ["the number is not suppressed"]
    if not any(thread.note for thread in town.store.rows(Thread)):
        wrong.append("nobody is asked to look")
    lines = len(town.phone(ALICE_NUMBER).got)
    return wrong + ([f"{lines} lines to a wrong number"] if lines > 2 else [])  # the fallback's own may come before


def asks_for_help(town: Town) -> None:
    town.text(an_sms("HELP", at=town.clock.now))
    town.stream()


def sends_a_picture(town: Town) -> None:
    town.text(an_sms("", at=town.clock.now, media=1))
    town.stream()


def _owed(town: Town) -> list[str]:
    return [] if any(thread.waiting_since for thread in town.store.rows(Thread)) else ["nobody owes an answer"]


def _reply_to_an_old_number(town: Town) -> None:
    now, world = town.clock.now, town.world
    letter = outbox.Letter("alice", "adult", world.hasher.contact_id(ALICE_NUMBER), Kind.REPLY, "See you at 3", "carol", "alice")
    world.store.commit(*outbox.queue(world, letter, now))
    new_id = world.hasher.contact_id(NEW_NUMBER)
    old = contact_of(town)
    world.store.commit(
        Put(replace(old, contact_id=new_id, version=1)),
        Update(Contact, (old.contact_id,), set={"patients": (), "version": old.version + 1}, expect={"version": old.version}),
        Update(Patient, ("alice",), set={"contact_id": new_id}),
    )


def _nobody_got_it(town: Town) -> list[str]:
    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.REPLY]
    sent = [] if row.row not in town.carriers["twilio"].by_row else ["a text left for a number that is hers no more"]
    told = any(thread.note == "not_sent" for thread in town.store.rows(Thread))
    return sent if told else [*sent, "nobody is told that it did not leave"]


def stream(town: Town) -> None:
    town.stream()


STORIES: tuple[Story, ...] = (
    Story("an answer on a shared phone", answers_one, bob_and_an_open_question, _answer_is_hers),
    Story("a question leaves", a_question_leaves, a_question, _asked_or_not),
    Story("a wrong number", wrong_number, after=_suppressed),
    Story("HELP", asks_for_help),
    Story("a picture", sends_a_picture, after=_owed),
    Story("a number that changed", stream, _reply_to_an_old_number, _nobody_got_it),
)
