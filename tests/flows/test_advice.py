"""The check of words beside who writes: a level is a lock with a reason, the rest is said once and goes; danger waits for nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core.messages import Kind
from chalicelib.core.records import Incident, Message, Patient, Roster, Task, Tasks, Thread, Update
from chalicelib.core.word_lint import Finding
from chalicelib.errors import OpenFailed
from chalicelib.flows import advice, desk_tasks, outbox, stale_words
from chalicelib.flows.deliver import deliver
from chalicelib.flows.look_ahead import ask
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from chalicelib.flows.write_reply import AboveLevel, Draft, LookOnce, Outcome, Sent, write_reply
from chalicelib.ports import SealContext, World

from ..cast import ALICE_NUMBER, CAROL, STRANGER_NUMBER, a_patient, an_sms
from ..fakes.world import FakeClock
from .office import an_open_office, clock, outgoing, store, traces
from .post import a_letter


def _office(number: str = ALICE_NUMBER, **fields: object) -> World:
    world = an_open_office()
    a_patient(world, **fields)
    receive(world, an_sms("When?", sender=number, at=world.clock()), inline=False)
    clock(world).advance(minutes=1)
    return world


def _write(world: World, text: str, thread_id: str = "alice", **fields: object) -> Outcome:
    thread = world.store.get(Thread, thread_id)
    assert thread is not None
    return write_reply(world, CAROL if thread.program == "adult" else replace(CAROL, programs=("adult", "unmatched")), thread_id,
                       replace(Draft(text, world.ids(world.clock()), thread.last_at), **fields))  # type: ignore[arg-type]


def _rules(outcome: Outcome) -> list[str]:
    assert isinstance(outcome, LookOnce), outcome
    return [each.rule for each in outcome.found]


def test_txt_4_words_above_the_level_are_a_lock_and_a_reason_is_kept() -> None:
    world = _office()
    assert _write(world, "See you at therapy") == AboveLevel(2, 0, "therapy")
    assert _write(world, "See you at Larkspur Counseling") == AboveLevel(1, 0, "Larkspur Counseling")
    assert _write(world, "See you at therapy", above_level="because") == AboveLevel(2, 0, "therapy")
    assert isinstance(_write(world, "See you at therapy", above_level="patient_asked"), Sent)
    [row] = outgoing(world)
    assert (row.content_level, row.above_level) == (2, "patient_asked")
    assert traces(world, "alice")[-1] == ("carol", "write", "above_level:patient_asked")
    clock(world).advance(minutes=1)
    deliver(world, "alice", row.message_id)
    assert len(world.carriers["twilio"].sent) == 1  # type: ignore[attr-defined]


def test_who_allows_more_is_written_to_without_a_question() -> None:
    assert isinstance(_write(_office(content_level=2), "See you at therapy"), Sent)


def test_a_number_of_nobody_is_written_to_with_a_reason_too() -> None:
    world = _office(STRANGER_NUMBER)
    stranger = world.hasher.contact_id(STRANGER_NUMBER)
    assert _write(world, "Come to the clinic", stranger) == AboveLevel(1, 0, "clinic")
    assert isinstance(_write(world, "Come to the clinic", stranger, above_level="safety"), Sent)
    assert traces(world, stranger)[-1][2] == "above_level:safety"
    clock(world).advance(minutes=1)
    [row] = [each for each in outgoing(world, stranger) if each.author == "carol"]
    deliver(world, stranger, row.message_id)
    assert [each.body for each in world.carriers["twilio"].sent] == ["Come to the clinic"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "rules"),
    [("Reply CANCEL if not", ["opt_out"]), ("See bit.ly/x or text END", ["opt_out", "shortener"]), ("Are you ok right now?", ["monitoring"]),
     ("Stay clean, see bit.ly/x, reply STOP to cancel it", ["opt_out", "shortener"])],
)  # fmt: skip
def test_what_is_grave_is_said_once_two_lines_at_most_and_then_it_goes(text: str, rules: list[str]) -> None:
    world = _office()
    assert _rules(_write(world, text)) == rules
    assert not outgoing(world)
    again = _write(world, text, advised=("opt_out", "shortener", "monitoring", "stigma"))
    assert isinstance(again, Sent)


def test_what_is_only_dear_or_hard_to_read_keeps_nothing_back() -> None:
    assert isinstance(_write(_office(), "Administrative documentation necessitates additional clarification. " * 9), Sent)


def test_n7_another_patient_by_whole_name_is_seen_and_names_are_opened_only_where_one_may_stand() -> None:
    world = _office()
    known = world.store.get(Roster, "adult")
    assert known is not None
    sealed = world.vault.seal(SealContext("roster", "adult", "roster"), "adult", json.dumps({"alice": "Alice Reed", "bea": "Bea Stone"}))
    world.store.commit(Update(Roster, ("adult",), set={"sealed_names": sealed}))
    assert isinstance(_write(world, "see you at three"), Sent)
    assert traces(world, "roster#adult") == []
    assert _rules(_write(world, "Bea Stone will see you")) == ["other_name"]
    assert traces(world, "roster#adult") == [("carol", "read_names", "done")]
    assert isinstance(_write(world, "Thanks, Alice Reed"), Sent)
    found = _write(_with_level(world, 2), "Alice, therapy is at 3", above_level="")
    assert _rules(found) == ["preview"]


def _with_level(world: World, level: int) -> World:
    world.store.commit(Update(Patient, ("alice",), set={"content_level": level}))
    return world


def test_a_roster_that_does_not_open_keeps_nobody_from_writing() -> None:
    world = _office()

    class Shut:
        def open(self, context: SealContext, *_: object) -> str:
            raise OpenFailed(context.kind)

        def __getattr__(self, name: str) -> object:
            return getattr(world.vault, name)

    shut = replace(world, vault=Shut())  # type: ignore[arg-type]
    assert isinstance(_write(shut, "Bea Stone will see you"), Sent)


def test_who_talks_with_somebody_in_danger_is_not_held_up() -> None:
    world = _office()
    receive(world, an_sms("I want to kill myself", at=world.clock()), inline=False)
    assert store(world).rows(Incident)
    assert isinstance(_write(world, "Are you safe right now? Reply YES"), Sent)


def test_while_one_types_two_lines_stand_beside_the_field() -> None:
    world = _office()
    found = advice.while_typing(world, CAROL, "alice", "Your therapy: reply END or see bit.ly/x")
    assert [each.rule for each in found] == ["level", "opt_out"]
    assert advice.while_typing(world, CAROL, "alice", "See you at three") == ()
    assert found[0] == Finding("level", "therapy", "Says more than they allow: therapy.")


# --- only approved words leave by themselves -----------------------------------------------------------------------


def test_n8_automatic_words_that_nobody_approved_are_not_queued_and_counted() -> None:
    world = _office()
    letter = a_letter(world, "anything", kind=Kind.REMINDER, author="auto", template="visit_surprise")
    assert outbox.queue(world, letter, world.clock()) == ()
    assert world.journal.counts["template_not_approved"] == 1  # type: ignore[attr-defined]
    assert outbox.queue(world, replace(letter, template="visit_confirm"), world.clock())
    assert outbox.queue(world, replace(letter, kind=Kind.CRISIS_ANSWER), world.clock())  # N2: danger asks no table
    assert outbox.queue(world, replace(letter, author="carol"), world.clock())  # a person's own words


# --- the service's own words grow old ------------------------------------------------------------------------------

MONDAY_NINE = datetime(2027, 2, 22, 16, 0, tzinfo=UTC)  # nine in Denver; the files were last held against their sources in November


@pytest.mark.parametrize(
    ("now", "told"),
    [(MONDAY_NINE, True), (MONDAY_NINE + timedelta(hours=1), False), (MONDAY_NINE + timedelta(days=1), False), (MONDAY_NINE - timedelta(days=28), False)],
    ids=["a Monday at nine", "an hour later", "a Tuesday", "while nothing is old"],
)  # fmt: skip
def test_res_2_owners_are_told_before_words_are_ninety_days_old(now: datetime, told: bool) -> None:
    world = an_open_office(clock=FakeClock(now))
    ask(world)
    tick(world)
    tick(world)
    kinds = {row.program: [each.kind for each in row.items] for row in store(world).rows(Tasks)}
    assert kinds == ({program: ["stale_words"] for program in world.clinic.programs} if told else {})


def test_one_open_line_is_enough_and_a_hundred_and_eighty_days_are_said() -> None:
    world = an_open_office(clock=FakeClock(MONDAY_NINE + timedelta(days=120)))
    world.store.commit(desk_tasks.add("adult", Task("t1", "stale_words", "", "service", world.clock(), world.clock())))
    stale_words.tell(world)
    rows = {row.program: row.items for row in store(world).rows(Tasks)}
    assert len(rows["adult"]) == 1 and [each.about for each in rows["harbor"]] == ["180"]
    assert not store(world).rows(Message)
