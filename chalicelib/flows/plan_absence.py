"""Before somebody leaves: what would go over, who could cover, and who may say so for another person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..core.absence import Absence
from ..core.records import UNMATCHED, Incident, Thread
from ..core.roles import Action
from ..core.staff import Staff
from ..errors import NotFound
from ..ports import World
from . import trail
from .directory import Account
from .hand_over import NotPossible, come_back, leave


@dataclass(frozen=True, slots=True)
class Plan:
    """What would go over: counts, and the programs that the cover must be able to see. No names."""

    staff_id: str
    threads: int
    waiting: int
    late: int
    incidents: int
    programs: frozenset[str]
    absence: Absence | None  # the running one


@dataclass(frozen=True, slots=True)
class Away:
    """What the inbox says about absences: one's own, and those one covers for."""

    mine: Absence | None = None
    covering: tuple[Absence, ...] = ()


def plan(world: World, who: Staff, staff_id: str) -> Plan:
    """Raises `NotFound` for somebody else's absence without the right to it (kept in the trail), `StoreError`."""
    _may_speak_for(world, who, staff_id)
    now, owned = world.clock(), world.store.owned(staff_id)
    held = [each for each in _open_incidents(world) if each.holder == staff_id]
    return Plan(
        staff_id=staff_id,
        threads=len(owned),
        waiting=sum(thread.waiting_since is not None for thread in owned),
        late=sum(_late(thread, now) for thread in owned),
        incidents=len(held),
        programs=frozenset([thread.program for thread in owned] + [incident.program for incident in held]),
        absence=_running(absence for absence in world.store.absences() if absence.staff_id == staff_id),
    )


def could_cover(world: World, planned: Plan, accounts: Iterable[Account]) -> list[Account]:
    """Who can open everything that would go over, works in a program of theirs, and is here."""
    people = list(accounts)
    away = {absence.staff_id for absence in world.store.absences() if absence.state != "back"} | {planned.staff_id}
    theirs = {program for each in people if each.staff_id == planned.staff_id for program in each.programs}
    here = [each for each in people if each.enabled and each.staff_id not in away]
    return [each for each in here if planned.programs <= set(each.programs) and theirs & set(each.programs)]


def go(
    world: World, who: Staff, staff_id: str, cover: str, accounts: Iterable[Account], until: datetime | None = None
) -> Absence:
    """Leave in one step. Raises `NotPossible` for a cover who could not open what goes over, `NotFound`, `StoreError`."""
    planned = plan(world, who, staff_id)
    if cover not in {each.staff_id for each in could_cover(world, planned, accounts)}:
        raise NotPossible("cover")
    return leave(world, who, staff_id, cover, until)


def back(world: World, who: Staff, staff_id: str) -> Absence:
    """Come back in one step. Raises `NotFound`, `StoreError`."""
    _may_speak_for(world, who, staff_id)
    return come_back(world, who, staff_id)


def read_away(world: World, who: Staff) -> Away:
    """One query, whatever the number of threads. Raises `StoreError`."""
    running = [absence for absence in world.store.absences() if absence.state != "back"]
    mine = _running(absence for absence in running if absence.staff_id == who.staff_id)
    return Away(mine, tuple(absence for absence in running if absence.cover == who.staff_id))


def _running(absences: Iterable[Absence]) -> Absence | None:
    return next((absence for absence in absences if absence.state != "back"), None)


def _may_speak_for(world: World, who: Staff, staff_id: str) -> None:
    if who.staff_id != staff_id and not who.may(Action.ABSENCES):
        trail.refuse(world, who, f"staff#{staff_id}", "leave", "absence")
        raise NotFound(staff_id)


def _open_incidents(world: World) -> list[Incident]:
    return [each for program in (*world.clinic.programs, UNMATCHED) for each in world.store.open_incidents(program)]


def _late(thread: Thread, now: datetime) -> bool:
    return thread.reply_by is not None and thread.reply_by <= now
