"""How long a record must be kept: by state, as a table that a clinic's counsel fills. No row, no day, no statute: it is kept.

Chart retention is state law, longer for minors; consents, the trail and releases have federal years (HIP-4, TCPA-14).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class StateRule:
    """One line of `texts/retention.toml`. `years`: after the last contact. `minor_years`: after the 18th birthday, for who was
    not 18 at the last contact."""

    state: str
    years: int
    minor_years: int
    statute: str
    reviewed_on: date
    reviewer: str

    @property
    def name(self) -> str:
        return f"{self.state} {self.reviewed_on.isoformat()}"


def whole(rule: StateRule | None) -> bool:
    """Whether somebody stands behind the row: without years, a statute and a reviewer it is none (fails closed: kept)."""
    return rule is not None and rule.years > 0 and rule.minor_years > 0 and bool(rule.statute and rule.reviewer)


def kept_until(rule: StateRule, last: date, born: date | None) -> date:
    """The first day on which it may be deleted. Who was no adult yet has both terms, and the later counts."""
    until = _later(last, rule.years)
    if born is not None and last < (of_age := _later(born, 18)):
        until = max(until, _later(of_age, rule.minor_years), _later(of_age, rule.years))
    return until


def _later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return date(day.year + years, 3, 1)
