"""The rows that ask for an errand: itself, and a due row in case the stream drops it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime, timedelta

from ..core.phones import Errand
from ..core.records import Change, Due, Update
from ..ports import World
from .outbox import SHARD, keep_due

LOST = timedelta(seconds=20)  # when the tick looks whether the stream forgot it


def rows(errand: Errand) -> list[Change]:
    """The changes that ask for it, for the caller's own transaction; twice the same is once."""
    held = {each.name: getattr(errand, each.name) for each in fields(errand) if each.name not in Errand.key}
    asked = {name: value for name, value in held.items() if value not in ("", None)}
    return [Update(Errand, (errand.errand_id,), set=asked, create=True), keep_due(due_of(errand))]


def due_of(errand: Errand) -> Due:
    return Due(SHARD, errand.at + LOST, f"errand#{errand.errand_id}", "errand", errand.errand_id)


def calls(
    world: World, to: Iterable[str], text: str, now: datetime, kind: str = "page", incident_id: str = ""
) -> list[Change]:
    """The second path of a page: the same words to each of these people, directly through the carrier (PG-5)."""
    return [
        change
        for person in dict.fromkeys(to)
        for change in rows(Errand(world.ids(now), kind, person, now, text=text, incident_id=incident_id))
    ]
