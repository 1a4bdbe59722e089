"""A file of visits that was dropped: how far it was read, and which lines were left out. No word of the file, nor its name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Dropped:
    """One version of one file, found by the keyed hash of its place. `left_out`: "<line>.<why>"."""

    key: ClassVar[tuple[str, ...]] = ("drop_id",)
    drop_id: str
    program: str
    at: datetime
    lease_until: datetime  # who reads it has until then
    reached: int = 0  # rows taken in or left out
    left_out: tuple[str, ...] = ()
    wrong: int = 0
    done_at: datetime | None = None
