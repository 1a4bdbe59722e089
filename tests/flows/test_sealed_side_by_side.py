"""An older version's turn at what a newer one sealed: each flow that opens a sealed map, changes it and seals it again keeps what it does not know.

The newer version is played by a vault: every JSON map that is opened holds one field more than this code knows. What is sealed after it must
hold that field again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.appointments import Appointment, Details
from chalicelib.core.reach import Reach
from chalicelib.core.records import Roster, Slot, Thread
from chalicelib.core.safe_phone import SafePhone
from chalicelib.flows import slot_rows
from chalicelib.flows.book_appointment import Booked, change
from chalicelib.flows.edit_patient import Edited, edit
from chalicelib.flows.match_number import Match, Matched, match
from chalicelib.flows.plan_touches import seal_details
from chalicelib.flows.reach import save_sheet
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.roster import Entry, entries_in, sealed_roster
from chalicelib.flows.safe_phone import save_plan
from chalicelib.flows.transfer_patient import Transferred, transfer
from chalicelib.ports import SealContext, World
from tests.appointments import a_wish, again, booked

from ..cast import CAROL, STRANGER_NUMBER, a_patient, an_sms
from ..fakes.vault import FakeVault
from .moving import finished
from .office import an_open_office, store
from .test_edit_patient import _as_is

TOMORROW = {"since_tomorrow": {"inside": [1, "kept"]}}
COPIES = {"address"}  # made anew of what others say: `core.reach.Address`


class Newer(FakeVault):
    """A vault whose maps the next version sealed. `lost`: kinds of what was sealed without what it wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.there, self.kept, self.lost = False, [], []

    def one_request(self) -> FakeVault:
        return self

    def open(self, context: SealContext, row: str, sealed: bytes, reader: str) -> str:
        text = super().open(context, row, sealed, reader)
        inside = _map(text) if self.there and context.kind != "roster" else None
        return text if inside is None else json.dumps({**inside, **TOMORROW})

    def seal(self, context: SealContext, row: str, text: str) -> bytes:
        inside = _map(text)
        if self.there and inside is not None and context.kind not in COPIES | {"roster"}:
            (self.kept if all(inside.get(name) == value for name, value in TOMORROW.items()) else self.lost).append(context.kind)
        return super().seal(context, row, text)


def _map(text: str) -> dict[str, object] | None:
    try:
        inside = json.loads(text)
    except ValueError:
        return None
    return inside if isinstance(inside, dict) else None


def _vault(world: World) -> Newer:
    assert isinstance(world.vault, Newer)
    return world.vault


def _edited(world: World) -> None:
    assert edit(world, CAROL, "alice", _as_is(world, name="Alice B.", tags=("blue",))) == Edited(("name", "tags"))


def _plan(world: World) -> None:
    save_plan(world, CAROL, "alice", SafePhone(way="her sister"), "in_person", 0)
    with _newer(world):
        save_plan(world, CAROL, "alice", SafePhone(way="her aunt"), "in_person", 1)


def _sheet(world: World) -> None:
    save_sheet(world, CAROL, "alice", Reach(phone="own", email="a@example.org"), 0)
    with _newer(world):
        save_sheet(world, CAROL, "alice", Reach(phone="shared", email="a@example.org"), 1)


def _everything_goes(world: World) -> None:
    save_plan(world, CAROL, "alice", SafePhone(way="her sister"), "in_person", 0)
    save_sheet(world, CAROL, "alice", Reach(phone="own", email="a@example.org"), 0)
    booked(world, place="Room 4")
    with _newer(world):
        assert isinstance(transfer(world, CAROL, "alice", "harbor", world.ids(world.clock())), Transferred)
        finished(world)


def _visit(world: World) -> None:
    visit = booked(world, place="Room 4")
    with _newer(world):
        for place in ("Room 9", ""):  # at last it says nothing besides
            assert isinstance(change(world, CAROL, "alice", visit.appointment_id, a_wish(place=place)), Booked)
            assert again(world, visit).sealed_details


def _adopted(world: World) -> None:
    receive(world, an_sms("it is me", STRANGER_NUMBER), inline=False)
    number = world.hasher.contact_id(STRANGER_NUMBER)
    wish = Match("alice", "new", store(world).rows(Thread)[0].last_at, world.ids(world.clock()))
    with _newer(world):
        assert isinstance(match(world, replace(CAROL, programs=("adult", "unmatched")), number, wish), Matched)


@contextmanager
def _newer(world: World) -> Iterator[None]:
    _vault(world).there = True
    yield
    _vault(world).there = False


def _now(turn: Callable[[World], None]) -> Callable[[World], None]:
    def later(world: World) -> None:
        with _newer(world):
            turn(world)

    later.__name__ = turn.__name__
    return later


@pytest.mark.parametrize(("turn", "kinds"), [
    (_now(_edited), {"profile"}), (_plan, {"profile"}), (_sheet, {"profile"}), (_everything_goes, {"profile", "appointment"}), (_visit, {"appointment"}),
    (_adopted, {"profile"}),
])  # fmt: skip
def test_what_the_newer_sealed_in_a_map_is_sealed_again_with_it(turn: Callable[[World], None], kinds: set[str]) -> None:
    world = an_open_office(vault=Newer())
    a_patient(world)
    turn(world)
    assert _vault(world).lost == [] and set(_vault(world).kept) == kinds


def test_a_list_of_people_keeps_what_the_newer_wrote_about_each() -> None:
    world = an_open_office(vault=Newer())
    a_patient(world)
    known = {"alice": Entry("Alice", (), (("since_tomorrow", 1),)), "bob": Entry("Bob", ("blue",), (("since_tomorrow", 2),))}
    row = sealed_roster(world, None, "adult", known, "bob", known["bob"])
    there = Roster("adult", 1, row.set["sealed_names"])
    after = sealed_roster(world, there, "adult", entries_in(world, CAROL, there), "bob", Entry("Robert"))
    found = entries_in(world, CAROL, Roster("adult", 2, after.set["sealed_names"]))
    assert {name: (entry.name, entry.later) for name, entry in found.items()} == {
        "alice": ("Alice", (("since_tomorrow", 1),)), "bob": ("Robert", (("since_tomorrow", 2),)),
    }  # fmt: skip


def test_n7_what_the_newer_wrote_of_another_patients_visit_is_not_handed_on_with_their_time() -> None:
    world = an_open_office(vault=Newer())
    a_patient(world)
    visit = booked(world, place="Room 4")
    held: Appointment = replace(visit, sealed_details=seal_details(world, visit, Details("Room 4", later=(("since_tomorrow", 1),))))
    (freed, *_) = slot_rows.freed(held, world.clock() - timedelta(days=1))
    slot = Slot(*freed.key, **freed.set_once)
    assert slot_rows.open_place(world, slot, "test") == Details("Room 4") and slot_rows.open_place(world, slot, "test").later == ()
