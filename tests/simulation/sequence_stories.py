"""A program's own sequences: whatever fails, the change is there once with its line, what is planned is planned anew, and no text of the
older version leaves; a question before a visit is asked once and its answer counts once."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.appointments import Appointment
from chalicelib.core.messages import Kind
from chalicelib.core.records import Due, Message, Revision, Setting
from chalicelib.core.sequence_overlay import a_step
from chalicelib.core.staff import Staff
from chalicelib.flows import tick
from chalicelib.flows.change_sequence import SequenceNow, change_sequence, read_sequence

from .appointment_stories import _a_minute, _booked, _day_before, _in_order, _says
from .told import Story
from .town import Town

LEAD = Staff("grace", "clinical_lead", ("adult",))
NEW = (a_step("2h", "30m", "visit_day", 1, True),)
ASKS = (a_step("1d", "2h", "visit_forms", 1, True),)


def _changed(town: Town) -> None:
    """The form is sent again until its page is there."""

    def press() -> None:
        done = change_sequence(town.world, LEAD, "adult", "full", NEW, "full", "shorter")
        assert isinstance(done, SequenceNow)

    town.do(press)
    for _ in range(12):
        _a_minute(town)
        town.clock.advance(minutes=1)


def _asking(town: Town) -> None:
    """The day before, with a sequence that asks for forms: its text has left, and its question is open."""
    change_sequence(town.world, LEAD, "adult", "full", ASKS, "full", "")
    _day_before(town)
    town.clock.advance(minutes=1)
    _a_minute(town)
    town.clock.advance(minutes=5)


def _changed_once(town: Town) -> list[str]:
    settings = [row for row in town.store.rows(Setting) if row.kind == "sequence"]
    lines = [row for row in town.store.rows(Revision) if row.kind == "sequence"]
    now = read_sequence(town.world, LEAD, "adult", "full").sequence
    [visit] = town.store.rows(Appointment)
    wrong = [] if [row.version for row in settings] == [1] and len(lines) == 1 else [f"{len(settings)} settings, {len(lines)} lines"]
    wrong += [] if visit.sequence == now.tag else [f"planned under {visit.sequence}, not {now.tag}"]
    return wrong + _in_order(town)


def _none_of_the_older(town: Town) -> list[str]:
    """What left after the change has the words of the new one."""
    [line] = [row for row in town.store.rows(Revision) if row.kind == "sequence"]
    old = [row for row in town.store.rows(Message) if row.kind == Kind.REMINDER and row.template == "visit_confirm" and row.at >= line.at]
    return _changed_once(town) + (["a text of the older version"] if old else [])


def _counted_once(town: Town) -> list[str]:
    [visit] = town.store.rows(Appointment)
    answered = [step for step in visit.steps if step.what == "answered"]
    lines = [row for row in town.store.rows(Message) if row.template == "visit_noted"]
    asked = any("forms to fill in" in body for _, body in town.phone("+13035550101").got)
    if not asked:  # the question never left: a "1" is words for a person
        return _in_order(town)
    return _in_order(town) + ([] if len(answered) == 1 and len(lines) <= 1 else [f"{len(answered)} answers, {len(lines)} thanks"])


def _walked(town: Town) -> None:
    """A walk through three visits, in the minutes after a change."""
    for _ in range(12):
        town.again(lambda: tick.tick(town.world), tries=2)
        town.clock.advance(minutes=1)


def _three_visits(town: Town) -> None:
    from chalicelib.flows.book_appointment import book
    from tests.appointments import a_wish
    from tests.cast import CAROL

    for at in range(3):
        book(town.world, CAROL, "alice", f"v{at}", a_wish(town.began + timedelta(days=30 * (at + 1))))
    change_sequence(town.world, LEAD, "adult", "full", NEW, "full", "")


def _all_anew(town: Town) -> list[str]:
    now = read_sequence(town.world, LEAD, "adult", "full").sequence
    late = [visit.appointment_id for visit in town.store.rows(Appointment) if visit.sequence != now.tag]
    walking = [due for due in town.store.rows(Due) if due.kind == "replan"]
    return _in_order(town) + ([f"not planned anew, and nothing will: {late}"] if late and not walking else [])


STORIES: tuple[Story, ...] = (
    Story("a sequence is changed", _changed, _booked, _changed_once),
    Story("a sequence is changed while its text is due", _changed, _day_before, _none_of_the_older),
    Story("what is planned is planned anew", _walked, _three_visits, _all_anew),
    Story("an answer before a visit", _says("1"), _asking, _counted_once),
)
