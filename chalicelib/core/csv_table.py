"""A CSV file as rows that know their line; what is no table at all is one thing wrong. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that a person must look at. `line`: as a spreadsheet counts, the header is 1. No value of the file."""

    line: int
    column: str
    what: str


@dataclass(frozen=True, slots=True)
class Table:
    """`body`: line number and cells, blank lines left out. With something `wrong` there is nothing else."""

    header: tuple[str, ...] = ()
    body: tuple[tuple[int, list[str]], ...] = ()
    wrong: tuple[Wrong, ...] = ()


def read_table(text: str, needed: Collection[str], most: int) -> Table:
    """Column names are folded to lower case with underscores."""
    found = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        lines = [(found.line_num, row) for row in found]
    except csv.Error:
        return Table(wrong=(Wrong(found.line_num, "", "this line is no CSV: look for a quote that is not closed"),))
    if not lines:
        return Table(wrong=(Wrong(1, "", "the file is empty"),))
    header = tuple(re.sub(r"[\s-]+", "_", name.strip().lower()) for name in lines[0][1])
    absent = tuple(Wrong(1, name, "this column is missing") for name in needed if name not in header)
    if absent or len(set(header)) < len(header):
        return Table(wrong=absent or (Wrong(1, "", "a column stands twice"),))
    body = tuple((line, row) for line, row in lines[1:] if any(cell.strip() for cell in row))
    if len(body) > most:
        return Table(wrong=(Wrong(most + 2, "", f"more than {most:,} rows: split the file"),))
    return Table(header, body)


def cells_of(table: Table, line: int, cells: list[str]) -> dict[str, str] | Wrong:
    """One row by column, single spaces."""
    if len(cells) != len(table.header):
        return Wrong(line, "", f"has {len(cells)} cells, the header has {len(table.header)}")
    return {name: " ".join(cell.split()) for name, cell in zip(table.header, cells, strict=True)}
