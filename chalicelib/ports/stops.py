"""A carrier's own list of who sent STOP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..core.carrier_stops import OptedOut


class StopList(Protocol):
    """Each raises `NoStopList` where the carrier shows it to nobody, and `CarrierError`."""

    def stops(self) -> Iterable[OptedOut]:
        """Who gets nothing, whatever is sent."""

    def let_back(self, number: str) -> None:
        """Off that list; of who is not on it, nothing."""
