"""Programs that help people keep a phone: dated, with their source, for staff to offer (ACC-5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from .quick import dataclass

OLD = timedelta(days=180)  # as our own sentences (`texts.verified`): looked at again


@dataclass(frozen=True, slots=True)
class Assistance:
    name: str
    says: str
    verified_on: date
    source: str

    def is_old(self, today: date) -> bool:
        return today - self.verified_on > OLD


def read_assistance(rows: Iterable[Mapping[str, Any]]) -> tuple[Assistance, ...]:
    """Raises ValueError for a row without a day or a source: nobody could tell whether it still holds."""
    return tuple(_one(row, f"assistance {at}") for at, row in enumerate(rows, 1))


def _one(row: Mapping[str, Any], where: str) -> Assistance:
    said = {name: row.get(name, "") for name in ("name", "says", "source")}
    day = row.get("verified_on")
    if not all(isinstance(each, str) and each for each in said.values()) or not isinstance(day, date):
        raise ValueError(f"{where}: 'name', 'says', 'source' and 'verified_on' (a day) must be there")
    return Assistance(said["name"], said["says"], day, said["source"])
