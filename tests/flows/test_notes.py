"""Notes between colleagues: sealed, never sent, and a call for somebody until they have looked."""

from __future__ import annotations

import pytest

from chalicelib.core.permission import Refuse, may_leave
from chalicelib.core.records import ForYou, Message, Thread
from chalicelib.errors import NotFound
from chalicelib.flows.deliver import deliver
from chalicelib.flows.directory import Account
from chalicelib.flows.notes import BadNote, Noted, asked_to_look, names_in, write_note
from chalicelib.flows.read_inbox import read_inbox
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.sit_down import sit_down
from chalicelib.flows.write_reply import Draft, Sent, write_reply
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, a_patient, an_sms
from ..fakes.world import FakeCarrier
from .office import an_open_office, clock, store, traces

TEAM = tuple(Account(name, name.title(), "clinician", programs) for name, programs in
             (("carol", ("adult",)), ("erin", ("adult", "harbor")), ("dan", ("harbor",))))


def _office() -> World:
    world = an_open_office()
    a_patient(world)
    receive(world, an_sms("When?", at=world.clock()), inline=False)
    clock(world).advance(minutes=1)
    return world


def _note(world: World, text: str) -> Noted | BadNote:
    return write_note(world, CAROL, "alice", text, world.ids(world.clock()), TEAM)


def test_a_note_is_sealed_read_by_the_team_and_settles_nothing() -> None:
    world = _office()
    before = world.store.get(Thread, "alice")
    assert isinstance(_note(world, "Her mother reads this phone."), Noted)
    after = world.store.get(Thread, "alice")
    assert before and after and (after.waiting_since, after.last_at) == (before.waiting_since, before.last_at)
    [row] = [row for row in store(world).rows(Message) if row.kind == "note"]
    assert b"mother" not in row.sealed_body and row.direction == "note"
    assert [each.body for each in read_thread(world, ERIN, "alice").messages] == ["When?", "Her mother reads this phone."]
    assert ("carol", "note", "done") in traces(world, "alice")


def test_no_note_ever_leaves() -> None:
    world = _office()
    said = _note(world, "Careful.")
    assert isinstance(said, Noted)
    clock(world).advance(minutes=5)
    deliver(world, "alice", said.message_id)
    carrier = world.carriers["twilio"]
    assert isinstance(carrier, FakeCarrier) and not carrier.sent
    row = world.store.get(Message, "alice", said.message_id)
    assert row is not None
    assert may_leave(row, None, None, world.clinic.zone, world.clock()) == Refuse("unknown_kind")


def test_the_same_form_is_one_note_and_another_program_finds_nothing() -> None:
    world = _office()
    form = world.ids(world.clock())
    for _ in range(2):
        assert isinstance(write_note(world, CAROL, "alice", "Once @erin", form, TEAM), Noted)
    assert len([row for row in store(world).rows(Message) if row.kind == "note"]) == 1
    assert len(store(world).rows(ForYou)[0].items) == 1
    with pytest.raises(NotFound):
        write_note(world, DAN, "alice", "Hello", world.ids(world.clock()), TEAM)


def test_who_is_named_is_asked_until_they_look() -> None:
    world = _office()
    assert _note(world, "@Erin please look, @dan too. Not me@erin.org") == Noted(
        next(row for row in store(world).rows(Message) if row.kind == "note").message_id, ("erin",), ("dan",)
    )
    inbox = read_inbox(world, ERIN, "adult")
    assert inbox is not None and inbox.mentions == {"alice"}
    assert read_inbox(world, ERIN, "adult", inbox.mark) is None
    sit_down(world, ERIN, read_thread(world, ERIN, "alice").behind, False)
    assert not asked_to_look(world.store.get(ForYou, "erin"))
    again = read_inbox(world, ERIN, "adult", inbox.mark)
    assert again is not None and not again.mentions


def test_a_call_to_a_quiet_thread_is_found_too() -> None:
    world = an_open_office()
    a_patient(world)
    _note(world, "@erin look")
    inbox = read_inbox(world, ERIN, "adult")
    assert inbox is not None and [thread.thread_id for thread in inbox.recent] == ["alice"]


def test_a_first_name_is_enough_while_there_is_one() -> None:
    team = ("erin.lopez", "carol.a", "carol.b")
    assert names_in("@erin and @carol and @carol.b", team) == (("erin.lopez", "carol.b"), ("carol",))


@pytest.mark.parametrize(("text", "why"), [(" ", "empty"), ("x" * 1601, "too_long")])
def test_a_bad_note_keeps_nothing(text: str, why: str) -> None:
    assert _note(_office(), text) == BadNote(why)


def test_a_note_does_not_stop_an_answer() -> None:
    world = _office()
    thread = world.store.get(Thread, "alice")
    assert thread is not None
    _note(world, "I will answer this.")
    assert isinstance(write_reply(world, CAROL, "alice", Draft("At three.", world.ids(world.clock()), thread.last_at)), Sent)
