"""Whose a thread is, on the page: lists, taking, handing on, closing with a reason, being away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ulid import ULID

from chalicelib.console import furnish
from chalicelib.core.records import Absence, Put, Thread
from chalicelib.core.staff import Staff
from chalicelib.flows.directory import Account
from chalicelib.flows.hand_over import come_back, leave
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, a_patient, an_sms
from ..fakes.keys import FakeKeys
from ..fakes.world import FakeClock, a_world
from .office import ADDRESS, Desk, FakeSignIn, text

SUE = Staff("sue", "supervisor", ("adult", "harbor"))
PEOPLE = (CAROL, DAN, ERIN, SUE)


class FakeDirectory:
    """The user pool's list of people."""

    def accounts(self) -> list[Account]:
        return [Account(each.staff_id, each.staff_id.title(), each.role, each.programs) for each in PEOPLE]


@pytest.fixture
def world() -> World:
    world = a_world(ids=lambda at: str(ULID.from_datetime(at)))
    a_patient(world)
    a_patient(world, "sam", "+13035550103")
    receive(world, an_sms("Hello", at=world.clock()), inline=False)
    people = {each.staff_id: each for each in PEOPLE}
    keys = FakeKeys(lambda: world)
    furnish(lambda: world, lambda: FakeSignIn(people), lambda: ADDRESS, lambda: FakeDirectory(), keys=lambda: keys)  # type: ignore[arg-type, return-value]
    return world


def at(who: Staff) -> Desk:
    desk = Desk()
    assert desk.sign_in(who.staff_id).status_code == 303
    return desk


def owner(world: World, thread_id: str = "alice") -> str:
    thread = world.store.get(Thread, thread_id)
    assert thread is not None
    return thread.owner


def later(world: World, **span: float) -> None:
    assert isinstance(world.clock, FakeClock)
    world.clock.advance(**span)


def test_the_row_says_by_when_and_who(world: World) -> None:
    carol = at(CAROL)
    assert "duty waiting under 1 min due in" in text(carol.get("/console/inbox"))
    carol.submit(carol.get("/console/threads/alice"), "/owner", do="me")
    assert "you yours waiting" in text(carol.get("/console/inbox"))
    assert "C Carol has it" in text(at(ERIN).get("/console/inbox"))


def test_late_is_said_in_words_and_comes_first(world: World) -> None:
    thread = world.store.get(Thread, "alice")
    assert thread is not None and thread.reply_by is not None
    later(world, seconds=(thread.reply_by - world.clock()).total_seconds() + 35 * 60)
    receive(world, an_sms("Hello", sender="+13035550103", at=world.clock()), inline=False)
    carol = at(CAROL)
    page = text(carol.get("/console/inbox"))
    assert "35 min late" in page and "Overdue 1" in page
    assert page.index("Alice") < page.index("Sam")
    late = text(carol.get("/console/inbox?show=overdue"))
    assert "Alice" in late and "Sam" not in late


def test_each_list_holds_what_it_says(world: World) -> None:
    carol = at(CAROL)
    receive(world, an_sms("Hello", sender="+13035550103", at=world.clock()), inline=False)
    carol.submit(carol.get("/console/threads/alice"), "/owner", do="me")
    assert "Alice" in text(carol.get("/console/inbox?show=mine")) and "Sam" not in text(carol.get("/console/inbox?show=mine"))
    assert "Sam" in text(carol.get("/console/inbox?show=nobody")) and "Alice" not in text(carol.get("/console/inbox?show=nobody"))
    assert "Alice" in text(carol.get("/console/inbox?show=no-such-list"))


def test_it_is_handed_to_a_colleague_of_the_program_and_to_nobody_else(world: World) -> None:
    carol = at(CAROL)
    carol.submit(carol.get("/console/threads/alice"), "/owner", do="me")
    page = carol.get("/console/threads/alice/hand-over")
    assert 'value="erin"' in page.body.decode() and 'value="dan"' not in page.body.decode()
    assert carol.submit(page, "/owner", do="give", to="dan").status_code == 400
    assert carol.submit(page, "/owner", do="give", to="").status_code == 400
    assert owner(world) == "carol"
    leave(world, ERIN, "erin", "carol")
    assert "Erin (away: Carol covers)" in text(carol.get("/console/threads/alice/hand-over"))
    come_back(world, ERIN, "erin")
    assert "Handed over." in text(carol.follow(carol.submit(page, "/owner", do="give", to="erin")))
    assert owner(world) == "erin"
    assert "You gave it to Erin" in text(carol.get("/console/threads/alice"))
    assert at(DAN).get("/console/threads/alice/hand-over").status_code == 404


def test_two_who_take_it_are_told_who_was_first(world: World) -> None:
    carol, erin = at(CAROL), at(ERIN)
    seen = erin.get("/console/threads/alice")
    carol.submit(carol.get("/console/threads/alice"), "/owner", do="me")
    assert "Somebody else changed whose it is" in text(erin.follow(erin.submit(seen, "/owner", do="me")))
    assert owner(world) == "carol"


