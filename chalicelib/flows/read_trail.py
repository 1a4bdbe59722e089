"""The compliance officer looks at the trail: who did what, to whom, why. Never content, and each look is in the trail too."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..core.audit import HOUR, AuditEntry, hour_of
from ..core.openings import Line, beside
from ..core.records import Patient
from ..core.roles import Action
from ..core.staff import Staff
from ..ports import World
from ..ports.archive import AccountTrail
from . import trail
from .authority import demand
from .explain import LINES, entries_about, explain, subjects_of
from .verify_trail import Verdict, verify

PURPOSE = "compliance"
MOST = 500  # lines on a page
MOST_OUT = 5000  # lines in a file
WITHOUT_NAME = timedelta(days=7)  # how long a time may be when neither person nor patient is asked for
COMPARED = timedelta(days=31)  # how long a time may be that AWS's own files are read for, on a page


@dataclass(frozen=True, slots=True)
class Asked:
    """What the officer looks for; empty: anything. `until` is not in it any more."""

    since: datetime
    until: datetime
    person: str = ""
    patient: str = ""
    purpose: str = ""
    refused: bool = False  # only who was turned away


@dataclass(frozen=True, slots=True)
class Found:
    """Newest first. `cut`: there are more than a page takes. `since`: how far back was really looked."""

    entries: tuple[AuditEntry, ...]
    cut: bool
    since: datetime


def search(world: World, who: Staff, asked: Asked, most: int = MOST, action: str = "search_trail") -> Found:
    """Raises `NotFound` for a role that may not, `StoreError`."""
    demand(world, who, Action.TRAIL)
    world.store.commit(trail.entry(world, who, asked.patient or "trail", action, PURPOSE, world.clock()))
    since = asked.since if asked.person or asked.patient else max(asked.since, asked.until - WITHOUT_NAME)
    fitting = [entry for entry in _entries(world, asked, since) if _fits(asked, entry)]
    fitting.sort(key=lambda entry: (entry.at, entry.entry_id), reverse=True)
    return Found(tuple(fitting[:most]), len(fitting) > most, since)


def _entries(world: World, asked: Asked, since: datetime) -> list[AuditEntry]:
    if asked.patient:
        return entries_about(world, subjects_of(world, asked.patient), since, asked.until)
    if asked.person:
        return world.store.trail_by(asked.person, since, asked.until, LINES)
    hours = [hour_of(since + HOUR * at) for at in range(int((asked.until - since) / HOUR) + 2)]
    with ThreadPoolExecutor(8) as pool:
        found = [entry for page in pool.map(world.store.trail_in, hours) for entry in page]
    return [entry for entry in found if since <= entry.at < asked.until]


def _fits(asked: Asked, entry: AuditEntry) -> bool:
    return (
        (not asked.person or entry.who == asked.person)
        and (not asked.purpose or entry.purpose.partition(":")[0] == asked.purpose)
        and (not asked.refused or entry.refused)
    )


@dataclass(frozen=True, slots=True)
class Timeline:
    """One patient's trail, oldest first. `compared`: AWS's own files were read for it. `program`: "" where no such record is."""

    patient_id: str
    program: str
    lines: tuple[Line, ...]
    compared: bool

    @property
    def alarms(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.what == "unknown")


def timeline(
    world: World,
    who: Staff,
    patient_id: str,
    since: datetime,
    until: datetime,
    account: Callable[[], AccountTrail] | None = None,
    action: str = "read_trail",
) -> Timeline:
    """`account`: where AWS's files are read, if they are to be. Raises `NotFound`, `StoreError`, `ArchiveUnavailable`."""
    demand(world, who, Action.TRAIL)
    action = "compare_trail" if account is not None and action == "read_trail" else action
    world.store.commit(trail.entry(world, who, patient_id, action, PURPOSE, world.clock()))
    patient = world.store.get(Patient, patient_id)
    program = patient.program if patient else ""
    if account is not None:
        found = explain(world, account(), patient_id, max(since, until - COMPARED), until)
        return Timeline(patient_id, program, found.lines, compared=True)
    entries = entries_about(world, subjects_of(world, patient_id), since, until)
    return Timeline(patient_id, program, tuple(beside(entries, ())), compared=False)


def check_seal(world: World, who: Staff, days: int) -> Verdict:
    """The last days' hours. Raises `NotFound`, `StoreError`, `ArchiveUnavailable`."""
    demand(world, who, Action.TRAIL)
    now = world.clock()
    verdict = verify(world, hour_of(now - timedelta(days=days)))
    result = f"{len(verdict.wrong)} wrong" if verdict.wrong else "whole"
    world.store.commit(trail.entry(world, who, "trail", "verify_trail", PURPOSE, now, result))
    return verdict
