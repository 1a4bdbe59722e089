"""A program's settings: reviewed by the form, kept with their history, taken back, never half."""

from __future__ import annotations

import pytest

from chalicelib.core.records import AuditEntry, Revision, Setting
from chalicelib.core.settings_overlay import overlaid
from chalicelib.core.staff import Staff
from chalicelib.errors import Conflict, NotFound
from chalicelib.flows.change_program import change_program, read_program, read_programs, undo_program
from chalicelib.ports import World

from ..cast import CAROL, FRANK
from .office import an_open_office, clock, store, traces

ADMIN = Staff("administrator", "administrator", ())
SECOND = Staff("second.administrator", "administrator", ())
SUPERVISOR = Staff("supervisor", "supervisor", ("adult",))


def name_of(world: World) -> str:
    return read_program(world, ADMIN, "adult").program.name


def test_a_change_is_kept_with_who_when_what_and_why() -> None:
    world = an_open_office()
    after = change_program(world, ADMIN, "adult", {"response": "the same day", "name": "Adult counseling"}, 0, "promised")
    assert (after.program.response, after.version) == ("the same day", 1)
    [line] = read_program(world, ADMIN, "adult").history
    assert line == Revision(
        "program", "adult", 1, clock(world).now, "administrator", "promised",
        {"response": "within one business day"}, {"response": "the same day"},
    )  # fmt: skip
    assert traces(world, "program#adult") == [("administrator", "change", "done")]


def test_the_next_clinic_that_is_read_has_it() -> None:
    world = an_open_office()
    change_program(world, ADMIN, "adult", {"hours_sat": "10:00-14:00"}, 0, "")
    clinic = overlaid(world.clinic, store(world).settings("program"))
    assert clinic.programs["adult"].hours["sat"] == "10:00-14:00"
    assert [each.program.hours.get("sat", "") for each in read_programs(world, ADMIN)] == ["10:00-14:00", ""]


@pytest.mark.parametrize("who", [CAROL, FRANK, SUPERVISOR, Staff("x", "", ())])
def test_others_find_nothing_and_it_is_kept_that_they_tried(who: Staff) -> None:
    world = an_open_office()
    for attempt in (
        lambda: read_programs(world, who),
        lambda: read_program(world, who, "adult"),
        lambda: change_program(world, who, "adult", {"name": "Mine"}, 0, ""),
        lambda: undo_program(world, who, "adult", 1, 1),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert store(world).rows(Setting) == []
    assert traces(world, "settings#programs") == [(who.staff_id, "open", "refused")] * 4


def test_a_program_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        read_program(an_open_office(), ADMIN, "nowhere")


def test_two_administrators_at_once_the_second_is_told() -> None:
    world = an_open_office()
    change_program(world, ADMIN, "adult", {"name": "First"}, 0, "")
    with pytest.raises(Conflict):
        change_program(world, SECOND, "adult", {"name": "Second"}, 0, "")
    with pytest.raises(Conflict):
        change_program(world, ADMIN, "adult", {"name": "Other"}, 0, "")
    assert name_of(world) == "First"
    assert len(store(world).rows(Revision)) == 1


def test_c1_the_same_form_twice_changes_once() -> None:
    world = an_open_office()
    for _ in range(2):
        assert change_program(world, ADMIN, "adult", {"name": "First"}, 0, "").version == 1
    assert len(store(world).rows(Revision)) == 1
    assert len([e for e in store(world).rows(AuditEntry) if e.action == "change"]) == 1


def test_nothing_moved_is_nothing_written() -> None:
    world = an_open_office()
    assert change_program(world, ADMIN, "adult", {"name": "Adult counseling"}, 0, "").version == 0
    assert store(world).rows(Setting) == []


def test_undo_gives_back_what_that_change_took_and_leaves_later_ones() -> None:
    world = an_open_office()
    change_program(world, ADMIN, "adult", {"name": "First", "phone": "+13035550111"}, 0, "")
    change_program(world, ADMIN, "adult", {"response": "the same day"}, 1, "")
    after = undo_program(world, ADMIN, "adult", 1, 2)
    assert (after.program.name, after.program.phone) == ("Adult counseling", "+13035550190")
    assert (after.program.response, after.version) == ("the same day", 3)
    lines = read_program(world, ADMIN, "adult").history
    assert [(line.version, line.undoes) for line in lines] == [(3, 1), (2, 0), (1, 0)]


def test_an_undo_can_be_undone_and_twice_is_once() -> None:
    world = an_open_office()
    change_program(world, ADMIN, "adult", {"name": "First"}, 0, "")
    for _ in range(2):
        assert undo_program(world, ADMIN, "adult", 1, 1).version == 2
    assert name_of(world) == "Adult counseling"
    undo_program(world, ADMIN, "adult", 2, 2)
    assert name_of(world) == "First"


def test_undo_of_what_never_was_is_not_found() -> None:
    with pytest.raises(NotFound):
        undo_program(an_open_office(), ADMIN, "adult", 4, 0)


@pytest.mark.parametrize("fields", [{"phone": "12"}, {"colour": "red"}, {"hours_mon": "08:00-07:60"}, {"name": ""}])
def test_a_value_that_cannot_be_read_is_never_kept(fields: dict[str, str]) -> None:
    world = an_open_office()
    with pytest.raises(ValueError):
        change_program(world, ADMIN, "adult", fields, 0, "")
    assert store(world).rows(Setting) == []
