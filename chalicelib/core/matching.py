"""Whether what somebody typed means this person: by name, by initials, by a tag, by the end of the id. Pure."""

from __future__ import annotations

import re
from enum import IntEnum

from .tags import fold

ID_END = 6  # letters of an id that are enough: staff read the end of one to each other


class How(IntEnum):
    """How well it fits; the best first."""

    NAME = 0  # a word of the name begins with each word asked
    INITIALS = 1
    INSIDE = 2  # each word asked stands somewhere in the name
    TAG = 3
    ID = 4


def how_found(asked: str, name: str, tags: tuple[str, ...], patient_id: str) -> How | None:
    """The best way in which they are meant, or None. A `#` before it asks for a tag alone."""
    words = fold(asked).split()
    if not words:
        return None
    if asked.lstrip().startswith("#"):
        return How.TAG if _tagged(fold(asked).lstrip("# "), tags) else None
    parts = _parts(name)
    if all(any(part.startswith(word) for part in parts) for word in words):
        return How.NAME
    if _initials_of(asked) and _initials_of(asked) == "".join(part[0] for part in parts):
        return How.INITIALS
    if all(word in fold(name) for word in words):
        return How.INSIDE
    if _tagged(fold(asked), tags):
        return How.TAG
    return How.ID if _ends_with(patient_id, asked.strip()) else None


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[\s\-.']+", fold(name)) if part]


def _initials_of(asked: str) -> str:
    """"AB", "a.b." and "A B" are initials; "Ana" is a name first."""
    letters = re.sub(r"[\s.\-]+", "", fold(asked))
    return letters if 2 <= len(letters) <= 4 and letters.isalpha() else ""


def _tagged(asked: str, tags: tuple[str, ...]) -> bool:
    return bool(asked) and any(fold(tag).startswith(asked.strip()) for tag in tags)


def _ends_with(patient_id: str, asked: str) -> bool:
    return len(asked) >= ID_END and asked.isalnum() and patient_id.upper().endswith(asked.upper())
