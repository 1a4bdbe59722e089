"""That somebody broke the glass is told at once, without a word of whose: to whoever supervises that program now, and to whoever
reviews. Said twice is better than not said: the tick says it where the console died."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from ..core.own_keys import OPEN, Lending
from ..core.records import Due
from ..core.staff import Staff
from ..errors import PageFailed, StoreError
from ..ports import World
from .outbox import gone, keep_due
from .tell import tell_at_once

KIND = "glass"  # Due.kind
SOON = timedelta(minutes=1)
SAYS = "Porchlight: a record was opened by breaking the glass. See Lent keys in the console."


def people(world: World, program: str, who: Staff, officers: Iterable[str]) -> tuple[str, ...]:
    """Whoever supervises there now, or is on call there where nobody does, and whoever reviews; never only who did it: where they
    alone are on call and no officer is known, everybody else of the rota."""
    there = [each for each in reversed(world.clinic.on_call(program, world.clock()).people) if each != who.staff_id]
    told = dict.fromkeys([*there[:1], *(each for each in officers if each != who.staff_id)])
    return tuple(told or sorted(world.clinic.rota.names() - {who.staff_id}))


def now(world: World, due: Due) -> None:
    """In the console, moments after it was written. What fails here is the tick's."""
    try:
        tell(world, due)
    except (StoreError, PageFailed) as failure:
        world.journal.event("glass_not_told", error=type(failure).__name__)


def tell(world: World, due: Due) -> None:
    """`due.about`: who is left to be told. Raises `StoreError`, and `PageFailed` where nobody took it: the tick tries again."""
    lending = world.store.get(Lending, OPEN, due.target)
    people = due.about.split() or (lending.told if lending is not None else ())
    left = [each for each in people if not tell_at_once(world, each, SAYS)]
    if left and len(left) == len(people):
        raise PageFailed(due.target)
    later = [keep_due(replace(due, at=world.clock() + SOON, about=" ".join(left)))] if left else []
    world.store.commit(gone(due), *later)