def test_closing_asks_why_and_a_new_text_brings_it_back(world: World) -> None:
    carol = at(CAROL)
    page = carol.get("/console/threads/alice")
    assert "Say why it needs none" in text(carol.follow(carol.submit(page, "/close", why="")))
    assert "Say why" in text(carol.follow(carol.submit(page, "/close", why="made-up")))
    done = carol.follow(carol.submit(page, "/close", why="answered_by_phone"))
    assert "You closed it: answered by phone" in text(done)
    assert "Nobody waits" in text(carol.get("/console/inbox")) and "Alice" not in text(carol.get("/console/inbox"))
    assert "Alice Closed: answered by phone" in text(carol.get("/console/inbox?show=closed"))
    later(world, minutes=3)
    receive(world, an_sms("One more thing", at=world.clock()), inline=False)
    assert "Alice" in text(carol.get("/console/inbox"))


def test_closing_loses_to_a_text_that_came_in_meanwhile(world: World) -> None:
    carol = at(CAROL)
    page = carol.get("/console/threads/alice")
    later(world, minutes=1)
    receive(world, an_sms("Wait", at=world.clock()), inline=False)
    assert "A newer text came in" in text(carol.follow(carol.submit(page, "/close", why="no_answer_needed")))
    thread = world.store.get(Thread, "alice")
    assert thread is not None and thread.closed_at is None and thread.waiting_since is not None


def test_opened_again_by_hand(world: World) -> None:
    carol = at(CAROL)
    closed = carol.follow(carol.submit(carol.get("/console/threads/alice"), "/close", why="no_answer_needed"))
    assert "You opened it again" in text(carol.follow(carol.submit(closed, "/reopen")))


def test_leaving_says_what_goes_over_and_who_covers(world: World) -> None:
    carol, erin = at(CAROL), at(ERIN)
    carol.submit(carol.get("/console/threads/alice"), "/owner", do="me")
    page = carol.get("/console/away")
    assert "1 thread of yours 1 of them owe an answer" in text(page)
    assert 'value="dan"' not in page.body.decode()  # could not open what goes over
    assert carol.submit(page, "/away", do="leave", cover="dan").status_code == 400
    left = carol.follow(carol.submit(page, "/away", do="leave", cover="erin", until="2026-03-09"))
    assert "Covered by Erin" in text(left) and owner(world) == "erin"
    assert "You are away since" in text(carol.get("/console/inbox"))
    assert "You cover for Carol" in text(erin.get("/console/inbox"))
    assert "Welcome back" in text(carol.follow(carol.submit(left, "/away", do="back")))
    assert owner(world) == "carol"
    assert "You cover" not in text(erin.get("/console/inbox"))


def test_a_supervisor_says_it_for_somebody_and_a_clinician_does_not(world: World) -> None:
    carol = at(CAROL)
    carol.submit(carol.get("/console/threads/alice"), "/owner", do="me")
    assert at(ERIN).get("/console/away?of=carol").status_code == 404
    sue = at(SUE)
    sue.submit(sue.get("/console/away?of=carol"), "/away", do="leave", cover="erin")
    assert owner(world) == "erin"
    assert at(ERIN).post("/console/away", {"of": "carol", "do": "back"}).status_code == 403


def test_a_list_kept_at_hand_is_there_and_goes_again(world: World) -> None:
    erin = at(ERIN)
    page = erin.get("/console/inbox?program=harbor&show=overdue")
    kept = erin.follow(erin.submit(page, "/keep", do="keep"))
    assert "Harbor: Overdue" in text(kept)
    assert "Harbor: Overdue" not in text(erin.follow(erin.submit(kept, "/keep", do="drop")))
    csrf = {"csrf": page.body.decode().split('name="csrf" value="')[1].split('"')[0], "show": "mine"}
    assert erin.post("/console/inbox/keep", {**csrf, "program": "of others", "do": "keep"}).status_code == 404


def test_rows_closer_together_is_remembered_by_the_browser(world: World) -> None:
    carol = at(CAROL)
    page = carol.get("/console/inbox")
    assert 'class="compact"' not in page.body.decode()
    carol.submit(page, "/density", to="compact")
    assert '<html lang="en" class="compact">' in carol.get("/console/inbox").body.decode()


def test_an_absence_that_is_over_is_nobodys_banner(world: World) -> None:
    since = world.clock() - timedelta(days=9)
    world.store.commit(Put(Absence("carol", "erin", "back", since, "carol")))
    assert "cover" not in text(at(ERIN).get("/console/inbox")).lower()


def test_who_shares_no_program_covers_for_nobody(world: World) -> None:
    page = at(CAROL).get("/console/away").body.decode()  # she owns nothing
    assert 'value="erin"' in page and 'value="dan"' not in page
