"""Times, marks and page load of a month's incidents: numbers from histories, no content and no names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from .incident_clock import TO_ACKNOWLEDGE, TO_CONTACT, promise, when
from .incidents import UNACKNOWLEDGED
from .interval import Share
from .records import Incident

NIGHT = (time(22), time(7))  # on the clinic's clock
FALSE_AT_NIGHT = 2  # in one week for one person; more opens a review
TO_PAGE = timedelta(seconds=60)  # PG-7
HOURS = ((0, 6), (6, 12), (12, 18), (18, 24))

# what is timed: from the text to the first of these
STEPS: dict[str, tuple[str, ...]] = {
    "page": ("paged",), "acknowledge": ("acknowledged",), "contact": ("contacted",), "close": ("resolved", "dismissed"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Times:
    """How long it took, of those where it happened. `within`: of `promised` (also those still owed and late)."""

    n: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None
    worst: timedelta | None = None
    within: int = 0
    promised: int = 0


def took(incident: Incident, what: str) -> timedelta | None:
    times = [at for word in STEPS[what] if (at := when(incident, word)) is not None]
    return max(min(times) - incident.detected_at, timedelta(0)) if times else None


def target(what: str, tier: int) -> timedelta | None:
    """PG-7 and RULES 3.4; nothing is promised for closing."""
    if what == "page":
        return TO_PAGE
    promises = {"acknowledge": TO_ACKNOWLEDGE, "contact": TO_CONTACT}.get(what)
    return promise(promises, tier) if promises else None


def times(incidents: Iterable[Incident], what: str, now: datetime) -> Times:
    """What is not due yet is not counted; closed without contact (a false alarm) owes none."""
    spans, within, promised = [], 0, 0
    for incident in incidents:
        span, goal = took(incident, what), target(what, incident.tier)
        if span is not None:
            spans.append(span)
        if goal is None or (span is None and (incident.state == "resolved" or now - incident.detected_at <= goal)):
            continue
        promised += 1
        within += span is not None and span <= goal
    spans.sort()
    return Times(len(spans), at_share(spans, 0.5), at_share(spans, 0.9), spans[-1] if spans else None, within, promised)


def at_share(spans: Sequence[timedelta], share: float) -> timedelta | None:
    """The nearest rank of sorted spans: a time that happened, never one between two."""
    return spans[max(0, ceil(share * len(spans)) - 1)] if spans else None


def by_group(
    incidents: Iterable[Incident], key: Callable[[Incident], str], now: datetime
) -> dict[str, dict[str, Times]]:
    """Times of each step for each group, groups in order of their names."""
    groups: dict[str, list[Incident]] = {}
    for incident in incidents:
        groups.setdefault(key(incident), []).append(incident)
    return {name: {what: times(found, what, now) for what in STEPS} for name, found in sorted(groups.items())}


def hours_of(at: datetime, zone: ZoneInfo) -> str:
    hour = at.astimezone(zone).hour
    begin, end = next((begin, end) for begin, end in HOURS if begin <= hour < end)
    return f"{begin:02d}:00 to {end:02d}:00"


@dataclass(frozen=True, slots=True)
class Precision:
    """What people said of the pages. `share`: of those marked true or false, how many were true."""

    true: int = 0
    false: int = 0
    unsure: int = 0
    unmarked: int = 0

    @property
    def share(self) -> float | None:
        return self.interval.rate

    @property
    def interval(self) -> Share:
        return Share(self.true, self.true + self.false)

    @property
    def pages(self) -> int:
        return self.true + self.false + self.unsure + self.unmarked


def precision(incidents: Iterable[Incident]) -> Precision:
    marks = Counter(incident.mark for incident in incidents)
    return Precision(marks["true"], marks["false"], marks["unsure"], marks[""])


@dataclass(frozen=True, slots=True)
class Load:
    """One person's week. `night`: items that woke them; `false`: of these, marked a false alarm."""

    person: str
    week: str  # "2026-W48", by the clinic's clock
    pages: int
    night: int
    false: int

    @property
    def review(self) -> bool:
        return self.false > FALSE_AT_NIGHT


def page_load(incidents: Iterable[Incident], zone: ZoneInfo) -> list[Load]:
    """Newest week first, then who was woken most. An item that pages somebody again the same night wakes them once."""
    seen: dict[tuple[str, str], list[tuple[bool, bool]]] = {}
    for incident in incidents:
        for (person, week), night in _wakings(incident, zone).items():
            seen.setdefault((week, person), []).append((night, incident.mark == "false"))
    loads = [
        Load(person, week, len(found), sum(night for night, _ in found), sum(night and false for night, false in found))
        for (week, person), found in seen.items()
    ]
    return sorted(loads, key=lambda load: (load.week, load.night, load.pages), reverse=True)


def _wakings(incident: Incident, zone: ZoneInfo) -> Mapping[tuple[str, str], bool]:
    """Whom it paged in which week, and whether at night."""
    found: dict[tuple[str, str], bool] = {}
    for step in incident.steps:
        if step.what == "paged" and step.detail:
            local = step.at.astimezone(zone)
            key = (step.detail, f"{local.isocalendar().year}-W{local.isocalendar().week:02d}")
            found[key] = found.get(key, False) or is_night(local.time())
    return found


def is_night(clock: time) -> bool:
    begins, ends = NIGHT
    return clock >= begins or clock < ends


def open_ones(incidents: Iterable[Incident]) -> list[Incident]:
    return [incident for incident in incidents if incident.state != "resolved"]


def unheld(incident: Incident) -> bool:
    return incident.state in UNACKNOWLEDGED
