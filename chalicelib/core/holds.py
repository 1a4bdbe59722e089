"""A legal hold: while one is on a record, no row of it is deleted by anybody's wish or any rule of time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

REASONS: dict[str, str] = {
    "litigation": "A lawsuit, or one that is expected",
    "subpoena": "A subpoena or a court order",
    "investigation": "An investigation by an authority",
    "complaint": "A complaint, of the patient or of somebody else",
    "incident": "A crisis or a breach that is being looked into",
    "audit": "An audit",
}
_MATTER = re.compile(r"(?=.*\d)[A-Za-z0-9./-]{1,32}")


@dataclass(frozen=True, slots=True)
class Hold:
    """`placed_at` is there while it holds. `reason`: a word of REASONS. `matter`: a docket or file number, never a name (N5)."""

    key: ClassVar[tuple[str, ...]] = ("patient_id",)
    patient_id: str
    placed_at: datetime | None = None
    placed_by: str = ""
    reason: str = ""
    matter: str = ""
    lifted_at: datetime | None = None
    lifted_by: str = ""


def is_matter(said: str) -> bool:
    """A number of a file, or nothing. What could be a name is none: it has a digit, and no space."""
    return not said or _MATTER.fullmatch(said) is not None
