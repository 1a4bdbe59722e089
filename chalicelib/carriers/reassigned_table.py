"""The Reassigned Numbers Database as a table in a file, for the demo and for who keeps a copy: three answers, as the FCC's has.

The real one is asked by its own contract (https://www.reassigned.us); it is not connected yet. A number that the table does not
cover is "no data", which proves nothing (RND-1).
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from ..core.whose_number import Answer


class ReassignedTable:
    """`ports.Reassigned`. The file holds `[given_up]`, number to its newest day, and `covered`: given up by nobody."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    @cached_property
    def _rows(self) -> dict[str, Any]:
        with self._path.open("rb") as file:
            return tomllib.load(file)

    def owner_changed(self, number: str, since: date) -> str:
        """yes: given up on or after that day; no: covered, and not; no_data."""
        given_up = self._rows.get("given_up", {}).get(number)
        if given_up is not None:
            return Answer.YES if given_up >= since else Answer.NO
        return Answer.NO if number in self._rows.get("covered", ()) else Answer.NO_DATA
