"""What a newer version of the code wrote inside a map that this one reads and writes again.

Two versions run side by side in every deployment. A row's own fields are safe, since rows are changed field by field; a map
inside a row is written whole. So each kind of map carries what it did not understand, and `replace` takes it along.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

Later = tuple[tuple[str, Any], ...]  # name and value, as the table has them
NAME = "later"


def carried() -> Any:
    """The field that carries it, a class's last: never compared, never shown. Nobody but the codec reads or fills it."""
    return field(default=(), compare=False, repr=False)
