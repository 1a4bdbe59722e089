"""A month of urgent items for who answers for them: figures and ids. Nobody's name or text is opened for it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from ..core.coverage import Gap
from ..core.incident_clock import by_need
from ..core.incidents import month_of
from ..core.records import UNMATCHED, Incident
from ..core.roles import Action
from ..core.staff import Staff
from ..ports import World
from . import trail
from .authority import demand
from .drills import read_drills
from .plan_rota import gaps_ahead, read_rota_now
from .sign_off import owes_signature

AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Board:
    """`month`: "2026-11". `incidents`: every one that began in it, in these programs; `open`: open now, whenever they began."""

    month: str
    programs: tuple[str, ...]
    incidents: tuple[Incident, ...]
    open: tuple[Incident, ...]
    unsigned: tuple[Incident, ...]
    drills: tuple[Incident, ...] = ()  # of the month, newest first; in none of the figures (PG-6)
    gaps: tuple[Gap, ...] = ()  # of the rota, in the next two weeks


def crisis_board(world: World, who: Staff, month: str = "") -> Board:
    """Two queries for each of this person's programs, and four for drills and rota; they grow with the month's items, not
    with the table.

    Raises `NotFound` for a role that may not, `StoreError`.
    """
    demand(world, who, Action.CRISIS_BOARD)
    now = world.clock()
    chosen = month if is_month(month) else month_of(now)
    programs = tuple(each for each in (*world.clinic.programs, UNMATCHED) if who.may_see(each))
    world.store.commit(trail.entry(world, who, "crisis_board", "count", "supervision", now))
    with ThreadPoolExecutor(8) as pool:
        months = pool.map(lambda program: world.store.incidents_of(program, chosen), programs)
        began = [each for found in months for each in found]
        still = [each for found in pool.map(world.store.open_incidents, programs) for each in found]
    began.sort(key=lambda incident: incident.detected_at)
    unsigned = tuple(each for each in began if owes_signature(each))
    ahead = tuple(gap for gap in gaps_ahead(world, read_rota_now(world), now, AHEAD) if gap.program in programs)
    drills = tuple(read_drills(world, who, chosen))
    return Board(chosen, programs, tuple(began), tuple(by_need(still, now)), unsigned, drills, ahead)


def is_month(text: str) -> bool:
    """"2026-11", and nothing else."""
    return re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text) is not None
