"""A clinic's list, row by row: what is wrong is named by line and column, and never by its value."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.patient_list import MOST_ROWS, Listed, PatientList, Wrong, read_list
from chalicelib.phone_number import read_number

TODAY = date(2026, 3, 3)
ZONES = frozenset({"America/Denver"})
HEAD = "record_id,name,number,birth_date,language,zone"


def _read(*lines: str, head: str = HEAD) -> PatientList:
    return read_list("\n".join((head, *lines)), TODAY, ZONES, read_number)


def test_a_good_row_is_read_whole() -> None:
    [row] = _read("A-1, Alice  Ann ,(303) 555-0101,03/27/1985,Spanish,America/Denver").rows
    assert row == Listed(2, "A-1", "Alice Ann", "+13035550101", date(1985, 3, 27), "es", "America/Denver")


def test_columns_in_any_order_with_a_spreadsheets_mark_and_quotes_over_two_lines() -> None:
    said = read_list('\ufeffNumber;x,"Record ID",name\r\n', TODAY, ZONES, read_number)
    assert said.wrong == (Wrong(1, "number", "this column is missing"),)
    said = _read('3035550101,7,"Alice\nAnn"', "303,8,Bob", head="Number,Record ID,NAME")
    assert [row.name for row in said.rows] == ["Alice Ann"] and [(each.line, each.column) for each in said.wrong] == [(4, "number")]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (",Alice,3035550101,,,", "record_id"),
        ("1,,3035550101,,,", "name"),
        (f"1,{'A' * 81},3035550101,,,", "name"),
        ("1,Alice,555,,,", "number"),
        ("1,Alice,+44 20 7946 0000,,,", "number"),
        ("1,Alice,3035550101,yesterday,,", "birth_date"),
        ("1,Alice,3035550101,2031-01-01,,", "birth_date"),
        ("1,Alice,3035550101,,Klingon,", "language"),
        ("1,Alice,3035550101,,,Mars/Base", "zone"),
        ("1,Alice,3035550101", ""),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column_without_its_value(line: str, column: str) -> None:
    said = _read("9,Bob,3035550109,,,", line)
    assert [row.name for row in said.rows] == ["Bob"]
    assert [(each.line, each.column) for each in said.wrong] == [(3, column)]
    assert not any(word in each.what for each in said.wrong for word in ("Alice", "AAA", "555", "Klingon", "Mars", "2031"))


def test_the_same_record_twice_is_told_with_both_lines() -> None:
    said = _read("1,Alice,3035550101,,,", "1,Al,3035550102,,,")
    assert said.wrong == (Wrong(3, "record_id", "stands in line 2 too"),) and len(said.rows) == 1


def test_a_column_about_permission_is_named_and_not_taken() -> None:
    said = _read("1,Alice,3035550101,yes,blue", head="record_id,name,number,SMS opt-in,colour")
    assert said.permission == ("sms_opt_in",) and said.ignored == ("sms_opt_in", "colour") and len(said.rows) == 1


@pytest.mark.parametrize("text", ["", "\n", 'record_id,name,number\n1,"Alice,3035550101', "name,name,record_id,number\n"])
def test_no_list_at_all(text: str) -> None:
    said = read_list(text, TODAY, ZONES, read_number)
    assert said.rows == () and said.wrong


def test_too_many_rows() -> None:
    assert _read(*(f"{at},Alice,3035550101,,," for at in range(MOST_ROWS + 1))).rows == ()


@given(st.text())
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    read_list(HEAD + "\n" + text, TODAY, ZONES, read_number)


def test_an_empty_number_is_somebody_without_a_phone_and_a_column_by_another_name_is_nobody() -> None:
    said = _read("1,Alice,,1990-05-05,,")
    assert said.wrong == () and [row.number for row in said.rows] == [""]
    said = _read("1,Alice,303 555 0101", head="record_id,name,phone")
    assert said.rows == () and [each.column for each in said.wrong] == ["number"]
