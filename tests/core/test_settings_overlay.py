"""What administrators changed, laid over the clinic's file."""

from __future__ import annotations

import pytest

from chalicelib.core.clinic import read_clinic
from chalicelib.core.settings import Setting
from chalicelib.core.settings_overlay import FIELDS, fields_of, overlaid, problem, with_fields

from ..fakes.world import CLINIC

FILE = read_clinic(CLINIC)
ADULT = FILE.programs["adult"]


def now(**value: str) -> dict[str, str]:
    """The fields of the adult program with this setting over the file."""
    return fields_of(overlaid(FILE, [Setting("program", "adult", 1, value)]).programs["adult"])


def test_the_file_serves_what_nobody_changed() -> None:
    assert overlaid(FILE, []) is FILE
    assert now() == fields_of(ADULT)


def test_a_changed_field_wins_and_the_others_stay_the_files() -> None:
    assert now(response="the same day", hours_sat="10:00-14:00") == {
        **fields_of(ADULT), "response": "the same day", "hours_sat": "10:00-14:00",
    }  # fmt: skip


def test_a_day_can_be_closed() -> None:
    changed = overlaid(FILE, [Setting("program", "adult", 1, {"hours_mon": ""})])
    assert "mon" not in changed.programs["adult"].hours
    assert changed.programs["harbor"] == FILE.programs["harbor"]


@pytest.mark.parametrize(
    "value",
    [{"hours_mon": "eight to five"}, {"hours_mon": "08:00-08:00"}, {"phone": "555"}, {"response_minutes": "soon"},
     {"response_minutes": "0"}, {"name": " "}, {"response": ""}, {"colour": "red"}],
)  # fmt: skip
def test_a_value_that_cannot_be_read_leaves_the_files_word(value: dict[str, str]) -> None:
    assert now(**value) == fields_of(ADULT)
    assert all(problem(name, text) for name, text in value.items() if name in FIELDS)


def test_a_program_that_the_file_no_longer_has_is_passed_over() -> None:
    assert overlaid(FILE, [Setting("program", "closed", 1, {"name": "Gone"})]).programs == FILE.programs


def test_a_setting_of_another_kind_is_passed_over() -> None:
    assert overlaid(FILE, [Setting("snippet", "adult", 1, {"name": "Gone"})]) is FILE


def test_fields_there_and_back() -> None:
    assert with_fields(ADULT, fields_of(ADULT)) == ADULT
    assert all(problem(name, text) == "" for name, text in fields_of(ADULT).items())
