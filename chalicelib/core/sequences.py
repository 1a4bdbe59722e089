"""Sequences: which texts go before which visit, as data (`texts/sequences.toml`). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .appointments import Appointment
from .windows import instant

_SPAN = re.compile(r"(\d+)(d|h|m)")


@dataclass(frozen=True, slots=True)
class Span:
    """How long before a beginning. Days are days of the wall clock, right across a change of clocks; the rest is exact."""

    days: int = 0
    exact: timedelta = timedelta()

    def before(self, start: datetime, zone: ZoneInfo) -> datetime:
        local = start.astimezone(zone)
        if self.days:
            return instant(local.date() - timedelta(days=self.days), local.time(), zone) - self.exact
        return start - self.exact


@dataclass(frozen=True, slots=True)
class Step:
    """One text of a sequence. `rank` 1 wins where a cap bites. `access`: what one needs to get in (a video link): a text for
    each visit, not counted against the cap. `catch_up`: sent at once to whom was booked late, while it still helps."""

    name: str
    before: Span
    until: Span
    template: str
    purpose: str
    tone: str
    rank: int
    remote: bool = False  # of visits by link alone
    access: bool = False
    catch_up: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """The first that fits a visit is its own. Empty `programs`, `kinds`, `rhythms`: any."""

    sequence_id: str
    label: str
    steps: tuple[Step, ...]
    programs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    rhythms: tuple[str, ...] = ()
    version: str = ""  # of steps that a program changed (`core.sequence_overlay`); "": as released

    @property
    def tag(self) -> str:
        """What a visit says of it: "full" as released, "full@3fa9c01d" as changed."""
        return f"{self.sequence_id}@{self.version}" if self.version else self.sequence_id

    def fits(self, visit: Appointment, rhythm: str) -> bool:
        wanted = ((self.programs, visit.program), (self.kinds, visit.kind), (self.rhythms, rhythm))
        return all(not allowed or each in allowed for allowed, each in wanted)

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)


def name_of(tag: str) -> str:
    """A sequence's id out of what a visit says: "full" of "full@3fa9c01d"."""
    return tag.partition("@")[0]


def named(sequences: tuple[Sequence, ...], tag: str) -> Sequence | None:
    """The one that a visit's texts belong to, as it stands now."""
    return next((each for each in sequences if each.sequence_id == name_of(tag)), None)


def choose(sequences: tuple[Sequence, ...], visit: Appointment, rhythm: str) -> Sequence | None:
    return next((each for each in sequences if each.fits(visit, rhythm)), None)


def read_sequences(data: Mapping[str, Any]) -> tuple[Sequence, ...]:
    """The parsed `sequences.toml`, in order. Raises KeyError or ValueError naming what is wrong."""
    return tuple(
        Sequence(
            row["id"], row["label"], tuple(_step(row["id"], each) for each in row["touch"]),
            programs=tuple(row.get("programs", ())), kinds=tuple(row.get("kinds", ())), rhythms=tuple(row.get("rhythms", ())),
        )
        for row in data["sequence"]
    )


def _step(sequence: str, row: Mapping[str, Any]) -> Step:
    before, until = read_span(row["before"]), read_span(row["until"])
    if (before.days, before.exact) <= (until.days, until.exact):
        raise ValueError(f"{sequence} {row['name']}: it would help nobody by the time it leaves")
    flags = {name: bool(row.get(name, False)) for name in ("remote", "access", "catch_up")}
    return Step(row["name"], before, until, row["template"], row["purpose"], row["tone"], row["rank"], **flags)


def read_span(text: str) -> Span:
    """"14d", "2h", "15m", "0m". Raises ValueError."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no span such as 14d, 2h or 15m")
    many = int(found[1])
    return {"d": Span(days=many), "h": Span(exact=timedelta(hours=many)), "m": Span(exact=timedelta(minutes=many))}[found[2]]
