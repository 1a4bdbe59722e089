"""What a page costs: calls to the tables and openings, counted (DESIGN, "Budgets")."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ulid import ULID

from chalicelib.console.desk import furniture
from chalicelib.console.render import ASSETS, read_asset
from chalicelib.core.records import Put, Roster, Session, Thread, Update
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import SealContext, World

from ..appointments import booked
from ..cast import CAROL, a_patient, an_sms
from ..fakes.keys import FakeKeys
from ..fakes.vault import FakeVault
from ..fakes.world import FakeClock, a_world
from .office import Desk, FakeSignIn, at_desk, text


class Counting:
    """Counts the calls to what it stands before."""

    def __init__(self, inner: Any):
        self._inner, self.calls = inner, Counter[str]()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def counted(*values: Any, **named: Any) -> Any:
            self.calls[name] += 1
            return found(*values, **named)

        return counted


def _counted() -> tuple[Desk, World, Counting]:
    world = a_world(ids=lambda at: str(ULID.from_datetime(at)))
    a_patient(world)
    receive(world, an_sms("Hello", at=world.clock()), inline=False)
    counting = Counting(world.store)
    desk, _ = at_desk(CAROL, replace(world, store=counting))  # type: ignore[arg-type]
    desk.get("/console/inbox")  # her own key, for the next quarter of an hour
    return desk, world, counting


def _calls(counting: Counting, ask: Callable[[], Any]) -> Counter[str]:
    counting.calls.clear()
    assert ask().status_code in (200, 204)
    return counting.calls


def test_an_inbox_is_two_queries_the_recent_ones_and_one_roster() -> None:
    desk, world, counting = _counted()
    assert isinstance(world.vault, FakeVault)
    world.vault.opened.clear()
    calls = _calls(counting, lambda: desk.get("/console/inbox"))
    away = 2  # Carol is on the rota: open incidents of Harbor and of the unknown numbers
    # get_many: who called for her, with what is left to do after a crisis; get: session, roster, the lists kept; absences: the banner; commit: the audit entry
    assert calls == Counter(waiting=1, recent=1, open_incidents=1 + away, get=3, get_many=1, absences=1, commit=1)
    assert len(world.vault.opened) == 1


def test_ones_own_key_is_asked_for_at_the_first_opening_and_lasts_a_quarter_of_an_hour() -> None:
    """Two calls (the sign-in, STS) and a write in thirteen minutes; none on a page that opens nothing."""
    desk, world, counting = _counted()
    keys = furniture().keys()
    assert isinstance(keys, FakeKeys) and isinstance(world.clock, FakeClock) and keys.asked == ["carol"]
    world.clock.advance(minutes=12)
    assert _calls(counting, lambda: desk.get("/console/threads/alice"))["commit"] == 3  # its entry, that she is here, that she is at work
    world.clock.advance(minutes=2)
    desk.get("/console/settings")
    assert keys.asked == ["carol"]
    assert _calls(counting, lambda: desk.get("/console/threads/alice"))["commit"] == 3  # … and her new key
    assert keys.asked == ["carol", "carol"]


def test_an_open_inbox_where_nothing_happens_is_two_queries_and_no_opening() -> None:
    desk, world, counting = _counted()
    mark = re.search(r'data-mark="(\w+)"', desk.get("/console/inbox").body.decode())
    assert mark is not None and isinstance(world.vault, FakeVault)
    world.vault.opened.clear()
    calls = _calls(counting, lambda: desk.get(f"/console/inbox/rows?program=adult&seen={mark[1]}"))
    assert calls == Counter(waiting=1, open_incidents=3, get=1, get_many=1)
    assert not world.vault.opened


def test_a_thread_is_one_query_two_reads_and_its_audit_entry() -> None:
    desk, world, counting = _counted()
    assert isinstance(world.vault, FakeVault)
    world.vault.opened.clear()
    booked(world)
    world.vault.opened.clear()
    calls = _calls(counting, lambda: desk.get("/console/threads/alice"))
    assert calls == Counter(get=1, get_many=2, newest=1, commit=2)  # their visits are among the reads; and the mark that one is here
    assert sorted(context.kind for _, context, _ in world.vault.opened) == ["inbound_text", "profile"]


def test_an_open_thread_where_nothing_happens_is_one_read_and_a_write_a_minute() -> None:
    desk, world, counting = _counted()
    page = desk.get("/console/threads/alice").body.decode()
    asks = re.search(r'data-news="[^"]*(/console/[^"]*)" data-there=""', page)
    assert asks is not None and isinstance(world.clock, FakeClock) and isinstance(world.vault, FakeVault)
    world.vault.opened.clear()
    calls = Counter[str]()
    for _ in range(15):
        world.clock.advance(seconds=4)
        calls += _calls(counting, lambda: desk.get(asks[1].replace("&amp;", "&") + "&there="))
    assert calls == Counter(get=15, get_many=15, commit=1)
    assert not world.vault.opened


def test_an_inbox_of_five_hundred_stays_light() -> None:
    world = a_world(ids=lambda at: str(ULID.from_datetime(at)))
    names = {}
    for number in range(500):
        patient = f"P{number:025d}"
        names[patient] = f"Synthetic Patient {number:03d}"
        since = world.clock() - timedelta(minutes=number)
        world.store.commit(Put(Thread(patient, "adult", f"c{number}", patient, since, world.clock(), unanswered=2, note="picture")))
    sealed = world.vault.seal(SealContext("roster", "adult", "roster"), "adult", json.dumps(names))
    world.store.commit(Put(Roster("adult", 1, sealed)))
    desk, _ = at_desk(CAROL, world)
    page = desk.get("/console/inbox")
    assert len(page.body) + sum(len(read_asset(name).encode()) for name in ASSETS) < 100_000
    assert "Show 420 who wait less long" in text(page) and "Synthetic Patient 499" in text(page)
    assert text(desk.get("/console/inbox?program=adult&all=1")).count("Synthetic Patient") == 500


def test_who_opened_nothing_for_a_quarter_of_an_hour_still_opens_the_page_that_called_them() -> None:
    """The ID token of the sign-in is over by then, and STS would refuse it: the provider is asked anew."""
    world = a_world(ids=lambda at: str(ULID.from_datetime(at)))
    a_patient(world)
    receive(world, an_sms("Hello", at=world.clock()), inline=False)
    desk, _ = at_desk(CAROL, world)
    keys = furniture().keys()
    assert isinstance(keys, FakeKeys) and isinstance(world.clock, FakeClock) and keys.asked == []
    world.clock.advance(minutes=16)
    assert desk.get("/console/threads/alice").status_code == 200
    sign_in = furniture().sign_in()
    assert isinstance(sign_in, FakeSignIn) and (sign_in.renewed, keys.asked) == (["carol"], ["carol"])


def test_a_session_that_gets_no_key_any_more_is_asked_to_sign_in() -> None:
    """One from before there were keys too: a deployment in the night leaves nobody before a page that only says no."""
    desk, world, _ = _counted()
    [row] = world.store.rows(Session)  # type: ignore[attr-defined]
    world.store.commit(Update(Session, (row.token_hash,), set={"sealed_pass": b""}))
    page = desk.get("/console/threads/alice")
    assert page.status_code == 401 and "Please sign in" in text(page)
