"""A visit and two who act on it in the same moment: ticks, the patient's answer, a colleague at the desk."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.appointments import Appointment
from chalicelib.core.messages import Kind
from chalicelib.core.records import Message
from chalicelib.flows.book_appointment import book, change, set_status
from tests.appointments import a_wish
from tests.cast import CAROL

from .appointment_stories import _day_before, _in_order, _start, _told
from .races import Race, sends, ticks
from .town import Town
from .turns import Turns


def _visit(town: Town) -> Appointment:
    [found] = town.store.rows(Appointment)
    return found


def _moves(town: Town) -> None:
    town.again(lambda: change(town.world, CAROL, "alice", "v1", a_wish(_start(town) + timedelta(days=2))))


def _calls_off(town: Town) -> None:
    town.again(lambda: set_status(town.world, CAROL, "alice", "v1", "cancelled"))


def _books_another(town: Town) -> None:
    """The same day, two hours later."""
    town.again(lambda: book(town.world, CAROL, "alice", "v2", a_wish(_start(town) + timedelta(hours=2))))


def _once(town: Town, turns: Turns) -> list[str]:
    rows = [row for row in town.store.rows(Message) if row.kind == Kind.REMINDER]
    return _in_order(town) + ([] if len(rows) == 1 else [f"{len(rows)} reminders of one touch"])


def _no_lie_left(town: Town, turns: Turns) -> list[str]:
    """What left after the change had been made tells of the visit as it is."""
    visit, wrong = _visit(town), _in_order(town)
    changed = max((step.at for step in visit.steps if step.what in ("moved", "status_cancelled")), default=None)
    for row in town.store.rows(Message):
        left = town.carriers["twilio"].left_at.get(row.row)
        if row.visits and changed and left and left > changed:
            if not visit.ahead or any(about.start_at != visit.start_at for about in row.visits):
                wrong.append("a text about what is no more")
    return wrong


def _her_word_or_theirs(town: Town, turns: Turns) -> list[str]:
    """Both are in the history, or hers came when nothing was asked any more and is a person's to read."""
    visit, wrong = _visit(town), _in_order(town)
    said = [step.what for step in visit.steps]
    text = next(row for row in town.store.rows(Message) if row.direction == "in")
    if text.meaning.startswith("answer:") != any(each.startswith("said_") for each in said):
        wrong.append(f"her text was read as {text.meaning}, and the visit says {said}")
    return wrong + ([] if visit.status == "cancelled" else [f"called off, and {visit.status}"])


def _every_visit_told(town: Town, turns: Turns) -> list[str]:
    """Each visit of the day was told by one text or waits for its own."""
    wrong = _in_order(town)
    for visit in town.store.rows(Appointment):
        states = [touch.state for touch in visit.touches if touch.name == "1d" and touch.start_at == visit.start_at]
        why = [touch.why for touch in visit.touches if touch.name == "1d"]
        if states not in (["sent"], ["planned"]) and why != ["told_together"]:
            wrong.append(f"a visit of that day stands as {states} {why}")
    return wrong


RACES: tuple[Race, ...] = (
    Race("two ticks and one touch", ticks, ticks, _day_before, _once),
    Race("a touch and a colleague who moves the visit", ticks, _moves, _day_before, _no_lie_left),
    Race("a touch and a colleague who calls it off", ticks, _calls_off, _day_before, _no_lie_left),
    Race("her yes and a colleague who calls it off", sends("1"), _calls_off, _told, _her_word_or_theirs),
    Race("a touch and another visit of the day", ticks, _books_another, _day_before, _every_visit_told),
)
