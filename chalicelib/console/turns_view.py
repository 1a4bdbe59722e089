"""Whose a thread was, as lines between its texts: taken, handed on, given back, closed, opened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from ..core.appointments import Appointment
from ..core.records import Step, Thread
from . import words
from .appointments_view import step_says, when_says
from .thread_view import Line
from .times import Place


@dataclass(frozen=True, slots=True)
class Mark:
    """One line between texts. `side` and `message_id` as a `Line` has them, so that one list holds both."""

    at: datetime
    clock: str
    says: str
    side: str = "mark"
    message_id: str = ""


# A leave, as (of others, of oneself).
LEAVE = {
    "away": ("{} covers and has it", "You cover and have it"),
    "back": ("{} is back and has it again", "You are back and have it again"),
}
Days = Sequence[tuple[str, Sequence[Line | Mark]]]


def with_marks(
    days: Sequence[tuple[str, Sequence[Line]]],
    thread: Thread,
    me: str,
    place: Place,
    older: bool,
    newest: bool,
    visits: Sequence[Appointment] = (),
) -> Days:
    """The same days with the marks in their places. On a page of the past, only those between its first and last text."""
    lines: list[Line | Mark] = [line for _, day in days for line in day]
    first, last = (lines[0].at, lines[-1].at) if lines else (None, None)
    marks = [Mark(turn.at, place.clock(turn.at), turn_says(turn, me)) for turn in thread.turns]
    for mark in (*marks, *visit_marks(visits, me, place)):
        if (older and first and mark.at < first) or (not newest and last and mark.at > last):
            continue
        lines.append(mark)
    lines.sort(key=lambda line: line.at)
    return [(day, list(group)) for day, group in groupby(lines, key=lambda line: place.day(line.at))]


def visit_marks(visits: Sequence[Appointment], me: str, place: Place) -> list[Mark]:
    """When a visit was booked, moved, confirmed or called off."""
    told = [(visit, step) for visit in visits for step in visit.steps if step.what not in ("changed", "barrier")]
    return [Mark(step.at, place.clock(step.at), _visit_says(visit, step, me, place)) for visit, step in told]


def _visit_says(visit: Appointment, step: Step, me: str, place: Place) -> str:
    """"Visit Fri Mar 6, 3:00 PM: moved, from Mon Mar 2, 3:00 PM · Carol"."""
    what = step_says(step, place)
    return f"Visit {when_says(visit, place)}: {what[:1].lower()}{what[1:]} · {words.person(step.who, me)}"


def turn_says(turn: Step, me: str) -> str:
    """"Carol gave it to Erin", "You closed it: answered by phone"."""
    who = words.person(turn.who, me)
    if turn.what == "closed":
        return f"{who} closed it" + words.CLOSED.get(turn.detail, "").removeprefix("Closed")
    if turn.what == "reopened":
        return f"{who} opened it again"
    if turn.what in LEAVE:
        return LEAVE[turn.what][turn.detail == me].format(words.person(turn.detail, me))
    if turn.detail == "duty":
        return f"{who} gave it back to duty"
    if turn.detail == turn.who:
        return f"{who} took it"
    to = words.person(turn.detail, me)
    return f"{who} gave it to {'you' if to == 'You' else to}"
