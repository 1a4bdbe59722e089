"""A month of visits in numbers: what became of them, what patients said, what stood in the way. No names, no content. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from .appointments import Appointment

EARLY = timedelta(hours=24)  # a slot called off this long before can be filled again


@dataclass(frozen=True, slots=True)
class Figures:
    """`visits`: all but those entered in error. `early`: of `cancelled`, a day or more before. `asked`: a text had asked."""

    visits: int
    came: int
    missed: int
    cancelled: int
    early: int
    by_text: int
    moved: int
    asked: int
    confirmed: int
    said: Mapping[str, int]
    barriers: Mapping[str, int]


def figures(visits: Iterable[Appointment]) -> Figures:
    known = [each for each in visits if each.status != "entered-in-error"]
    off = [each for each in known if each.status == "cancelled"]
    said = Counter(
        what for each in known for what in dict.fromkeys(step.what for step in each.steps) if what.startswith("said_")
    )
    return Figures(
        visits=len(known),
        came=sum(each.status in ("arrived", "checked-in", "fulfilled") for each in known),
        missed=sum(each.status == "noshow" for each in known),
        cancelled=len(off),
        early=sum(each.cancelled_at is not None and each.start_at - each.cancelled_at >= EARLY for each in off),
        by_text=sum(each.confirmation == "cannot_come" for each in off),
        moved=sum(any(step.what == "moved" for step in each.steps) for each in known),
        asked=sum(each.confirmation != "" for each in known),
        confirmed=sum(any(step.what in ("said_confirmed", "heard_confirmed") for step in each.steps) for each in known),
        said={what.removeprefix("said_"): count for what, count in sorted(said.items())},
        barriers=dict(sorted(Counter(each.barrier for each in known if each.barrier not in ("", "asked")).items())),
    )
