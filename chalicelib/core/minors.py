"""Whether somebody young may agree to texts alone. The table of states ships empty, and so nobody under 18 may (MIN-2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

OF_AGE = 18  # MIN-1: in most states; a state where it is later has a row


@dataclass(frozen=True, slots=True)
class StateRule:
    """One line of `texts/minors.toml`, entered by a clinic's counsel: from which age, for which line, by which statute."""

    state: str
    service_line: str
    min_age: int
    limits: str
    parent_notice: str
    statute: str
    reviewed_on: date
    reviewer: str


def age_on(birth_date: date, day: date) -> int:
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def grant_ends(birth_date: date | None, day: date) -> date:
    """When a guardian's grant of today ends (MIN-3): after a year; of somebody young by the first of January of the year in which
    they come of age, and from there on month by month. Never a day that tells a birthday (N5)."""
    year = day + timedelta(days=365)
    if birth_date is None or age_on(birth_date, day) >= OF_AGE:
        return year
    turns = date(birth_date.year + OF_AGE, 1, 1)
    return min(year, turns) if day < turns else day + timedelta(days=30)


def may_agree_alone(
    birth_date: date | None, day: date, state: str = "", service_line: str = "", table: Iterable[StateRule] = ()
) -> bool:
    """A birth date that nobody wrote down is no minor's: staff saw them."""
    if birth_date is None or age_on(birth_date, day) >= OF_AGE:
        return True
    rows = [row for row in table if (row.state, row.service_line) == (state, service_line)]
    return bool(rows) and age_on(birth_date, day) >= max(row.min_age for row in rows)
