"""How far a carrier's own message log was compared with what we kept, so that no outage is longer than our memory of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Compared:
    """Everything that the carrier had at `at` is in a thread."""

    key: ClassVar[tuple[str, ...]] = ("carrier",)
    carrier: str
    at: datetime
    listed: tuple[str, ...] = ()  # of its list of STOPs: whose numbers (contact ids) were on it
