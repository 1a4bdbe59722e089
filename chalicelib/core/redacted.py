"""How far the words of texts were taken out of a carrier's own log, and which of them still stand there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from .quick import Later, carried, dataclass

LATE = timedelta(days=1)  # after its time: from then on a person is told


@dataclass(frozen=True, slots=True)
class Standing:
    """One text whose words a carrier's log still has, though their time is over. Opaque ids and instants alone."""

    carrier_id: str
    inbound: bool
    written_at: datetime
    tried_at: datetime
    why: str = ""  # not_kept, not_settled, not_final, not_seen_empty, or the carrier's own code
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Redacted:
    """Of what the carrier had before `through`, only the words of `standing` are left there. `seen`: how many were found empty
    when they were asked for again. `looked_at`: when it last came as far as it should."""

    key: ClassVar[tuple[str, ...]] = ("carrier",)
    carrier: str
    through: datetime
    seen: int = 0
    standing: tuple[Standing, ...] = ()
    looked_at: datetime | None = None
    version: int = 0

    def late(self, now: datetime, hours: int) -> tuple[Standing, ...]:
        """What should have been gone a day ago."""
        return tuple(each for each in self.standing if each.written_at + timedelta(hours=hours) + LATE <= now)
