"""Two people on one thread see each other; an open page asks cheaply."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.core.records import Presence
from chalicelib.core.staff import Staff
from chalicelib.flows.notes import write_note
from chalicelib.flows.presence import FRESH, LIVES
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.sit_down import News, look_up, sit_down
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, a_patient, an_sms
from .office import Meddling, an_open_office, clock, store, traces


def _office() -> World:
    world = an_open_office()
    a_patient(world)
    receive(world, an_sms("When?", at=world.clock()), inline=False)
    return world


def _open(world: World, who: Staff) -> tuple[str, ...]:
    return sit_down(world, who, read_thread(world, who, "alice").behind, False).others


def _poll(world: World, who: Staff, there: str = "") -> News | None:
    thread = read_thread(world, CAROL, "alice").behind.thread
    return look_up(world, who, "alice", thread.last_at, thread.noted_at, there)


def test_the_second_sees_the_first_and_the_first_is_told() -> None:
    world = _office()
    assert _open(world, CAROL) == ()
    assert _open(world, ERIN) == ("carol",)
    assert _poll(world, CAROL) == News(False, ("erin",))
    assert _poll(world, CAROL, "erin") is None


def test_who_left_is_gone_after_a_while() -> None:
    world = _office()
    _open(world, ERIN)
    clock(world).advance(seconds=LIVES.total_seconds())
    assert _open(world, CAROL) == ()


def test_an_open_page_writes_only_when_its_mark_is_due() -> None:
    world = _office()
    _open(world, CAROL)
    [first] = store(world).rows(Presence)
    for _ in range(9):
        clock(world).advance(seconds=4)
        _poll(world, CAROL)
    assert store(world).rows(Presence) == [first]
    clock(world).advance(seconds=FRESH.total_seconds())
    _poll(world, CAROL)
    [second] = store(world).rows(Presence)
    assert second.version == first.version + 1


def test_two_who_come_at_once_lose_nothing_but_a_few_seconds() -> None:
    world = _office()
    behind = read_thread(world, CAROL, "alice").behind
    raced = replace(world, store=Meddling(store(world), lambda: _open(world, ERIN), size=1))  # type: ignore[arg-type]
    sit_down(raced, CAROL, behind, False)
    assert _poll(world, CAROL) == News(False, ("erin",))
    assert {each.staff_id for each in store(world).rows(Presence)[0].people} == {"carol", "erin"}


def test_texts_and_notes_are_news_without_a_look_and_only_to_the_program() -> None:
    world = _office()
    thread = read_thread(world, CAROL, "alice").behind.thread
    seen, noted = thread.last_at, thread.noted_at
    assert look_up(world, CAROL, "alice", seen, noted, "") is None
    clock(world).advance(minutes=1)
    before = len(traces(world, "alice"))
    receive(world, an_sms("Hello?", at=world.clock()), inline=False)
    assert look_up(world, CAROL, "alice", seen, noted, "") == News(True, ())
    assert look_up(world, DAN, "alice", seen, noted, "") is None
    assert len(traces(world, "alice")) == before
    seen = read_thread(world, CAROL, "alice").behind.thread.last_at
    write_note(world, ERIN, "alice", "Mine.", world.ids(world.clock()), ())
    assert look_up(world, CAROL, "alice", seen, noted, "") == News(True, ())


def _saw(world: World, who: Staff) -> list[str]:
    seat = sit_down(world, who, read_thread(world, who, "alice").behind, False)
    return [each.staff_id for each in seat.seen_by]


def test_who_has_opened_it_since_their_last_text_is_said_to_the_others() -> None:
    world = _office()
    assert _saw(world, CAROL) == []
    clock(world).advance(minutes=20)
    assert _saw(world, ERIN) == ["carol"]
    assert _saw(world, CAROL) == ["erin"]


def test_a_new_text_is_seen_by_nobody_until_somebody_opens_it_again() -> None:
    world = _office()
    _saw(world, ERIN)
    clock(world).advance(seconds=5)
    receive(world, an_sms("Hello?", at=world.clock()), inline=False)
    _poll(world, ERIN)  # the open page asks, and shows only that there is news
    assert _saw(world, CAROL) == []
    clock(world).advance(seconds=5)
    _saw(world, ERIN)  # within the life of her mark: her look counts all the same
    assert _saw(world, CAROL) == ["erin"]


def test_a_look_that_loses_a_race_is_not_lost() -> None:
    world = _office()
    behind = read_thread(world, CAROL, "alice").behind
    raced = replace(world, store=Meddling(store(world), lambda: _open(world, ERIN), size=1))  # type: ignore[arg-type]
    sit_down(raced, CAROL, behind, False)
    assert [each.staff_id for each in store(world).rows(Presence)[0].saw] == ["erin", "carol"]


def test_a_mark_that_is_renewed_keeps_who_saw_it() -> None:
    world = _office()
    _open(world, ERIN)
    clock(world).advance(minutes=2)
    _poll(world, CAROL)
    assert [each.staff_id for each in store(world).rows(Presence)[0].saw] == ["erin"]
