"""Somebody is away: who covers, since when, and what went over, so that it can come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Absence:
    """`state`: leaving (things are going over), away, returning, back. `threads`, `incidents`: what went over."""

    key: ClassVar[tuple[str, ...]] = ("staff_id",)
    staff_id: str
    cover: str
    state: str
    since: datetime
    by: str
    version: int = 1
    until: datetime | None = None  # planned; nothing comes back by itself
    threads: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
