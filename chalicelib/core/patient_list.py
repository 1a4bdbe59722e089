"""A clinic's list of patients as CSV, read row by row: what is wrong is named by line and column. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from .csv_table import Table, Wrong, cells_of, read_table

MOST_ROWS = 5000
LONGEST_NAME, LONGEST_ID, OLDEST = 80, 64, 1900
NEEDED = ("record_id", "name", "number")
COLUMNS = (*NEEDED, "birth_date", "language", "zone")
LANGUAGES = {"": "", "en": "en", "english": "en", "es": "es", "spanish": "es", "español": "es"}
PERMISSION = re.compile(r"consent|permission|opt.?in|agreed|sms.?ok", re.IGNORECASE)
ReadNumber = Callable[[str], str]  # as typed to E.164, "" when it is none


@dataclass(frozen=True, slots=True)
class Listed:
    """One good row. `number` "": they have no phone. The column must be there all the same, so that a file with another name
    for it registers nobody without theirs."""

    line: int
    record_id: str
    name: str
    number: str
    birth_date: date | None
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class PatientList:
    """`ignored`: columns nobody reads. `permission`: those of them that look like a permission, which no import gives."""

    rows: tuple[Listed, ...]
    wrong: tuple[Wrong, ...]
    ignored: tuple[str, ...] = ()
    permission: tuple[str, ...] = ()


def read_list(text: str, today: date, zones: frozenset[str], number: ReadNumber) -> PatientList:
    """Every row, good or wrong; a file without its columns is one thing wrong."""
    table = read_table(text, NEEDED, MOST_ROWS)
    if table.wrong:
        return PatientList((), table.wrong)
    others = tuple(name for name in table.header if name not in COLUMNS)
    return _read_rows(table, _Checks(today, zones, number), others)


@dataclass(frozen=True, slots=True)
class _Checks:
    today: date
    zones: frozenset[str]
    number: ReadNumber


def _read_rows(table: Table, checks: _Checks, others: tuple[str, ...]) -> PatientList:
    rows: list[Listed] = []
    wrong: list[Wrong] = []
    seen: dict[str, int] = {}
    for line, cells in table.body:
        read, problems = _row(line, table, cells, checks)
        if read and read.record_id in seen:
            problems = [Wrong(line, "record_id", f"stands in line {seen[read.record_id]} too")]
        if read:
            seen.setdefault(read.record_id, line)
        wrong += problems
        if read and not problems:
            rows.append(read)
    return PatientList(tuple(rows), tuple(wrong), others, tuple(name for name in others if PERMISSION.search(name)))


def _row(line: int, table: Table, cells: list[str], checks: _Checks) -> tuple[Listed | None, list[Wrong]]:
    said = cells_of(table, line, cells)
    if isinstance(said, Wrong):
        return None, [said]
    number, born = checks.number(said["number"]), _born(said.get("birth_date", ""), checks.today)
    language = LANGUAGES.get(said.get("language", "").lower())
    zone = said.get("zone", "")
    tests = {
        "record_id": (0 < len(said["record_id"]) <= LONGEST_ID, f"needs 1 to {LONGEST_ID} characters"),
        "name": (0 < len(said["name"]) <= LONGEST_NAME, f"needs 1 to {LONGEST_NAME} characters"),
        "number": (bool(number) or not said["number"], "is no phone number with ten digits; leave it empty for who has none"),
        "birth_date": (born is not None or not said.get("birth_date"), "is no date in the past, such as 1985-03-27"),
        "language": (language is not None, "is neither English nor Spanish"),
        "zone": (not zone or zone in checks.zones, "is no time zone we know, such as America/Denver"),
    }
    problems = [Wrong(line, column, what) for column, (good, what) in tests.items() if not good]
    if problems:
        return None, problems
    return Listed(line, said["record_id"], said["name"], number, born, language or "", zone), []


def _born(text: str, today: date) -> date | None:
    month_first = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    if month_first:
        text = f"{month_first[3]}-{month_first[1]:0>2}-{month_first[2]:0>2}"
    try:
        born = date.fromisoformat(text)
    except ValueError:
        return None
    return born if born.year >= OLDEST and born <= today else None
