"""A list taken in: nobody gets a text by it, twice is once, and what needs a person is left to one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.core.patient_list import Listed
from chalicelib.core.records import ConsentEntry, Imported, Message, Patient
from chalicelib.errors import NotFound
from chalicelib.flows.import_patients import apply, plan
from chalicelib.flows.read_thread import open_profile
from chalicelib.ports import World

from ..cast import ALICE_NUMBER, CAROL, DAN, a_patient
from .moving import DiesAt, Dying
from .office import an_open_office, store, traces

RILEY, JORDAN = "+13035550140", "+13035550141"
LIST = (
    Listed(2, "R-1", "Riley", RILEY, date(1990, 1, 1), "es", "America/Denver"),
    Listed(3, "J-1", "Jordan", JORDAN, None, "", ""),
)


def _does(world: World, rows: tuple[Listed, ...] = LIST) -> dict[str, int]:
    return apply(world, CAROL, "adult", rows).counts


def _would(world: World, rows: tuple[Listed, ...] = LIST) -> list[str]:
    return [each.what for each in plan(world, CAROL, "adult", rows)]


def _named(world: World, name: str) -> Patient:
    return next(each for each in store(world).rows(Patient) if open_profile(world, CAROL, each).name == name)


def test_the_dry_run_changes_nothing_and_says_what_would() -> None:
    world = an_open_office()
    assert _would(world) == ["new", "new"] and store(world).rows(Patient) == []
    assert traces(world, "program#adult") == [("carol", "import_dry_run", "done")]


def test_an_import_gives_no_permission_and_sends_nothing() -> None:
    world = an_open_office()
    assert _does(world) == {"new": 2}
    assert all(patient.consent == {} and patient.content_level == 0 for patient in store(world).rows(Patient))
    assert store(world).rows(Message) == [] and store(world).rows(ConsentEntry) == []


def test_the_same_list_twice_changes_nothing() -> None:
    world = an_open_office()
    _does(world)
    before = store(world).rows(Patient)
    assert _would(world) == ["same", "same"] and _does(world) == {"same": 2}
    assert store(world).rows(Patient) == before


def test_a_changed_row_changes_the_record_and_loosens_nothing() -> None:
    world = an_open_office()
    _does(world)
    rows = (replace(LIST[0], name="Riley Ann"), LIST[1])
    assert _would(world, rows) == ["change", "same"] and _does(world, rows) == {"change": 1, "same": 1}
    riley = _named(world, "Riley Ann")
    assert (riley.language, riley.consent, riley.content_level) == ("es", {}, 0)
    assert _does(world, rows) == {"same": 2}


def test_a_number_that_somebody_has_is_left_to_a_person() -> None:
    world = an_open_office()
    a_patient(world, "bob", RILEY, program="harbor")
    assert _would(world) == ["in_use", "new"] and _does(world) == {"in_use": 1, "new": 1}
    _does(world, (replace(LIST[1], number=RILEY),))
    assert open_profile(world, CAROL, _named(world, "Jordan")).number == JORDAN


def test_two_rows_with_one_number_are_not_two_patients_by_accident() -> None:
    world = an_open_office()
    rows = (LIST[0], replace(LIST[1], number=RILEY))
    assert _does(world, rows) == {"new": 1, "in_use": 1} and len(store(world).rows(Patient)) == 1
    assert _would(world, rows) == ["same", "in_use"]


def test_neither_the_clinics_id_nor_a_name_is_kept_in_clear() -> None:
    world = an_open_office()
    _does(world)
    kept = repr(store(world)._rows)
    assert "R-1" not in kept and "Riley" not in kept and "5550140" not in kept
    assert len(store(world).rows(Imported)) == 2


def test_dan_cannot_import_into_adult() -> None:
    world = an_open_office()
    for work in (plan, apply):
        with pytest.raises(NotFound):
            work(world, DAN, "adult", LIST)
    assert ("dan", "import", "refused") in traces(world, "program#adult")


def test_what_is_registered_by_hand_is_not_touched() -> None:
    world = an_open_office()
    a_patient(world)
    assert _would(world, (replace(LIST[0], number=ALICE_NUMBER),)) == ["in_use"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 8))
def test_an_import_that_dies_anywhere_and_runs_again_makes_each_patient_once(at: int, after: bool) -> None:
    world = an_open_office()
    try:
        apply(replace(world, store=DiesAt(store(world), at, after)), CAROL, "adult", LIST)
    except Dying:
        pass
    _does(world)
    assert sorted(open_profile(world, CAROL, each).name for each in store(world).rows(Patient)) == ["Jordan", "Riley"]
    assert _does(world) == {"same": 2}


def test_who_has_no_phone_is_registered_without_one_and_a_number_that_comes_later_is_theirs() -> None:
    world = an_open_office()
    rows = (replace(LIST[0], number=""), replace(LIST[1], number=""))
    assert _would(world, rows) == ["new", "new"] and _does(world, rows) == {"new": 2} and _does(world, rows) == {"same": 2}
    riley, jordan = _named(world, "Riley"), _named(world, "Jordan")
    assert riley.no_phone and jordan.no_phone and riley.contact_id != jordan.contact_id
    assert _does(world, (LIST[0], rows[1])) == {"change": 1, "same": 1}
    riley = _named(world, "Riley")
    assert not riley.no_phone and open_profile(world, CAROL, riley).number == RILEY


def test_a_list_without_a_number_takes_nobodys_away() -> None:
    world = an_open_office()
    _does(world)
    assert _does(world, (replace(LIST[0], number="", name="Riley Ann"),)) == {"change": 1}
    riley = _named(world, "Riley Ann")
    assert not riley.no_phone and open_profile(world, CAROL, riley).number == RILEY
