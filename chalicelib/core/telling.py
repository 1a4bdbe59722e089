"""How a person wants to be told that a text waits too long: by a page on their phone, by e-mail, or by the console alone.

It is never about a crisis: those page who is on call, whatever anybody chose here.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from .clinic import EVERYONE


class Way(StrEnum):
    """Both reach a subscription of the page topic; neither says a word of a text (list 1, 39)."""

    SMS = "sms"
    EMAIL = "email"


UNLESS_CHOSEN = (Way.SMS,)
NONE = "none"


def read_ways(kept: str) -> tuple[Way, ...]:
    """What was kept: "sms email", "none", or "" for who never chose."""
    if not kept:
        return UNLESS_CHOSEN
    return tuple(way for way in Way if way in kept.split())


def written(ways: Iterable[Way]) -> str:
    return " ".join(way for way in Way if way in tuple(ways)) or NONE


def addresses(staff_id: str, ways: tuple[Way, ...], last: bool) -> tuple[str, ...]:
    """The filter values of the subscriptions to reach. Who is the last to be told is told outside the console in any case."""
    if staff_id == EVERYONE:
        return (EVERYONE,)
    chosen = ways or (UNLESS_CHOSEN if last else ())
    return tuple(staff_id if way is Way.SMS else f"{staff_id}:{way}" for way in chosen)
