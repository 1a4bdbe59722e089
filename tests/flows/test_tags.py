"""Tags go wherever the name goes: into the program's sealed list, along with a transfer, away with a merge and home again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.core.matching import How
from chalicelib.core.records import Patient, Roster
from chalicelib.errors import RosterFull
from chalicelib.flows import roster as rosters
from chalicelib.flows import undo_merge
from chalicelib.flows.edit_patient import Edit, Edited, edit, read_known
from chalicelib.flows.find_patient import MOST, find_patients, find_unknown
from chalicelib.flows.merge_patients import merge
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.register_patient import Registered, Registration, register
from chalicelib.flows.roster import Entry, sealed_roster
from chalicelib.flows.transfer_patient import transfer
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, STRANGER_NUMBER, a_patient, an_sms
from .moving import finished
from .office import an_open_office, clock, store

RILEY = "+13035550140"
TAGS = ("interpreter", "court")


def _riley(world: World, **more: object) -> str:
    wish = Registration(world.ids(world.clock()), "adult", "Riley Ash", RILEY, zone="America/Denver", tags=TAGS, **more)  # type: ignore[arg-type]
    done = register(world, CAROL, wish)
    assert isinstance(done, Registered)
    return done.patient_id


def _found(world: World, who: object, asked: str) -> list[tuple[str, How]]:
    return [(each.name, each.how) for each in find_patients(world, who, asked)]  # type: ignore[arg-type]


def test_found_by_tag_and_by_initials_over_the_own_program_only() -> None:
    world = an_open_office()
    _riley(world)
    a_patient(world)
    assert _found(world, CAROL, "#court") == [("Riley Ash", How.TAG)]
    assert _found(world, CAROL, "ra") == [("Riley Ash", How.INITIALS)]
    assert _found(world, CAROL, "a") == [("Alice", How.NAME), ("Riley Ash", How.NAME)]
    assert find_patients(world, DAN, "#court") == ()


def test_a_changed_name_keeps_the_tags_and_changed_tags_the_name() -> None:
    world = an_open_office()
    patient_id = _riley(world)
    known = read_known(world, CAROL, patient_id)
    wish = Edit(known.patient.version, "Riley Birch", RILEY, zone="America/Denver", tags=TAGS)
    assert edit(world, CAROL, patient_id, wish) == Edited(("name",))
    assert _found(world, CAROL, "#court") == [("Riley Birch", How.TAG)]
    wish = Edit(known.patient.version + 1, "Riley Birch", RILEY, zone="America/Denver", tags=("court",))
    assert edit(world, CAROL, patient_id, wish) == Edited(("tags",))
    assert _found(world, CAROL, "#interpreter") == [] and _found(world, CAROL, "birch") == [("Riley Birch", How.NAME)]


def test_tags_go_along_with_a_transfer() -> None:
    world = an_open_office()
    patient_id = _riley(world)
    transfer(world, CAROL, patient_id, "harbor", world.ids(world.clock()))
    assert _found(world, DAN, "#court") == [("Riley Ash", How.TAG)] and _found(world, CAROL, "#court") == []


def test_tags_come_home_with_an_undone_merge() -> None:
    world = an_open_office()
    patient_id = _riley(world)
    a_patient(world)
    merged = merge(world, CAROL, patient_id, "alice", world.ids(world.clock()))
    assert _found(world, CAROL, "#court") == []
    finished(world)
    undo_merge.undo(world, CAROL, merged.move_id, world.ids(world.clock()))  # type: ignore[union-attr]
    assert _found(world, CAROL, "#court") == [("Riley Ash", How.TAG)]


def test_no_tag_stands_in_clear() -> None:
    world = an_open_office()
    patient_id = _riley(world, answers="Rosa, mother")
    for row in (*store(world).rows(Roster), *store(world).rows(Patient)):
        assert "court" not in repr(row) and "Rosa" not in repr(row)
    assert read_known(world, CAROL, patient_id).profile.answers == "Rosa, mother"


def test_a_list_written_before_tags_is_read() -> None:
    world = an_open_office()
    a_patient(world)  # the cast writes the plain shape
    assert _found(world, CAROL, "alice") == [("Alice", How.NAME)]
    kept = rosters.entries_in(world, CAROL, world.store.get(Roster, "adult"))
    assert kept == {"alice": Entry("Alice")} and "tags" not in json.dumps([each.name for each in kept.values()])


def test_a_full_list_takes_nobody_more_and_lets_people_go() -> None:
    world = an_open_office()
    many = {f"{number:026d}": Entry(f"Synthetic {number:030d}") for number in range(6000)}
    with pytest.raises(RosterFull):
        sealed_roster(world, None, "adult", many, "new", Entry("New"))
    world.store.commit(sealed_roster(world, None, "adult", many, f"{0:026d}", None))
    assert len(find_patients(world, CAROL, "synthetic")) == MOST


def test_a_number_that_is_nobodys_is_found_by_who_works_with_those() -> None:
    world = an_open_office()
    assert find_unknown(world, ERIN, STRANGER_NUMBER) == ""
    clock(world).advance(minutes=1)
    receive(world, an_sms("hello?", sender=STRANGER_NUMBER, at=world.clock() - timedelta(seconds=1)), inline=False)
    assert find_unknown(world, ERIN, STRANGER_NUMBER) == world.hasher.contact_id(STRANGER_NUMBER)
    assert find_unknown(world, CAROL, STRANGER_NUMBER) == "" and find_unknown(world, ERIN, "") == ""
