"""A clinic's list of patients as CSV, read row by row: what is wrong is named by line and column. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

MOST_ROWS = 5000
LONGEST_NAME, LONGEST_ID, OLDEST = 80, 64, 1900
NEEDED = ("record_id", "name", "number")
COLUMNS = (*NEEDED, "birth_date", "language", "zone")
LANGUAGES = {"": "", "en": "en", "english": "en", "es": "es", "spanish": "es", "español": "es"}
PERMISSION = re.compile(r"consent|permission|opt.?in|agreed|sms.?ok", re.IGNORECASE)
ReadNumber = Callable[[str], str]  # as typed to E.164, "" when it is none


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that a person must look at. `line`: as a spreadsheet counts, the header is 1. No value of the file."""

    line: int
    column: str
    what: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One good row."""

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
    found = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        lines = [(found.line_num, row) for row in found]
    except csv.Error:
        return PatientList((), (Wrong(found.line_num, "", "this line is no CSV: look for a quote that is not closed"),))
    if not lines:
        return PatientList((), (Wrong(1, "", "the file is empty"),))
    header = [_column(name) for name in lines[0][1]]
    missing = [name for name in NEEDED if name not in header]
    if missing or len(set(header)) < len(header):
        absent = tuple(Wrong(1, name, "this column is missing") for name in missing)
        return PatientList((), absent or (Wrong(1, "", "a column stands twice"),))
    body = [(line, row) for line, row in lines[1:] if any(cell.strip() for cell in row)]
    if len(body) > MOST_ROWS:
        return PatientList((), (Wrong(MOST_ROWS + 2, "", f"more than {MOST_ROWS:,} rows: split the file"),))
    others = tuple(name for name in header if name not in COLUMNS)
    return _read_rows(header, body, _Checks(today, zones, number), others)


def _column(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().lower())


@dataclass(frozen=True, slots=True)
class _Checks:
    today: date
    zones: frozenset[str]
    number: ReadNumber


def _read_rows(
    header: list[str], body: list[tuple[int, list[str]]], checks: _Checks, others: tuple[str, ...]
) -> PatientList:
    rows: list[Listed] = []
    wrong: list[Wrong] = []
    seen: dict[str, int] = {}
    for line, cells in body:
        read, problems = _row(line, header, cells, checks)
        if read and read.record_id in seen:
            problems = [Wrong(line, "record_id", f"stands in line {seen[read.record_id]} too")]
        if read:
            seen.setdefault(read.record_id, line)
        wrong += problems
        if read and not problems:
            rows.append(read)
    return PatientList(tuple(rows), tuple(wrong), others, tuple(name for name in others if PERMISSION.search(name)))


def _row(line: int, header: list[str], cells: list[str], checks: _Checks) -> tuple[Listed | None, list[Wrong]]:
    if len(cells) != len(header):
        return None, [Wrong(line, "", f"has {len(cells)} cells, the header has {len(header)}")]
    said = {name: " ".join(cell.split()) for name, cell in zip(header, cells, strict=True)}
    number, born = checks.number(said["number"]), _born(said.get("birth_date", ""), checks.today)
    language = LANGUAGES.get(said.get("language", "").lower())
    zone = said.get("zone", "")
    tests = {
        "record_id": (0 < len(said["record_id"]) <= LONGEST_ID, f"needs 1 to {LONGEST_ID} characters"),
        "name": (0 < len(said["name"]) <= LONGEST_NAME, f"needs 1 to {LONGEST_NAME} characters"),
        "number": (bool(number), "is no phone number with ten digits"),
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
