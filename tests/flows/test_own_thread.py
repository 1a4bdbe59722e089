"""Nothing is nobody's: owners, closing with a reason, and a new text that always wins."""

from __future__ import annotations

import pytest

from chalicelib.core.records import AuditEntry, Thread
from chalicelib.errors import NotFound
from chalicelib.flows.own_thread import MOST_TURNS, OwesAnAnswer, close, give_to, reopen
from chalicelib.flows.receive_sms import receive
from tests.cast import CAROL, DAN, a_patient, an_sms
from tests.fakes.world import a_world


@pytest.fixture
def world():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("hello", at=world.clock()), inline=True)
    return world


def thread(world):
    return world.store.get(Thread, "alice")


def test_a_thread_is_taken_handed_on_and_given_back(world):
    assert give_to(world, CAROL, "alice", "carol", "")
    assert thread(world).owner == "carol"
    assert give_to(world, CAROL, "alice", "erin", "carol")
    assert give_to(world, CAROL, "alice", "", "erin")
    assert thread(world).owner == ""
    assert [e.action for e in world.store.rows(AuditEntry)].count("assign") == 3


def test_two_people_who_take_the_same_thread_do_not_both_get_it(world):
    assert give_to(world, CAROL, "alice", "carol", "")
    assert not give_to(world, CAROL, "alice", "erin", "")
    assert thread(world).owner == "carol"


def test_a_person_of_another_program_cannot_take_it(world):
    with pytest.raises(NotFound):
        give_to(world, DAN, "alice", "dan", "")
    assert thread(world).owner == ""


def test_closing_a_thread_that_owes_an_answer_asks_why(world):
    with pytest.raises(OwesAnAnswer):
        close(world, CAROL, "alice", thread(world).last_at)
    assert close(world, CAROL, "alice", thread(world).last_at, "answered_by_phone")
    closed = thread(world)
    assert (closed.closed_at, closed.closed_why, closed.waiting_since, closed.reply_by) == (world.clock(), "answered_by_phone", None, None)


def test_a_reason_nobody_knows_is_refused(world):
    with pytest.raises(KeyError):
        close(world, CAROL, "alice", thread(world).last_at, "because")


def test_closing_loses_against_a_text_that_came_in_meanwhile(world):
    seen = thread(world).last_at
    world.clock.advance(seconds=1)
    receive(world, an_sms("one more thing", at=world.clock()), inline=True)
    assert not close(world, CAROL, "alice", seen, "no_answer_needed")
    assert thread(world).closed_at is None and thread(world).waiting_since is not None


def test_a_new_text_opens_a_closed_thread_again_and_starts_its_clock(world):
    close(world, CAROL, "alice", thread(world).last_at, "no_answer_needed")
    world.clock.advance(hours=1)
    receive(world, an_sms("hello again", at=world.clock()), inline=True)
    opened = thread(world)
    assert opened.closed_at is None and opened.closed_why == ""
    assert opened.waiting_since == world.clock() and opened.reply_by > world.clock()


def test_a_thread_taken_out_again_by_hand(world):
    close(world, CAROL, "alice", thread(world).last_at, "no_answer_needed")
    reopen(world, CAROL, "alice")
    assert thread(world).closed_at is None


def test_an_unsent_draft_goes_over_with_its_thread(world):
    from chalicelib.core.records import KeptDraft, Put

    give_to(world, CAROL, "alice", "carol", "")
    world.store.commit(Put(KeptDraft("alice", "carol", "d1", "alice", "adult", b"sealed", world.clock())))
    give_to(world, CAROL, "alice", "erin", "carol")
    assert world.store.get(KeptDraft, "alice", "erin").sealed_text == b"sealed"
    assert world.store.get(KeptDraft, "alice", "carol") is None


def test_years_of_taking_and_closing_do_not_make_an_inbox_heavy(world):
    """The summary is read with every inbox and written, with three indexes, with every text: it was to carry all of them."""
    for day in range(MOST_TURNS):
        world.clock.advance(days=1)
        give_to(world, CAROL, "alice", "carol", thread(world).owner)
        close(world, CAROL, "alice", thread(world).last_at, "answered_by_phone")
        assert len(thread(world).turns) <= MOST_TURNS, day
    assert [each.what for each in thread(world).turns[-4:]] == ["assigned", "closed"] * 2
    assert thread(world).turns[-1].at == world.clock()
    assert len([e for e in world.store.rows(AuditEntry) if e.action in ("assign", "close")]) == 2 * MOST_TURNS  # the trail has all
