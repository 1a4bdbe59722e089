"""The days ahead, before they come: who is on call when, and where nobody is, or somebody who cannot be called (PG-4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .rota import OnCall, Rota

GRAIN = timedelta(minutes=15)
DAYS_AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The same people from `start` to `end`."""

    start: datetime
    end: datetime
    on_call: OnCall


@dataclass(frozen=True, slots=True)
class Gap:
    """`why`: nobody, away, unverified (no phone that was tried), no_last_resort."""

    program: str
    start: datetime
    end: datetime
    why: str
    person: str = ""
    step: int = 0


Ahead = Mapping[str, tuple[Stretch, ...]]  # by program


def stretches(rota: Rota, program: str, start: datetime, end: datetime) -> Iterator[Stretch]:
    """Who is on call from `start` to `end`, in order, without a hole."""
    began, held, at = start, rota.on_call(program, start), start
    while at < end:
        at = min(at + GRAIN - (at - at.replace(minute=0, second=0, microsecond=0)) % GRAIN, end)
        if at == end:
            break
        now = rota.on_call(program, at)
        if now != held:
            yield Stretch(began, at, held)
            began, held = at, now
    yield Stretch(began, end, held)


def days_ahead(rota: Rota, programs: Iterable[str], start: datetime, end: datetime) -> Ahead:
    """Each program's stretches, for the page that shows them and for the gaps in them. Those that the rota does not tell apart
    are worked out once."""
    asked = list(programs)
    own = {program: rota.rows_of(program) for program in asked}
    known = {rows: tuple(stretches(rota, program, start, end)) for rows, program in {own[each]: each for each in asked}.items()}
    return {program: known[own[program]] for program in asked}


def gaps(ahead: Ahead, away: Mapping[str, datetime | None], unverified: Iterable[str] = ()) -> list[Gap]:
    """Where a page would find nobody, or somebody who cannot hear it, soonest first.

    `away`: by staff id, until when (None: nobody knows). `unverified`: who has no phone that was tried.
    """
    silent = frozenset(unverified)
    found = [
        gap for program, found_in in ahead.items() for stretch in found_in
        for gap in _gaps_of(program, stretch, away, silent)
    ]
    return sorted(_joined(found), key=lambda gap: (gap.start, gap.program, gap.step))


def _gaps_of(program: str, stretch: Stretch, away: Mapping[str, datetime | None], silent: frozenset[str]) -> Iterator[Gap]:
    on_call = stretch.on_call
    people = on_call.steps if on_call.closed is None else (on_call.last_resort,)
    if not any(people):
        yield Gap(program, stretch.start, stretch.end, "nobody" if on_call.closed is None else "no_last_resort")
    for step, person in enumerate(people):
        if person in away and (away[person] is None or stretch.start < (away[person] or stretch.start)):
            yield Gap(program, stretch.start, min(stretch.end, away[person] or stretch.end), "away", person, step)
        elif person in silent:
            yield Gap(program, stretch.start, stretch.end, "unverified", person, step)


def _joined(found: Iterable[Gap]) -> Iterator[Gap]:
    """One line where the same matter goes on in the next stretch."""
    open_ones: dict[tuple[str, str, str, int], Gap] = {}
    for gap in found:
        matter = (gap.program, gap.why, gap.person, gap.step)
        last = open_ones.get(matter)
        if last is not None and last.end == gap.start:
            gap = Gap(gap.program, last.start, gap.end, gap.why, gap.person, gap.step)
        elif last is not None:
            yield last
        open_ones[matter] = gap
    yield from open_ones.values()


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of one person. `accepted`: they have said yes."""

    layer_id: str
    number: int
    begins: datetime
    accepted: bool


def turns_ahead(rota: Rota, staff_id: str, now: datetime, ahead: timedelta = DAYS_AHEAD * 5) -> list[Turn]:
    """A person's turns that have begun or begin within five weeks, soonest first."""
    found = []
    for layer in rota.layers:
        if layer.since is None or staff_id not in layer.people:
            continue
        turn = max(layer.turn(now), 0)
        while layer.began(turn) < now + ahead:
            if layer.person(turn) == staff_id and layer.person(turn - 1) != staff_id:
                accepted = f"{layer.layer_id}.{turn}" in rota.accepted
                found.append(Turn(layer.layer_id, turn, layer.began(turn), accepted))
            turn += 1
    return sorted(found, key=lambda turn: turn.begins)
