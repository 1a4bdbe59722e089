"""Who is on call: a pure function of the rota, the program and the instant (PG-4).

For each step (primary, backup, supervisor): an agreed override, else the program's own layers, else the clinic's. A time
declared closed has nobody, and still one person of last resort for danger. No instant is without somebody to page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from .quick import dataclass
from .windows import Window, instant

EVERYONE = "everyone"
STEPS = ("primary", "backup", "supervisor")
OVERLAP = timedelta(minutes=15)  # both are called when a turn changes …
UNACCEPTED = timedelta(hours=12)  # … and this long when the next has not said yes


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns at one step in the same hours. One person: always theirs."""

    layer_id: str
    step: int
    programs: tuple[str, ...]  # empty: the whole clinic
    zone: ZoneInfo
    window: Window
    people: tuple[str, ...]
    since: date | None = None  # the first day of the first person's turn
    turn_days: int = 7
    turn_at: time = time(9)  # wall clock: when a turn ends and the next begins
    holidays: str = "too"  # too, only, never

    def turn(self, at: datetime) -> int:
        """The number of the turn at an instant, from 0 on its first day; before that, negative."""
        if self.since is None:
            return 0
        day = at.astimezone(self.zone).date()
        if at < instant(day, self.turn_at, self.zone):
            day -= timedelta(days=1)
        return (day - self.since).days // self.turn_days

    def person(self, turn: int) -> str:
        return self.people[turn % len(self.people)] if self.people else ""

    def began(self, turn: int) -> datetime:
        """When a turn began, or begins."""
        assert self.since is not None
        return instant(self.since + timedelta(days=turn * self.turn_days), self.turn_at, self.zone)


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody else for a stretch of time. It counts once the person who takes over has accepted."""

    override_id: str
    step: int
    programs: tuple[str, ...]
    start: datetime
    end: datetime
    person: str
    accepted: bool = False

    def covers(self, at: datetime) -> bool:
        return self.accepted and self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Closed:
    """A time in which nobody is on call, said openly. `says`: the template of the answer to somebody in danger."""

    closed_id: str
    programs: tuple[str, ...]
    zone: ZoneInfo
    window: Window
    says: str = "crisis_unstaffed"


T = TypeVar("T", Layer, Override, Closed)


@dataclass(frozen=True, slots=True)
class OnCall:
    """The steps of escalation at an instant. `also`: by step, who has just handed over or still holds until accepted.

    Empty steps: nobody is on call; then `last_resort`, and after that person everyone.
    """

    steps: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    closed: Closed | None = None
    last_resort: str = ""

    @property
    def staffed(self) -> bool:
        return any(self.steps)

    @property
    def people(self) -> tuple[str, ...]:
        """Whom to call, in order; empty steps are skipped at once (C19)."""
        called = [person for person in self.steps if person]
        return tuple(called) if called else (self.last_resort,) * bool(self.last_resort)

    def at(self, step: int) -> str:
        """Whom to page at this step; past the last, everyone, for ever."""
        return self.people[step] if step < len(self.people) else EVERYONE


@dataclass(frozen=True, slots=True)
class Rota:
    """`accepted`: turns that their person has said yes to, as "layer.turn"."""

    layers: tuple[Layer, ...] = ()
    overrides: tuple[Override, ...] = ()
    closed: tuple[Closed, ...] = ()
    holidays: frozenset[date] = field(default_factory=frozenset)
    last_resort: str = ""
    reader: str = ""  # clears what is unread on closed days
    accepted: frozenset[str] = field(default_factory=frozenset)

    def on_call(self, program: str, at: datetime) -> OnCall:
        """Who is on call for a program."""
        shut = next((one for one in _own_first(self.closed, program) if one.window.covers(at, one.zone)), None)
        if shut is not None:
            return OnCall(closed=shut, last_resort=self.last_resort)
        found = [self._at_step(step, program, at) for step in range(len(STEPS))]
        steps = tuple(person for person, _ in found)
        return OnCall(steps if any(steps) else (), tuple(other for _, other in found), None, self.last_resort)

    def rows_of(self, program: str) -> tuple[bool, ...]:
        """Which rows are the program's own: of two programs with the same rows the same people are on call."""
        return tuple(program in row.programs for rows in (self.layers, self.overrides, self.closed) for row in rows)

    def names(self) -> frozenset[str]:
        """Everybody whom this rota could call."""
        people = {person for layer in self.layers for person in layer.people}
        people |= {one.person for one in self.overrides if one.accepted} | {self.last_resort}
        return frozenset(people - {""})

    def places(self, staff_id: str) -> list[str]:
        """Where the rota needs this person: layers, agreed overrides, last resort, reader."""
        layers = [layer.layer_id for layer in self.layers if staff_id in layer.people]
        overrides = [one.override_id for one in self.overrides if one.accepted and one.person == staff_id]
        roles = {"last_resort": self.last_resort, "reader": self.reader}
        return layers + overrides + [role for role, person in roles.items() if person == staff_id]

    def _at_step(self, step: int, program: str, at: datetime) -> tuple[str, str]:
        """The person, and who is called beside them because a turn has just changed."""
        agreed = [one for one in _own_first(self.overrides, program) if one.step == step and one.covers(at)]
        if agreed:
            return agreed[0].person, ""
        for layer in _own_first(self.layers, program):
            if layer.step == step and layer.people and self._applies(layer, at):
                turn = layer.turn(at)
                return layer.person(turn), self._before(layer, turn, at)
        return "", ""

    def _applies(self, layer: Layer, at: datetime) -> bool:
        if layer.turn(at) < 0:
            return False  # it begins later
        days = [day for day, opens, closes in layer.window.around(at, layer.zone) if opens <= at < closes]
        if layer.holidays == "too":
            return bool(days)
        return any((day in self.holidays) == (layer.holidays == "only") for day in days)

    def _before(self, layer: Layer, turn: int, at: datetime) -> str:
        if layer.since is None or turn < 1:
            return ""
        said_yes = f"{layer.layer_id}.{turn}" in self.accepted
        both_until = layer.began(turn) + (OVERLAP if said_yes else UNACCEPTED)
        outgoing = layer.person(turn - 1)
        return outgoing if at < both_until and outgoing != layer.person(turn) else ""


def _own_first(rows: Iterable[T], program: str) -> list[T]:
    """Those of the program, in their order, and then the clinic's."""
    rows = tuple(rows)
    return [row for row in rows if program in row.programs] + [row for row in rows if not row.programs]
