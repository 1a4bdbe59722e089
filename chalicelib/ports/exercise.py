"""What an exercise needs from the world: a phone of our own at the carriers' door, and somebody to be paged who is nobody."""

from __future__ import annotations

from typing import Protocol


class SyntheticPhone(Protocol):
    """A phone of our own, which reaches the carriers' door as the clinic's carrier does (docs/decisions/exercises.md)."""

    def write(self, carrier_id: str, sender: str, body: str) -> str:
        """Hand in a text, signed. The row of the answer in the response, "" for none. Raises `CarrierError`."""

    def delivered(self, row: str) -> None:
        """Say of that answer, as the carrier would, that it arrived. Raises `CarrierError`."""


class Machine(Protocol):
    """Who is paged by a dead man's text."""

    def pages(self, seconds: int) -> list[str]:
        """What it was paged, each once; waits so long for the first. Raises `ParkFailed`."""
