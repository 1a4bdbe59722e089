"""The clinic's own schedule: whatever fails, a visit that was answered for is there once, as the newest version says, and what a
patient answered is told once."""

from __future__ import annotations

from typing import Any

from chalicelib import wiring
from chalicelib.core.appointments import Appointment
from chalicelib.core.records import Charted, Dropped, Due, Tasks, VisitChange
from chalicelib.errors import StoreUnavailable
from chalicelib.flows.take_drop import Place, take
from tests.appointments import DENVER, a_wish
from tests.flows.test_take_drop import Bucket
from tests.schedule import Answered, Schedule, on_the_list

from .appointment_stories import _a_minute, _in_order, _says, _start
from .faults import Faulty
from .told import Story
from .town import Town


def _asks(town: Town, ask: Any) -> None:
    """As a system that sends again what was not answered, or answered with 503 or "contended"."""

    def once() -> None:
        answered: Answered = ask(Schedule(town.world))
        if answered.status == 503 or answered.body.get("type", "").endswith("contended"):
            raise StoreUnavailable("send it again")
        if answered.status >= 400:
            raise AssertionError(answered.body)

    town.do(once)


def _start_of(town: Town) -> str:
    return _start(town).isoformat()


def _known(town: Town) -> None:
    on_the_list(town.world)


def _puts(town: Town) -> None:
    _asks(town, lambda ehr: ehr.put(start=_start_of(town), place="200 Elm St"))


def _put(town: Town) -> None:
    _known(town)
    _puts(town)


def _changes_it(town: Town) -> None:
    """Three versions, and the second one once more behind them."""
    _asks(town, lambda ehr: ehr.put(version=2, start=a_wish(_start(town)).start_at.isoformat(), minutes=30))
    _asks(town, lambda ehr: ehr.patch(version=3, minutes=20))
    _asks(town, lambda ehr: ehr.patch(version=3, minutes=20))


def _missed(town: Town) -> None:
    _asks(town, lambda ehr: ehr.patch(version=2, status="noshow"))


def _over(town: Town) -> None:
    _put(town)
    town.clock.now = _start(town)
    town.clock.advance(hours=1)


def _calls_it_off(town: Town) -> None:
    _asks(town, lambda ehr: ehr.cancel(version=2))


def _answered(town: Town) -> None:
    _says("1")(town)
    town.clock.advance(minutes=2)
    after: list[str] = [""]

    def ask(ehr: Schedule) -> Answered:
        page = ehr.changes(after[0])
        after[0] = page.body.get("after", after[0])
        return page

    _asks(town, ask)


def _asked(town: Town) -> None:
    _put(town)
    town.clock.now = _start(town).replace(day=_start(town).day - 1)
    _a_minute(town)
    town.clock.advance(minutes=5)


def _drops(town: Town) -> None:
    """The queue tells of the file again until it is taken; a run that died holds it for five minutes."""
    start = _start(town).astimezone(DENVER)
    rows = [f"v{at},{who},{start:%Y-%m-%d %H:%M},carol,200 Elm St" for at, who in enumerate(("A-1", "A-9"))]
    bucket = Bucket(one="\n".join(("visit_id,record_id,start,clinician,place", *rows)))
    drops = Faulty("drops", bucket, town.plan, ("read", "report"))
    for _ in range(2):
        town.do(lambda: take(town.world, drops, wiring.read_visit_file, Place("drop", "in/adult/f.csv", "one")))
    if len(bucket.reports) != 1:
        raise AssertionError(bucket.reports)


def _dropped(town: Town) -> list[str]:
    [row], [tasks] = town.store.rows(Dropped), town.store.rows(Tasks)
    wrong = [] if row.done_at and row.wrong == 1 and len(tasks.items) == 1 else [f"read as {row}, {len(tasks.items)} tasks"]
    return _in_order(town) + wrong + ([] if len(town.store.rows(Appointment)) == 1 else ["not one visit"])


def _one(town: Town, status: str = "booked", minutes: int = 50, version: int = 1) -> list[str]:
    visits, rows = town.store.rows(Appointment), town.store.rows(Charted)
    if len(visits) != 1 or len(rows) != 1:
        return [f"{len(visits)} visits of {len(rows)} lines"]
    found = (visits[0].status, visits[0].minutes, rows[0].version, rows[0].appointment_id)
    wanted = (status, minutes, version, visits[0].appointment_id)
    return _in_order(town) + ([] if found == wanted else [f"stands as {found}"])


def _off(town: Town) -> list[str]:
    left = [due.due_id for due in town.store.rows(Due) if due.kind == "touch"]
    return _one(town, "cancelled", version=2) + [f"still due: {each}" for each in left]


def _told_once(town: Town) -> list[str]:
    told = [(row.answer, row.status) for row in town.store.rows(VisitChange)]
    [visit] = town.store.rows(Appointment)
    return _in_order(town) + ([] if told == [(visit.confirmation, "booked")] * (visit.confirmation == "confirmed") else [f"told {told}"])


STORIES: tuple[Story, ...] = (
    Story("the schedule puts a visit", _puts, _known, _one),
    Story("the schedule changes a visit", _changes_it, _put, lambda town: _one(town, minutes=20, version=3)),
    Story("the schedule calls a visit off", _calls_it_off, _put, _off),
    Story("the schedule says that a visit was missed", _missed, _over, lambda town: _one(town, "noshow", version=2)),
    Story("a file of visits is dropped", _drops, _known, _dropped),
    Story("the schedule is told of an answer", _answered, _asked, _told_once),
)
