"""The crisis board as tables, plots and a file: ids, codes and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ..core import crisis_figures as figures
from ..core.clinic import Clinic
from ..core.crisis_figures import Load, Precision, Times
from ..core.csv_out import written
from ..core.incident_clock import next_clock, when
from ..core.records import Incident
from ..flows.crisis_board import Board
from . import words
from .drill_view import DrillRow, view_drill
from .times import Place, promise, span

STEP_NAMES = {"page": "Paged", "acknowledge": "Taken", "contact": "Reached", "close": "Closed"}
WIDE = 640  # of a plot, in its own units
FIELDS = (
    "incident", "code", "program", "tier", "categories", "state", "text_at", "paged_at", "taken_at", "reached_at", "closed_at",
    "disposition", "mark", "signed", "drill",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    median: str
    p90: str
    worst: str
    share: str
    n: int
    short: bool  # of the promise


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a plot, in its units. `mark`: where the ninth of ten is; None where there is none."""

    label: str
    says: str
    length: int
    mark: int | None


@dataclass(frozen=True, slots=True)
class OpenRow:
    incident_id: str
    code: str
    program: str
    tier: int
    tier_name: str
    state: str
    holder: str
    clock: str
    late: bool
    drill: bool = False


@dataclass(frozen=True, slots=True)
class BoardView:
    open: tuple[OpenRow, ...]
    whole: Row
    by_tier: tuple[Row, ...]
    by_hour: tuple[Row, ...]
    by_program: tuple[Row, ...]
    bars: tuple[Bar, ...]
    precision: Precision
    share: str
    load: tuple[Load, ...]
    nights: tuple[Bar, ...]
    unsigned: tuple[Incident, ...]
    n: int
    drills: tuple[DrillRow, ...] = ()


def view_board(board: Board, clinic: Clinic, place: Place) -> BoardView:
    zone, now, found = place.zone, place.now, board.incidents

    def rows(groups: dict[str, dict[str, Times]]) -> tuple[Row, ...]:
        return tuple(_row(name, times) for name, times in groups.items())

    tiers = figures.by_group(found, lambda each: f"{each.tier} · {words.TIERS.get(each.tier, '')}", now)
    counted = figures.precision(found)
    load = tuple(figures.page_load(found, zone))
    return BoardView(
        open=tuple(_open(each, clinic, place) for each in board.open),
        whole=_row("All", {what: figures.times(found, what, now) for what in figures.STEPS}),
        by_tier=rows(tiers),
        by_hour=rows(figures.by_group(found, lambda each: figures.hours_of(each.detected_at, zone), now)),
        by_program=rows(figures.by_group(found, lambda each: words.program_name(clinic, each.logged_in.partition("#")[0]), now)),
        bars=_bars(list(_timed(tiers))),
        precision=counted,
        share="–" if counted.share is None else f"{counted.share:.0%}",
        load=load,
        nights=_bars([(f"{words.person(each.person)}, {each.week}", each.night, None, str(each.night)) for each in load[:12]]),
        unsigned=board.unsigned,
        n=len(found),
        drills=tuple(view_drill(each, clinic, place) for each in board.drills),
    )


def _row(name: str, times: dict[str, Times]) -> Row:
    return Row(name, tuple(_cell(times[what]) for what in figures.STEPS))


def _cell(times: Times) -> Cell:
    share = f"{times.within} of {times.promised}" if times.promised else "–"
    return Cell(_span(times.median), _span(times.p90), _span(times.worst), share, times.n, times.within < times.promised)


def _span(length: timedelta | None) -> str:
    return span(length) if length is not None else "–"


def _timed(tiers: dict[str, dict[str, Times]]) -> Iterator[tuple[str, float, float | None, str]]:
    for name, times in tiers.items():
        for what in ("acknowledge", "contact"):
            found = times[what]
            if found.median is not None and found.p90 is not None:
                says = f"median {span(found.median)}, nine in ten within {span(found.p90)}"
                yield f"{name}: {STEP_NAMES[what].lower()}", found.median / MINUTE, found.p90 / MINUTE, says


MINUTE = timedelta(minutes=1)


def _bars(rows: Sequence[tuple[str, float, float | None, str]]) -> tuple[Bar, ...]:
    """Lengths in a plot's units: the longest takes all of it."""
    longest = max((max(value, mark or 0) for _, value, mark, _ in rows), default=0) or 1

    def scaled(value: float) -> int:
        return round(value / longest * WIDE)

    return tuple(
        Bar(label, says, scaled(value), None if mark is None else scaled(mark)) for label, value, mark, says in rows
    )


def _open(incident: Incident, clinic: Clinic, place: Place) -> OpenRow:
    clock = next_clock(incident)
    assert clock is not None
    due = f"reached {place.ago(clock.since)} ago"
    if clock.due:
        due = f"{STEP_NAMES[clock.what].lower()}: {promise(clock.due, place.now)}"
    return OpenRow(
        incident.incident_id,
        incident.code,
        words.program_name(clinic, incident.program),
        incident.tier,
        words.TIERS.get(incident.tier, ""),
        words.STATES.get(incident.state, incident.state),
        words.person(incident.holder) if incident.holder and not figures.unheld(incident) else "",
        due,
        clock.due is not None and clock.due <= place.now,
        bool(incident.exercise),
    )


def _began_in(incident: Incident) -> str:
    """The program it is counted in; a drill is counted in none, and is of the one it was held for."""
    return incident.program if incident.exercise else incident.logged_in.partition("#")[0]


def csv_of(incidents: Iterable[Incident]) -> str:
    """One line an item: ids, codes and instants (UTC). No name, no number, no word of anybody."""
    return written(FIELDS, map(_cells, incidents))


def _cells(each: Incident) -> tuple[object, ...]:
    closed = when(each, "resolved") or when(each, "dismissed")
    instants = (each.detected_at, when(each, "paged"), when(each, "acknowledged"), when(each, "contacted"), closed)
    return (
        each.incident_id, each.code, _began_in(each), each.tier, " ".join(each.categories), each.state,
        *(at.isoformat(timespec="seconds") if at else "" for at in instants),
        each.disposition, each.mark, "yes" if each.signed_by else "", "yes" if each.exercise else "",
    )  # fmt: skip
