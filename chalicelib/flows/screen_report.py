"""How right the screen is, for the clinical lead: a month and the three before it. Marks, rule ids, counts; nothing is opened."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import Any

from ..core.incidents import month_of
from ..core.recent import PARTS
from ..core.records import UNMATCHED, Incident, Looked, Miss, Missed, Record
from ..core.roles import Action
from ..core.screen_figures import counted, months_to
from ..core.staff import Staff
from ..ports import World
from . import trail
from .authority import demand
from .crisis_board import is_month


@dataclass(frozen=True, slots=True)
class Report:
    """`months`: the chosen one last. `pages` and `missed` by month, oldest first."""

    months: tuple[str, ...]
    programs: tuple[str, ...]
    pages: dict[str, tuple[Incident, ...]]
    missed: dict[str, tuple[Miss, ...]]
    looked: dict[str, int]  # texts that paged nobody, near enough

    @property
    def month(self) -> str:
        return self.months[-1]

    @property
    def before(self) -> tuple[Incident, ...]:
        return tuple(each for month in self.months[:-1] for each in self.pages[month])


def screen_report(world: World, who: Staff, month: str = "") -> Report:
    """A query for each program and month, and one read of what was missed.

    Raises `NotFound` for a role that may not, `StoreError`.
    """
    demand(world, who, Action.SCREEN)
    now = world.clock()
    months = months_to(month if is_month(month) else month_of(now))
    programs = tuple(each for each in (*world.clinic.programs, UNMATCHED) if who.may_see(each))
    world.store.commit(trail.entry(world, who, "screen_report", "count", "quality", now))
    places = list(product(programs, months))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda place: world.store.incidents_of(*place), places))
        rows = _counts(world, places)
    pages: dict[str, list[Incident]] = {each: [] for each in months}
    missed: dict[str, list[Miss]] = {each: [] for each in months}
    looked = dict.fromkeys(months, 0)
    for (_, at), incidents in zip(places, found, strict=True):
        pages[at] += [each for each in incidents if counted(each)]
    for row in rows:
        if isinstance(row, Missed):
            missed[row.month] += row.items
        elif isinstance(row, Looked):
            looked[row.month] += row.texts
    return Report(months, programs, _sorted(pages), {at: tuple(items) for at, items in missed.items()}, looked)


def _counts(world: World, places: list[tuple[str, str]]) -> list[Record | None]:
    """What was missed, and how many texts came, of each program and month; as many rows as one read takes."""
    wanted: list[tuple[type[Record], tuple[Any, ...]]] = [(Missed, place) for place in places]
    wanted += [(Looked, (*place, part)) for place in places for part in range(PARTS)]
    return [row for at in range(0, len(wanted), 100) for row in world.store.get_many(wanted[at : at + 100])]


def _sorted(pages: dict[str, list[Incident]]) -> dict[str, tuple[Incident, ...]]:
    return {at: tuple(sorted(found, key=lambda each: each.detected_at)) for at, found in pages.items()}
