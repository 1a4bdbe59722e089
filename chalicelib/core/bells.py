"""What a bell of the reconciliation says: the how manieth look it asks for, and from when until when. No word of anybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from .quick import dataclass

AGAIN, OPEN = "again", "-"


@dataclass(frozen=True, slots=True)
class Bell:
    """`look`: 0 for whoever rang first. `since`: earlier than the last day, after an outage. `until`: what is later was looked
    through by the look before."""

    look: int = 0
    since: datetime | None = None
    until: datetime | None = None

    @property
    def word(self) -> str:
        span = [at.isoformat() if at else OPEN for at in (self.since, self.until)]
        return " ".join([AGAIN, str(self.look), *(span if span != [OPEN, OPEN] else [])])


def read(word: str) -> Bell:
    """Any other word is the bell itself: a page's, or a person's by the runbook."""
    try:
        again, look, *span = word.split()
        since, until = (_at(each) for each in span or (OPEN, OPEN))
        return Bell(int(look), since, until) if again == AGAIN and look.isdecimal() else Bell()
    except ValueError:
        return Bell()


def heard(words: Iterable[str]) -> Bell:
    """All that rang together, as one: nothing that one of them asks for is left out."""
    bells = [read(word) for word in words]
    sinces, untils = [bell.since for bell in bells if bell.since], [bell.until for bell in bells if bell.until]
    until = max(untils) if untils and len(untils) == len(bells) else None
    return Bell(min((bell.look for bell in bells), default=0), min(sinces, default=None), until)


def _at(word: str) -> datetime | None:
    if word == OPEN:
        return None
    at = datetime.fromisoformat(word)
    if at.tzinfo is None:
        raise ValueError("no zone")
    return at
