"""How right the screen is, as tables, plots and a file: rule ids, counts and intervals. No patient, no word of anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..core import screen_figures as figures
from ..core.crisis_figures import Precision, precision
from ..core.csv_out import written
from ..core.interval import Share
from ..core.screen_figures import Month, Moved
from ..flows.screen_report import Report
from . import words
from .rule_reasons import may_page, rules

WIDE = 640  # of a plot, in its own units
LISTED = 12  # rules in the plot; the table has them all
LOOKS = {"first": "First look (rules)", "second": "Second look (model)", "": "Not recorded"}
FIELDS = (
    "month", "group", "name", "pages", "true", "false", "unsure", "unmarked", "right", "right_low", "right_high", "missed",
    "looked",
)  # fmt: skip
SECOND_LOOK = "The second look: no rule, the model read ten minutes together"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table of marks. `right`: such as "67 %", `sure`: its interval."""

    name: str
    about: str
    marks: Precision
    right: str
    sure: str
    rule: str = ""  # its id, where a change of it can be proposed


@dataclass(frozen=True, slots=True)
class Band:
    """One row of a plot, in its units: the interval as a band, the rate as a line."""

    label: str
    says: str
    begin: int
    length: int
    at: int


@dataclass(frozen=True, slots=True)
class MonthLine:
    month: Month
    right: str
    sure: str
    found: str
    found_sure: str
    paging: str


@dataclass(frozen=True, slots=True)
class MovedLine:
    name: str
    now: str
    before: str
    moved: bool


@dataclass(frozen=True, slots=True)
class ScreenView:
    months: tuple[MonthLine, ...]
    plot: tuple[Band, ...]
    looks: tuple[Line, ...]
    rules: tuple[Line, ...]
    rules_plot: tuple[Band, ...]
    kinds: tuple[Line, ...]
    languages: tuple[Line, ...]
    moved: tuple[tuple[str, tuple[MovedLine, ...]], ...]
    pages: int


def view_screen(report: Report) -> ScreenView:
    now, before = report.pages[report.month], report.before
    every, months = (*before, *now), list(months_of(report))
    paging = {name: marks for name, marks in figures.by(every, figures.raising).items() if may_page(name)}
    wrong = tuple(
        _line(name, marks, _reason(name), name if name in rules() else "") for name, marks in figures.most_wrong(paging)
    )
    return ScreenView(
        months=tuple(map(_month, months)),
        plot=tuple(_band(each.month, each.marks.interval) for each in months if each.marks.interval.of),
        looks=tuple(_line(LOOKS[name], marks) for name, marks in figures.by(every, figures.looks).items()),
        rules=wrong,
        rules_plot=tuple(_band(each.name, each.marks.interval) for each in wrong if each.marks.false)[:LISTED],
        kinds=tuple(_line(words.category(name), marks) for name, marks in figures.by(every, figures.categories).items()),
        languages=tuple(_line(_language(name), marks) for name, marks in figures.by(every, figures.languages).items()),
        moved=() if not before else (
            ("Category", _moved(figures.drift(now, before, figures.categories), words.category)),
            ("Language", _moved(figures.drift(now, before, figures.languages), _language)),
            ("Look", _moved(figures.drift(now, before, figures.looks), lambda name: LOOKS[name])),
            ("Rule", _moved(figures.drift(now, before, figures.raising)[:LISTED], str)),
        ),
        pages=len(every),
    )


def months_of(report: Report) -> Iterator[Month]:
    for month in report.months:
        yield Month(month, precision(report.pages[month]), len(report.missed[month]), report.looked[month])


def percent(share: Share) -> str:
    return "–" if share.rate is None else f"{share.rate:.0%}"


def sure(share: Share) -> str:
    return "–" if share.rate is None else f"{share.low:.0%} to {share.high:.0%}"


def _line(name: str, marks: Precision, about: str = "", rule: str = "") -> Line:
    return Line(name, about, marks, percent(marks.interval), sure(marks.interval), rule)


def _month(month: Month) -> MonthLine:
    right, found = month.marks.interval, month.recall
    return MonthLine(month, percent(right), sure(right), percent(found), sure(found), per_thousand(month.paging))


def per_thousand(share: Share) -> str:
    return "–" if share.rate is None else f"{share.rate * 1000:.1f}"


def _moved(found: Iterable[Moved], name: Callable[[str], str]) -> tuple[MovedLine, ...]:
    return tuple(MovedLine(name(each.name), _of(each.now), _of(each.before), each.moved) for each in found)


def _of(share: Share) -> str:
    return f"{percent(share)} ({share.hits} of {share.of})" if share.of else "–"


def _band(label: str, share: Share) -> Band:
    begin, end, at = (round(WIDE * part) for part in (share.low, share.high, share.rate or 0.0))
    return Band(label, f"{percent(share)}, between {sure(share)} ({share.hits} of {share.of})", begin, max(end - begin, 2), at)


def _language(code: str) -> str:
    return words.LANGUAGES.get(code, "not recorded")


def _reason(rule: str) -> str:
    return SECOND_LOOK if rule.endswith(".second_look") else (rules()[rule].reason if rule in rules() else "")


def csv_of(report: Report) -> str:
    """One line for each month and group: ids and numbers."""
    rows = list[tuple[object, ...]]()
    keys = {"look": figures.looks, "category": figures.categories, "language": figures.languages, "rule": figures.raising}
    for month in months_of(report):
        rows.append((month.month, "all", "", *_numbers(month.marks), month.missed, month.looked))
        for group, key in keys.items():
            for name, marks in figures.by(report.pages[month.month], key).items():
                rows.append((month.month, group, name, *_numbers(marks), "", ""))
    return written(FIELDS, rows)


def _numbers(marks: Precision) -> tuple[int | str, ...]:
    share = marks.interval
    rates = (share.rate, share.low, share.high) if share.rate is not None else ()
    return marks.pages, marks.true, marks.false, marks.unsure, marks.unmarked, *([f"{each:.4f}" for each in rates] or [""] * 3)
