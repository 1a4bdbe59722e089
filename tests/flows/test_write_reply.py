"""Answers: once, never past a newer text, never without permission."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.core.messages import Status
from chalicelib.core.permission import Leave, Wait
from chalicelib.core.records import Due, Thread, Update
from chalicelib.errors import NotFound
from chalicelib.flows import deliver
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.undo import SECONDS
from chalicelib.flows.write_reply import BadDraft, Draft, NewerText, Sent, WillNotLeave, no_answer_needed, write_reply
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, STRANGER_NUMBER, a_patient, an_sms
from .office import Meddling, an_open_office, clock, outgoing, store, traces


def _texts(world: World, body: str, number: str = "+13035550101") -> None:
    receive(world, an_sms(body, sender=number, at=world.clock()), inline=False)


def _seen(world: World, thread_id: str = "alice") -> datetime | None:
    thread = world.store.get(Thread, thread_id)
    return thread.last_at if thread else None


def _form(world: World, text: str, thread_id: str = "alice") -> Draft:
    return Draft(text, world.ids(world.clock()), _seen(world, thread_id))


def test_an_answer_is_queued_sealed_and_settles_the_thread() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "When?")
    clock(world).advance(minutes=1)
    draft = _form(world, "At three.")
    until = clock(world).now + timedelta(seconds=SECONDS)
    assert write_reply(world, CAROL, "alice", draft) == Sent(draft.form_id, Leave(), until=until)
    [row] = outgoing(world)
    assert (row.message_id, row.status, row.author, row.kind) == (draft.form_id, Status.QUEUED, "carol", "reply")
    assert b"At three." not in row.sealed_body
    assert [due.target for due in store(world).rows(Due) if due.kind == "deliver"] == [row.row]
    thread = world.store.get(Thread, "alice")
    assert thread is not None and thread.waiting_since is None and thread.unanswered == 0
    assert traces(world, "alice")[-1] == ("carol", "write", "done")


def test_a_double_click_is_one_text() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "When?")
    draft = _form(world, "At three.")
    first, second = write_reply(world, CAROL, "alice", draft), write_reply(world, CAROL, "alice", draft)
    assert isinstance(first, Sent) and not first.again
    assert isinstance(second, Sent) and second.again
    assert len(outgoing(world)) == 1


def test_the_same_form_once_more_after_it_left_is_still_one_text() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "When?")
    draft = _form(world, "At three.")
    write_reply(world, CAROL, "alice", draft)
    clock(world).advance(seconds=SECONDS)
    deliver.deliver(world, "alice", draft.form_id)
    clock(world).advance(minutes=10)
    assert isinstance(write_reply(world, CAROL, "alice", draft), Sent)
    assert len(world.carriers["twilio"].sent) == 1  # type: ignore[attr-defined]


def test_a_newer_text_is_shown_before_anything_leaves() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "When?")
    draft = _form(world, "At three.")
    clock(world).advance(minutes=1)
    _texts(world, "Never mind, I am in the hospital")
    outcome = write_reply(world, CAROL, "alice", draft)
    assert isinstance(outcome, NewerText)
    assert [each.body for each in outcome.newer] == ["Never mind, I am in the hospital"]
    assert not outgoing(world)


def test_a_colleagues_answer_is_shown_before_a_second_one_leaves() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "When?")
    hers, mine = _form(world, "At three."), _form(world, "At four.")
    clock(world).advance(minutes=1)
    write_reply(world, ERIN, "alice", hers)
    outcome = write_reply(world, CAROL, "alice", mine)
    assert isinstance(outcome, NewerText) and [each.body for each in outcome.newer] == ["At three."]
    assert len(outgoing(world)) == 1


@pytest.mark.parametrize("meanwhile", ["text", "colleague"])
def test_what_happens_between_reading_and_writing_is_seen_too(meanwhile: str) -> None:
    """The race itself: the other one commits after we read and before we write."""
    world = an_open_office()
    a_patient(world)
    _texts(world, "When?")
    mine, hers = _form(world, "At four."), _form(world, "At three.")
    clock(world).advance(minutes=1)

    def somebody() -> None:
        if meanwhile == "text":
            _texts(world, "Never mind")
        else:
            write_reply(world, ERIN, "alice", hers)

    raced = replace(world, store=Meddling(store(world), somebody))  # type: ignore[arg-type]
    outcome = write_reply(raced, CAROL, "alice", mine)
    assert isinstance(outcome, NewerText)
    assert mine.form_id not in [row.message_id for row in outgoing(world)]


def test_an_automatic_line_asks_nobody_again() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "When?")
    draft = _form(world, "At three.")
    world.store.commit(Update(Thread, ("alice",), set={"last_at": clock(world).now.replace(second=30)}))
    assert isinstance(write_reply(world, CAROL, "alice", draft), Sent)


def test_nobody_writes_into_another_program() -> None:
    world = an_open_office()
    a_patient(world)
    with pytest.raises(NotFound):
        write_reply(world, DAN, "alice", _form(world, "Hello"))
    assert not outgoing(world)
    assert traces(world, "alice") == [("dan", "write", "refused")]


def test_after_stop_nothing_is_queued() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "STOP")
    before = len(outgoing(world))
    clock(world).advance(minutes=1)
    assert write_reply(world, CAROL, "alice", _form(world, "Hello?")) == WillNotLeave("opted_out")
    assert len(outgoing(world)) == before


def test_without_consent_one_may_answer_but_not_begin() -> None:
    world = an_open_office()
    a_patient(world, consent={})
    assert write_reply(world, CAROL, "alice", _form(world, "Hello")) == WillNotLeave("no_consent")
    _texts(world, "Hello")
    assert isinstance(write_reply(world, CAROL, "alice", _form(world, "Hello!")), Sent)


def test_what_begins_at_night_waits_for_the_morning() -> None:
    world = an_open_office()
    a_patient(world)
    clock(world).advance(hours=11)  # 11 PM in Denver
    outcome = write_reply(world, CAROL, "alice", _form(world, "Hello"))
    assert isinstance(outcome, Sent) and isinstance(outcome.verdict, Wait)
    assert outgoing(world)[0].not_before == outcome.verdict.until


@pytest.mark.parametrize(
    ("text", "form_id", "why"),
    [
        (" \n ", None, "empty"),
        ("x" * 1601, None, "too_long"),
        ("Hello", "", "stale_form"),
        ("Hello", "../../etc/passwd/000000000", "stale_form"),
        ("Hello", "0" * 26, "stale_form"),
        ("Hello", "7" + "Z" * 25, "stale_form"),
    ],
)
def test_a_bad_draft_sends_nothing(text: str, form_id: str | None, why: str) -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "Hello")
    draft = _form(world, text)
    assert write_reply(world, CAROL, "alice", draft if form_id is None else replace(draft, form_id=form_id)) == BadDraft(why)
    assert not outgoing(world)


def test_an_unknown_number_can_be_answered() -> None:
    world = an_open_office()
    _texts(world, "Hello", STRANGER_NUMBER)
    thread_id = world.hasher.contact_id(STRANGER_NUMBER)
    draft = _form(world, "Who is this?", thread_id)
    assert isinstance(write_reply(world, ERIN, thread_id, draft), Sent)
    clock(world).advance(seconds=SECONDS)
    deliver.deliver(world, thread_id, draft.form_id)
    assert world.carriers["twilio"].sent[-1].recipient == STRANGER_NUMBER  # type: ignore[attr-defined]


def test_no_answer_needed_does_not_swallow_a_newer_text() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "Thanks")
    seen = _seen(world)
    clock(world).advance(minutes=1)
    _texts(world, "One more thing")
    assert not no_answer_needed(world, CAROL, "alice", seen)
    assert world.store.get(Thread, "alice").waiting_since is not None  # type: ignore[union-attr]
    assert no_answer_needed(world, CAROL, "alice", _seen(world))
    assert read_thread(world, CAROL, "alice").behind.thread.waiting_since is None
