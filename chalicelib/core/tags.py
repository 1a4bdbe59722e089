"""A patient's tags: words of the clinic's own to find people by. They can say something about care, so they are sealed."""

from __future__ import annotations

import unicodedata

MOST, LONGEST = 8, 24


def read_tags(text: str) -> tuple[str, ...]:
    """What a field says, a comma between two; the same word twice is one. `#` before a word is not part of it."""
    said = (" ".join(each.split()).lstrip("#").strip() for each in text.replace(";", ",").split(","))
    return tuple({fold(each): each for each in said if each}.values())


def wrong_tags(tags: tuple[str, ...]) -> str:
    """Why these cannot be kept, or ""."""
    if len(tags) > MOST:
        return f"{MOST} tags at most."
    return f"{LONGEST} letters at most in one tag." if any(len(each) > LONGEST for each in tags) else ""


def fold(text: str) -> str:
    """Lower case without accents: "José" and "jose" are the same to somebody who types."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))
