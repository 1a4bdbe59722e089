"""What was not sent is not lost: sealed, one's own, handed over with the thread, gone once it is sent."""

from __future__ import annotations

import pytest

from chalicelib.core.records import KeptDraft, Thread
from chalicelib.errors import NotFound
from chalicelib.flows.drafts import drop_draft, keep_draft, pass_on
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.sit_down import Seat, sit_down
from chalicelib.flows.write_reply import Draft, Sent, write_reply
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, a_patient, an_sms
from .office import an_open_office, clock, store, traces


def _office() -> World:
    world = an_open_office()
    a_patient(world)
    receive(world, an_sms("When?", at=world.clock()), inline=False)
    clock(world).advance(minutes=1)
    return world


def _seat(world: World, who: object = CAROL) -> Seat:
    assert who in (CAROL, ERIN)
    person = CAROL if who is CAROL else ERIN
    return sit_down(world, person, read_thread(world, person, "alice").behind, True)


def test_it_is_offered_again_to_its_writer_alone() -> None:
    world = _office()
    assert keep_draft(world, CAROL, "alice", "At thr", world.ids(world.clock()))
    [kept] = store(world).rows(KeptDraft)
    assert b"At thr" not in kept.sealed_text and kept.expires_at is not None
    assert _seat(world).draft == "At thr"
    assert _seat(world, ERIN).draft == ""


def test_many_pauses_are_one_line_in_the_trail() -> None:
    world = _office()
    form = world.ids(world.clock())
    for text in ("A", "At", "At three"):
        clock(world).advance(seconds=3)
        keep_draft(world, CAROL, "alice", text, form)
    assert _seat(world).draft == "At three"
    assert [action for _, action, _ in traces(world, "alice")].count("draft") == 1


def test_sending_takes_it_away_and_a_late_pause_does_not_bring_it_back() -> None:
    world = _office()
    form = world.ids(world.clock())
    keep_draft(world, CAROL, "alice", "At thr", form)
    thread = world.store.get(Thread, "alice")
    assert thread is not None
    assert isinstance(write_reply(world, CAROL, "alice", Draft("At three.", form, thread.last_at)), Sent)
    assert not store(world).rows(KeptDraft)
    assert not keep_draft(world, CAROL, "alice", "At thr", form)
    assert not store(world).rows(KeptDraft)


def test_emptied_or_dropped_it_is_gone() -> None:
    world = _office()
    for end in (lambda: keep_draft(world, CAROL, "alice", " ", world.ids(world.clock())), lambda: drop_draft(world, CAROL, "alice")):
        keep_draft(world, CAROL, "alice", "At thr", world.ids(world.clock()))
        end()
        assert not store(world).rows(KeptDraft)


def test_it_goes_over_with_the_thread_but_not_over_anothers_own() -> None:
    world = _office()
    keep_draft(world, CAROL, "alice", "At three", world.ids(world.clock()))
    assert pass_on(world, "alice", "carol", "erin")
    seat = _seat(world, ERIN)
    assert (seat.draft, seat.draft_by) == ("At three", "carol") and _seat(world).draft == ""
    keep_draft(world, CAROL, "alice", "At four", world.ids(world.clock()))
    assert not pass_on(world, "alice", "carol", "erin")
    assert (_seat(world).draft, _seat(world, ERIN).draft) == ("At four", "At three")


def test_another_program_keeps_nothing_here() -> None:
    world = _office()
    with pytest.raises(NotFound):
        keep_draft(world, DAN, "alice", "Hello", world.ids(world.clock()))
    assert not keep_draft(world, CAROL, "alice", "Hello", "not an id of ours")
    assert not store(world).rows(KeptDraft)
