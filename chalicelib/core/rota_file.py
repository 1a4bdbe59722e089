"""The rota as a clinic writes it down: `[[layer]]`, `[[closed]]`, `[[holiday]]`, `[rota]`, and the short form `[[shift]]`.

Every mistake is named with its place. Overrides and acceptances are made in the console and come from settings.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from .rota import STEPS, Closed, Layer, Rota
from .windows import DAYS, Window, read_window

HOLIDAYS = ("too", "only", "never")
LONGEST_TURN = 366  # days


def read_rota(data: Mapping[str, Any], zone: ZoneInfo, programs: Collection[str]) -> Rota:
    """The rota of a parsed `clinic.toml`. `zone`: the clinic's. Raises ValueError saying what is wrong, and where."""
    head = data.get("rota", {})
    layers = [read_layer(row, f"layer {at}", zone, programs) for at, row in enumerate(data.get("layer", ()), 1)]
    for at, row in enumerate(data.get("shift", ()), 1):
        layers += _shift(row, at, zone, programs)
    twice = sorted({one.layer_id for one in layers if [other.layer_id for other in layers].count(one.layer_id) > 1})
    if twice:
        raise ValueError(f"layer: the id {twice[0]!r} is taken")
    return Rota(
        layers=tuple(layers),
        closed=tuple(_closed(row, f"closed {at}", zone, programs) for at, row in enumerate(data.get("closed", ()), 1)),
        holidays=frozenset(_day(row.get("date"), f"holiday {at}") for at, row in enumerate(data.get("holiday", ()), 1)),
        last_resort=str(head.get("last_resort", "")),
        reader=str(head.get("reader", "")),
    )


def read_layer(row: Mapping[str, Any], where: str, zone: ZoneInfo, programs: Collection[str]) -> Layer:
    """One layer. Raises ValueError."""
    people = tuple(row.get("people", ()))
    if not people or not all(isinstance(person, str) and person for person in people):
        raise ValueError(f"{where}: 'people' names at least one person")
    since = _day(row["since"], where) if "since" in row else None
    if len(people) > 1 and since is None:
        raise ValueError(f"{where}: people who take turns need 'since', the first day of the first person's turn")
    holidays = row.get("holidays", "too")
    if holidays not in HOLIDAYS:
        raise ValueError(f"{where}: 'holidays' is one of {', '.join(HOLIDAYS)}")
    return Layer(
        layer_id=required(row, "id", where),
        step=step_named(row.get("step", STEPS[0]), where),
        programs=_programs(row, where, programs),
        zone=zone_named(row["zone"], where) if row.get("zone") else zone,
        window=_window(row, where),
        people=people,
        since=since,
        turn_days=_turn_days(row, where),
        turn_at=_time(row.get("turn_at", "09:00"), where),
        holidays=holidays,
    )


def _shift(row: Mapping[str, Any], at: int, zone: ZoneInfo, programs: Collection[str]) -> list[Layer]:
    """The same hours for up to three steps, one person each, always."""
    where = f"shift {at}"
    named = [(step, row[name]) for step, name in enumerate(STEPS) if row.get(name)]
    window, units = _window(row, where), _programs(row, where, programs)
    return [Layer(f"shift{at}.{STEPS[step]}", step, units, zone, window, (person,)) for step, person in named]


def _closed(row: Mapping[str, Any], where: str, zone: ZoneInfo, programs: Collection[str]) -> Closed:
    return Closed(
        closed_id=required(row, "id", where),
        programs=_programs(row, where, programs),
        zone=zone_named(row["zone"], where) if row.get("zone") else zone,
        window=_window(row, where),
        says=str(row.get("says", "crisis_unstaffed")),
    )


def _window(row: Mapping[str, Any], where: str) -> Window:
    days = tuple(row.get("days", DAYS))
    wrong = [str(day) for day in days if day not in DAYS]
    if wrong:
        raise ValueError(f"{where}: {', '.join(wrong)} is none of {', '.join(DAYS)}")
    try:
        return Window(days, *read_window(required(row, "hours", where)))
    except ValueError as problem:
        raise problem if str(problem).startswith(where) else ValueError(f"{where}: {problem}") from None


def _programs(row: Mapping[str, Any], where: str, known: Collection[str]) -> tuple[str, ...]:
    programs = tuple(row.get("programs", ()))
    strangers = [program for program in programs if program not in known]
    if strangers:
        raise ValueError(f"{where}: no such program: {', '.join(strangers)}")
    return programs


def step_named(name: str, where: str) -> int:
    """Raises ValueError."""
    if name not in STEPS:
        raise ValueError(f"{where}: 'step' is one of {', '.join(STEPS)}")
    return STEPS.index(name)


def _turn_days(row: Mapping[str, Any], where: str) -> int:
    days = row.get("turn_days", 7)
    if not isinstance(days, int) or not 1 <= days <= LONGEST_TURN:
        raise ValueError(f"{where}: 'turn_days' is a whole number of days, at most {LONGEST_TURN}")
    return days


def _time(value: Any, where: str) -> time:
    try:
        return read_window(f"{value}-{value}")[0]
    except ValueError:
        raise ValueError(f"{where}: {value!r} is no time of day, such as 09:00") from None


def _day(value: Any, where: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{where}: {value!r} is no day, such as 2026-12-25") from None


def required(row: Mapping[str, Any], name: str, where: str) -> str:
    """A word that a row of the clinic's file must have. Raises ValueError naming where it is missing."""
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{where}: no {name!r}")
    return value


def zone_named(name: str, where: str) -> ZoneInfo:
    """Raises ValueError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{where}: {name!r} is no time zone, such as America/Denver") from None
