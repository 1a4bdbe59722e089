"""A CSV file that a spreadsheet opens and does not obey. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# What a spreadsheet takes for a formula, or for a cell's end (OWASP, "CSV Injection"). An apostrophe makes it a text.
OBEYED = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(OBEYED) else text


def written(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Every cell quoted, lines ended as RFC 4180 has them."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    lines.writerow(header)
    lines.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()
