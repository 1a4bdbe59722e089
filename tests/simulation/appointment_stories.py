"""Visits: whatever fails, a touch leaves once or says why not, an answer counts once, and no due row outlives its visit."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from chalicelib.core.appointments import Appointment
from chalicelib.core.messages import Kind
from chalicelib.core.records import Due, Imported, Message, Put, Tasks
from chalicelib.core.visit_list import ListedVisit
from chalicelib.errors import StoreUnavailable
from chalicelib.flows import tick
from chalicelib.flows.book_appointment import Booked, book, change, set_status
from chalicelib.flows.import_appointments import apply
from chalicelib.flows.plan_touches import touch_due
from tests.appointments import a_wish
from tests.cast import CAROL, an_sms

from .told import Story
from .town import Town

TOMORROW = timedelta(days=1, hours=3)  # Wednesday, three in the afternoon in Denver


def _start(town: Town) -> datetime:
    return town.began + TOMORROW


def _booked(town: Town, visit: str = "v1", **fields: object) -> None:
    done = book(town.world, CAROL, "alice", visit, a_wish(_start(town), **fields))
    assert isinstance(done, Booked)


def _book(town: Town) -> None:
    """The form is sent again until its page is there."""
    town.do(lambda: _booked(town, place="200 Elm St"))


def _on_the_list(town: Town) -> None:
    town.world.store.commit(Put(Imported(town.world.hasher.text_hash("record\0adult\0A-1"), "alice", "row")))


def _import(town: Town) -> None:
    """The page is sent again while a row failed, or while nothing came back."""
    listed = tuple(
        ListedVisit(2 + at, f"c{at}", "A-1", a_wish(_start(town) + timedelta(days=7 * at), chart_id=f"c{at}")) for at in range(2)
    )

    def press() -> None:
        if apply(town.world, CAROL, "adult", listed, "csv").failed:
            raise StoreUnavailable("some rows failed")

    town.do(press)


def _two_visits(town: Town) -> list[str]:
    visits = town.store.rows(Appointment)
    return _in_order(town) + ([] if len(visits) == 2 else [f"{len(visits)} visits of two lines"])


def _a_minute(town: Town) -> None:
    town.again(lambda: tick.tick(town.world), tries=1)
    town.stream()


def _day_before(town: Town) -> None:
    _booked(town)
    town.clock.now = _start(town) - timedelta(days=1)


def _due(town: Town) -> None:
    for _ in range(2):
        _a_minute(town)
        town.clock.advance(minutes=1)


def _told(town: Town) -> None:
    _day_before(town)
    _a_minute(town)
    town.clock.advance(minutes=5)


def _says(body: str):  # type: ignore[no-untyped-def]
    def act(town: Town) -> None:
        town.text(an_sms(body, at=town.clock.now))
        town.stream()

    return act


def _called_off_by_them(town: Town) -> None:
    _told(town)
    _says("3")(town)
    town.clock.advance(minutes=1)


def _moved(town: Town) -> None:
    """Moved in the minute its text is due."""
    town.again(lambda: tick.tick(town.world), tries=1)
    town.do(lambda: change(town.world, CAROL, "alice", "v1", a_wish(_start(town) + timedelta(days=2))))
    town.stream()


def _cancelled(town: Town) -> None:
    town.again(lambda: tick.tick(town.world), tries=1)
    town.do(lambda: set_status(town.world, CAROL, "alice", "v1", "cancelled"))
    town.stream()


def _moved_and_told(town: Town) -> None:
    town.do(lambda: change(town.world, CAROL, "alice", "v1", a_wish(_start(town) + timedelta(days=2)), tell=True))
    town.stream()


def _told_once(town: Town) -> list[str]:
    """One text of it at most, and its question is open when it left."""
    rows = [row for row in town.store.rows(Message) if row.kind == Kind.VISIT_NEWS]
    left = sum(town.carriers["twilio"].by_row.get(row.row, 0) for row in rows)
    return _in_order(town) + ([] if len(rows) == 1 and left <= 1 else [f"{len(rows)} rows of news, sent {left}"])


def _in_order(town: Town) -> list[str]:
    """Each touch of each visit is one text at most; what is planned has its due row, and no other has one."""
    visits = town.store.rows(Appointment)
    rows = [row for row in town.store.rows(Message) if row.kind in (Kind.REMINDER, Kind.ACCESS)]
    counted = Counter((about.appointment_id, about.start_at, row.expires_at) for row in rows for about in row.visits)
    wrong = [f"told {times} times of one touch" for times in counted.values() if times > 1]
    sent = {touch.message_id for visit in visits for touch in visit.touches if touch.state == "sent"}
    wrong += ["a text without its touch"] if not {row.message_id for row in rows} <= sent else []
    planned = {touch_due(visit, touch) for visit in visits if visit.ahead for touch in visit.touches if touch.state == "planned"}
    due = {row for row in town.store.rows(Due) if row.kind == "touch" and not row.tries}
    missing = {row.due_id for row in planned} - {row.due_id for row in town.store.rows(Due)}
    return wrong + ([f"nothing will send {sorted(missing)}"] if missing else []) + (["a due row of nothing"] if due - planned and not missing and any(v.ahead for v in visits) else [])


def _one_visit(town: Town) -> list[str]:
    return _in_order(town) + ([] if len(town.store.rows(Appointment)) == 1 else ["not one visit"])


def _left_once(town: Town) -> list[str]:
    """The text was written once; the laws see to the rest of its way."""
    rows = [row for row in town.store.rows(Message) if row.kind == Kind.REMINDER]
    return _in_order(town) + ([] if len(rows) == 1 else [f"{len(rows)} reminders"])


def _nothing_false_left(town: Town) -> list[str]:
    """A text that left after the change tells of the visit as it is now."""
    wrong = _in_order(town)
    visit = town.store.rows(Appointment)[0]
    changed = max((step.at for step in visit.steps if step.what in ("moved", "status_cancelled")), default=None)
    for row in town.store.rows(Message):
        left = town.carriers["twilio"].left_at.get(row.row)
        if changed and left and left > changed and any(about.start_at != visit.start_at or not visit.ahead for about in row.visits):
            wrong.append("a text about what is no more")
    return wrong


def _said(word: str, status: str = "booked"):  # type: ignore[no-untyped-def]
    def after(town: Town) -> list[str]:
        [visit] = town.store.rows(Appointment)
        wrong = [] if (visit.confirmation, visit.status) == (word, status) else [f"stands as {visit.confirmation}, {visit.status}"]
        lines = [row for row in town.store.rows(Message) if row.kind == Kind.VISIT_ANSWER]
        wrong += [] if len(lines) <= 1 else [f"answered {len(lines)} times"]
        said = [step.what for step in visit.steps if step.what == f"said_{word}"]
        return wrong + _in_order(town) + ([] if len(said) == 1 else [f"said {len(said)} times"])

    return after


def _helped(town: Town) -> list[str]:
    [visit] = town.store.rows(Appointment)
    tasks = [task for row in town.store.rows(Tasks) for task in row.items if task.kind == "barrier"]
    asked = any("1 a ride" in body for _, body in town.phone("+13035550101").got)
    if not asked:  # the question never left: a "1" is words for a person
        return _in_order(town)
    wrong = [] if visit.barrier == "transport" else [f"barrier {visit.barrier}"]
    return wrong + ([] if len(tasks) == 1 else [f"{len(tasks)} tasks"])


STORIES: tuple[Story, ...] = (
    Story("a visit is booked", _book, after=_one_visit),
    Story("a file of visits is taken in", _import, _on_the_list, _two_visits),
    Story("a reminder leaves", _due, _day_before, _left_once),
    Story("a visit is moved while its text is due", _moved, _day_before, _nothing_false_left),
    Story("a visit is called off while its text is due", _cancelled, _day_before, _nothing_false_left),
    Story("a visit is moved and they are told", _moved_and_told, _booked, _told_once),
    Story("they confirm", _says("1"), _told, _said("confirmed")),
    Story("they can't come", _says("cant make it tmrw"), _told, _said("cannot_come", "cancelled")),
    Story("what got in the way", _says("1"), _called_off_by_them, _helped),
)
