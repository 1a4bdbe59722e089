"""The form of a sequence: rows as typed, the steps they say, and how a step is said to people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..core.sequence_overlay import GATE, MOST_STEPS, WRONG, Wrong, a_step, span_text
from ..core.sequences import Span, Step
from .web import Form

UNITS = {"d": "days", "h": "hours", "m": "minutes"}
LABELS = {
    "visit_ahead": "Save the day",
    "visit_confirm": "Remind and ask: confirm, move, can't come",
    "visit_day": "On the way",
    "visit_link": "How to get in (visits by video)",
    "visit_mood": "Question: mood check",
    "visit_homework": "Question: what was planned",
    "visit_forms": "Question: forms",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One text as it was typed."""

    before: str = "1"
    before_unit: str = "d"
    until: str = "2"
    until_unit: str = "h"
    template: str = "visit_confirm"
    rank: str = "1"
    catch_up: bool = True


def rows_of(steps: Iterable[Step]) -> list[Row]:
    return [_row(step) for step in steps]


def _row(step: Step) -> Row:
    before, until = span_text(step.before), span_text(step.until)
    rank = "1" if step.template == GATE else str(step.rank)
    return Row(before[:-1], before[-1], until[:-1], until[-1], step.template, rank, step.catch_up)


def read(form: Form) -> list[Row]:
    """The rows of the form, those that were taken away left out."""
    many = form.get("rows", "")
    count = min(int(many), MOST_STEPS + 4) if many.isascii() and many.isdigit() else 0
    gone = form.get("do", "").removeprefix("remove:")
    return [_read_row(form, at) for at in range(count) if str(at) != gone]


def _read_row(form: Form, at: int) -> Row:
    def said(name: str) -> str:
        return form.get(f"{name}_{at}", "").strip()[:8]

    return Row(
        said("before"), said("before_unit"), said("until"), said("until_unit"), form.get(f"template_{at}", "")[:40], said("rank"),
        said("catch_up") == "on",
    )  # fmt: skip


def steps_of(rows: Sequence[Row]) -> tuple[tuple[Step, ...], tuple[Wrong, ...]]:
    """The steps that the rows say, and what cannot be read in them, by row."""
    steps, wrong = [], []
    for at, row in enumerate(rows):
        if row.before_unit not in UNITS or row.until_unit not in UNITS:
            wrong.append(Wrong(str(at), "span"))
            continue
        if not row.rank.isdigit():
            wrong.append(Wrong(str(at), "rank"))
            continue
        try:
            before, until = row.before + row.before_unit, (row.until or "0") + row.until_unit
            steps.append(a_step(before, until, row.template, int(row.rank), row.catch_up))
        except (ValueError, OverflowError):
            wrong.append(Wrong(str(at), "span"))
    return tuple(steps), tuple(wrong)


def says_wrong(found: Iterable[Wrong], rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Where each stands in the form, and what is wrong with it."""
    at = {row.before + row.before_unit: f"before_{n}" for n, row in enumerate(rows)}
    return [
        (f"before_{each.at}" if each.at.isdigit() else at.get(each.at, "texts"), f"{says_at(each.at)}{WRONG[each.why]}.")
        for each in found
    ]


def says_at(name: str) -> str:
    return "" if not name else f"Text {int(name) + 1}: " if name.isdigit() else f"{name}: "


def span_says(span: Span) -> str:
    """"2 days", "1 hour", "15 minutes", "the beginning"."""
    text = span_text(span)
    many, unit = int(text[:-1]), UNITS[text[-1]]
    return "the beginning" if many == 0 else f"{many} {unit if many != 1 else unit[:-1]}"
