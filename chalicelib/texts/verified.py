"""How old is what we tell patients? Ninety days: look again. A hundred and eighty: no release (RES-2).

`python -m chalicelib.texts.verified YYYY-MM-DD` prints what is due and fails when something is too old.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any

WARN, FAIL = timedelta(days=90), timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Checked:
    """One file or row and the day a person last held it against its source; None when nobody wrote a day."""

    what: str  # "resources.toml: lifeline_988"
    on: date | None


@dataclass(frozen=True, slots=True)
class Review:
    """What is older than 90 days, and what may not be released."""

    warn: tuple[str, ...]
    fail: tuple[str, ...]


def review(today: date, rows: Iterable[Checked] | None = None) -> Review:
    """`rows`: every file of this room unless others are handed in. No day, or a day to come, fails."""
    warn, fail = [], []
    for row in every_day() if rows is None else rows:
        if row.on is None or row.on > today or today - row.on > FAIL:
            fail.append(row.what)
        elif today - row.on > WARN:
            warn.append(row.what)
    return Review(tuple(warn), tuple(fail))


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the words of a file come from, and who looked at them last."""

    verified_on: date | None
    reviewed_by: str
    source: str


def provenance(name: str) -> Provenance:
    """What a file of this room says of itself. Raises FileNotFoundError."""
    data = tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return Provenance(data.get("verified_on"), data.get("reviewed_by", ""), data.get("source", ""))


def every_day() -> Iterator[Checked]:
    """The day of each data file, and of each row where rows have their own."""
    for file in sorted(resources.files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            yield from days_of(file.name, tomllib.loads(file.read_text(encoding="utf-8")))


def days_of(name: str, data: Mapping[str, Any]) -> Iterator[Checked]:
    """A file's own day, else its rows' days."""
    rows = [row for table in data.values() if isinstance(table, list) for row in table if isinstance(row, Mapping)]
    if "verified_on" in data or not any("verified_on" in row for row in rows):
        yield Checked(name, data.get("verified_on"))
        rows = [row for row in rows if "verified_on" in row]
    for row in rows:
        yield Checked(f"{name}: {row.get('id', '?')}", row.get("verified_on"))


def main(today: str) -> int:
    found = review(date.fromisoformat(today))
    lines = [f"older than {WARN.days} days: {what}" for what in found.warn]
    lines += [f"older than {FAIL.days} days, or without a day: {what}" for what in found.fail]
    sys.stdout.write("".join(f"{line}\n" for line in lines) or "every text and resource was verified lately\n")
    return 1 if found.fail else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
