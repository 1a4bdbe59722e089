"""A time that a person chose: inside safe hours, with permission asked again; and one text above the level, with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core.messages import Status
from chalicelib.core.permission import Leave, Refuse, may_leave
from chalicelib.core.records import Contact, Message, Patient, Put, Setting, Thread, Update
from chalicelib.flows import tick
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.send_later import NotThen, read_local
from chalicelib.flows.snippets import known_snippets, level_of
from chalicelib.flows.undo import TakenBack, undo
from chalicelib.flows.write_reply import AboveLevel, Draft, Outcome, Sent, WillNotLeave, write_reply
from chalicelib.ports import World

from ..cast import CAROL, ERIN, STRANGER_NUMBER, a_patient, an_sms
from ..fakes.world import FakeCarrier, FakeLater
from .office import an_open_office, clock, traces

DENVER = ZoneInfo("America/Denver")


def _office(**fields: object) -> World:
    world = an_open_office()
    a_patient(world, **fields)
    receive(world, an_sms("When?", at=world.clock()), inline=False)
    clock(world).advance(minutes=1)
    return world


def _write(world: World, at: datetime | None = None, **fields: object) -> Outcome:
    thread = world.store.get(Thread, "alice")
    assert thread is not None
    draft = Draft("See you.", world.ids(world.clock()), thread.last_at, at)
    return write_reply(world, CAROL, "alice", replace(draft, **fields))  # type: ignore[arg-type]


def _at(world: World, hours: float) -> datetime:
    return world.clock() + timedelta(hours=hours)


def _left(world: World) -> int:
    carrier = world.carriers["twilio"]
    assert isinstance(carrier, FakeCarrier)
    return len(carrier.sent)


def test_it_waits_for_its_time_in_the_list_and_leaves_with_the_tick() -> None:
    world = _office()
    at = _at(world, 3)
    assert isinstance(_write(world, at), Sent)
    assert isinstance(world.later, FakeLater) and not world.later.woken  # a queue waits fifteen minutes at most
    assert [row.not_before for row in read_thread(world, CAROL, "alice").behind.planned] == [at]
    clock(world).now = at - timedelta(seconds=1)
    tick.tick(world)
    assert _left(world) == 0
    clock(world).now = at
    tick.tick(world)
    assert _left(world) == 1
    assert not read_thread(world, CAROL, "alice").behind.planned


def test_a_colleague_can_cancel_it_and_the_thread_waits_again() -> None:
    world = _office()
    _write(world, _at(world, 3))
    [row] = read_thread(world, ERIN, "alice").behind.planned
    assert undo(world, ERIN, "alice", row.message_id) == TakenBack("See you.")
    behind = read_thread(world, ERIN, "alice").behind
    assert not behind.planned and behind.thread.waiting_since is not None
    clock(world).advance(hours=4)
    tick.tick(world)
    assert _left(world) == 0


@pytest.mark.parametrize(
    ("hours", "why"), [(0, "past"), (-3, "past"), (24 * 61, "far"), (10, "safe_hours")], ids=["now", "past", "far", "night"]
)
def test_a_time_that_will_not_do_is_explained(hours: float, why: str) -> None:
    world = _office()
    outcome = _write(world, _at(world, hours))
    assert isinstance(outcome, NotThen) and outcome.why == why
    if why == "safe_hours":
        assert outcome.next_safe == datetime(2026, 3, 4, 9, tzinfo=DENVER)


def test_the_patients_own_hours_decide() -> None:
    world = _office(safe_hours={"wed": "10:00-12:00"})
    outcome = _write(world, _at(world, 3))
    assert outcome == NotThen("safe_hours", datetime(2026, 3, 4, 10, tzinfo=DENVER))


def test_what_is_no_answer_any_more_needs_consent_to_begin() -> None:
    world = _office(consent={})
    assert isinstance(_write(world, _at(world, 3)), Sent)
    assert _write(world, _at(world, 26)) == WillNotLeave("no_consent")


def test_permission_is_asked_again_when_it_leaves() -> None:
    world = _office()
    outcome = _write(world, _at(world, 3))
    assert isinstance(outcome, Sent)
    receive(world, an_sms("STOP", at=world.clock()), inline=False)
    clock(world).advance(hours=3)
    tick.tick(world)
    row = world.store.get(Message, "alice", outcome.message_id)
    assert row is not None and (row.status, row.status_reason) == (Status.REFUSED, "opted_out")


def test_a_field_without_a_zone_is_read_on_their_clock() -> None:
    assert read_local("2026-03-04T09:30", DENVER) == datetime(2026, 3, 4, 9, 30, tzinfo=DENVER)
    assert read_local("9999-12-31T23:00", DENVER) is None  # after all years in UTC
    assert read_local("tomorrow", DENVER) is None and read_local("2026-03-04T09:30+00:00", DENVER) is None


def test_above_the_level_a_reason_is_asked_for_and_kept() -> None:
    world = _office()
    assert _write(world, snippets=("refill",)) == AboveLevel(2, 0)
    assert _write(world, snippets=("refill",), above_level="because") == AboveLevel(2, 0)
    assert isinstance(_write(world, snippets=("refill",), above_level="agreed_now"), Sent)
    assert traces(world, "alice")[-1] == ("carol", "write", "above_level:agreed_now")
    clock(world).advance(minutes=1)
    tick.tick(world)
    assert _left(world) == 1


def _above(world: World) -> tuple[Message, Contact, Patient]:
    outcome = _write(world, snippets=("refill",), above_level="safety")
    assert isinstance(outcome, Sent)
    row = world.store.get(Message, "alice", outcome.message_id)
    patient = world.store.get(Patient, "alice")
    assert row is not None and patient is not None
    contact = world.store.get(Contact, patient.contact_id)
    assert contact is not None
    return row, contact, patient


def test_it_is_that_one_text_of_that_person_and_no_other() -> None:
    world = _office(content_level=1)
    row, contact, patient = _above(world)
    zone, now = world.clinic.zone, world.clock()
    no = Refuse("content_level")
    assert may_leave(row, contact, patient, zone, now) == Leave()
    assert may_leave(row, contact, replace(patient, content_level=0), zone, now) == no  # lowered since: texts fail closed
    assert may_leave(replace(row, author="auto"), contact, patient, zone, now) == no
    assert may_leave(replace(row, above_level="any"), contact, patient, zone, now) == no
    assert may_leave(replace(row, kind="notice"), contact, patient, zone, now) == no


def test_a_number_of_nobody_hears_no_more_than_anybody_may() -> None:
    world = an_open_office()
    receive(world, an_sms("Hello", STRANGER_NUMBER, at=world.clock()), inline=False)
    thread_id = world.hasher.contact_id(STRANGER_NUMBER)
    thread = world.store.get(Thread, thread_id)
    assert thread is not None
    draft = Draft("Refill.", world.ids(world.clock()), thread.last_at, snippets=("refill",), above_level="safety")
    assert write_reply(world, ERIN, thread_id, draft) == WillNotLeave("content_level")


def test_administrators_words_lie_over_the_file_and_an_unknown_one_is_the_most() -> None:
    world = _office()
    world.store.commit(Put(Setting("snippet", "got_it.en", 1, {"body": "Thank you!", "level": "1"})))
    world.store.commit(Put(Setting("snippet", "refill.en", 1, {"off": "yes"})))
    known = known_snippets(world)
    assert (known["got_it", "en"].body, known["got_it", "en"].level) == ("Thank you!", 1)
    assert known["got_it", "es"].level == 0 and ("refill", "en") not in known
    assert level_of(world, ("call_me",)) == 0 and level_of(world, ("call_me", "no_such")) == 2
    world.store.commit(Update(Patient, ("alice",), set={"content_level": 2}))
    assert isinstance(_write(world, snippets=("no_such",)), Sent)
