"""A file of visits was dropped: read once, its good rows taken in, its bad ones named by line in a report beside it, with a task.

A run that ends goes on where it stopped, and the same file twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core.csv_table import Wrong
from ..core.records import ABSENT, Change, Dropped, Put, Task, Tasks, Update
from ..core.staff import Staff
from ..core.tasks import MOST, next_day
from ..core.visit_list import Defaults, ListedVisit, VisitList
from ..errors import NotFound, StoreUnavailable
from ..ports import Drops, World
from . import charting, desk_tasks
from .book_appointment import Booked
from .import_appointments import PIECE, WRITES
from .import_appointments import take as take_one
from .import_rows import admit, row_by_row

KEY = re.compile(r"in/([a-z0-9][a-z0-9-]{0,63})/[^/]+")
WHO, PURPOSE, SOURCE = "job:drop", "scheduling", "drop"
REPORT = "drop_report"  # the kind of task
LARGEST = 2_000_000  # bytes; five thousand rows are far below it
WORK = timedelta(minutes=3)  # a run; the queue brings the file again
LEASE = timedelta(minutes=5)
# What became of a row that was left out, in words for whoever reads the report.
LEFT_OUT = {
    "unknown_patient": "nobody here has this record id or number: import the list of patients first",
    "elsewhere": "this patient, or this visit, belongs to another program or record",
    "merged": "this patient's record was merged into another",
    "wrong": "could not be booked as it stands",
}
Read = Callable[[str, Defaults, datetime], VisitList]


@dataclass(frozen=True, slots=True)
class Place:
    """One version of a file. `mark`: what tells it apart where a store names no version (the laptop's)."""

    bucket: str
    key: str
    version: str
    mark: str = ""


def take(world: World, drops: Drops, read: Read, place: Place) -> None:
    """Raises `StoreUnavailable` while somebody else reads it, or when there is more: the file comes again."""
    found = KEY.fullmatch(place.key)
    program = found[1] if found else ""
    if program not in world.clinic.programs:
        return world.journal.count("drop_nowhere")
    drop_id = world.hasher.text_hash(f"drop\0{place.bucket}\0{place.key}\0{place.version or place.mark}")
    known = _claimed(world, drop_id, program)
    if known is None:
        return
    try:
        said = _read(world, drops, read, place)
    except NotFound:  # deleted since
        return world.store.commit(_done(known, world.clock(), 0))
    known = _taken_in(world, program, known, said)
    wrong = _wrong(known, said)
    if wrong:
        drops.report(place.bucket, place.key.replace("in/", "reports/", 1) + f".{drop_id[:8]}.csv", _report(wrong))
    world.store.commit(_done(known, world.clock(), len(wrong)), *(_task(world, program, drop_id) if wrong else []))


def _claimed(world: World, drop_id: str, program: str) -> Dropped | None:
    """None when it was read before."""
    now, known = world.clock(), world.store.get(Dropped, drop_id)
    if known is not None and known.done_at is not None:
        return None
    if known is None:
        fresh = Dropped(drop_id, program, now, now + LEASE)
        world.store.commit(Put(fresh))
        return fresh
    if known.lease_until > now:
        raise StoreUnavailable("somebody reads it")
    fields = {"lease_until": now + LEASE}
    world.store.commit(Update(Dropped, (drop_id,), set=fields, expect={"lease_until": known.lease_until, "done_at": ABSENT}))
    return replace(known, lease_until=now + LEASE)


def _read(world: World, drops: Drops, read: Read, place: Place) -> VisitList:
    content = drops.read(place.bucket, place.key, place.version)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return VisitList((), (Wrong(1, "", "is not UTF-8"),))
    if len(content) > LARGEST:
        return VisitList((), (Wrong(1, "", "more than 2 MB: split the file"),))
    return read(text.replace("\r\n", "\n"), Defaults(world.clinic.zone.key, ""), world.clock())


def _taken_in(world: World, program: str, known: Dropped, said: VisitList) -> Dropped:
    """Piece by piece; how far it is, and which lines were left out, is kept with each."""
    began = world.clock()
    while known.reached < len(said.rows):
        if world.clock() - began > WORK:
            raise _again(world, known, "there is more")
        rows = said.rows[known.reached : known.reached + PIECE]
        left_out = _piece(world, program, known, rows)
        known = replace(known, reached=known.reached + len(rows), left_out=(*known.left_out, *left_out))
        kept = {"reached": known.reached, "left_out": known.left_out, "lease_until": world.clock() + LEASE}
        world.store.commit(Update(Dropped, (known.drop_id,), set=kept))
    return known


def _piece(world: World, program: str, known: Dropped, rows: tuple[ListedVisit, ...]) -> list[str]:
    """Which lines were left out, and why. Raises `StoreUnavailable` when one could not be asked about: all come again."""
    who, left_out = Staff(WHO, "schedule", (program,)), list[str]()
    admit(world, who, program, "import_visits", PURPOSE, "import_visits")

    def take_row(each: charting.Planned) -> str:
        what = each.what
        if what in WRITES:
            said = charting.row_hash(world, each.row)
            what = what if isinstance(take_one(world, who, program, each, SOURCE, said), Booked) else "wrong"
        left_out.extend([f"{each.row.line}.{what}"] if what in LEFT_OUT else [])
        return what

    done = row_by_row(world, charting.planned(world, who, program, rows), lambda each: each.row.line, take_row)
    if done.failed:
        raise _again(world, known, f"{len(done.failed)} rows failed")
    return left_out


def _again(world: World, known: Dropped, why: str) -> StoreUnavailable:
    """The next run need not wait for the lease."""
    world.store.commit(Update(Dropped, (known.drop_id,), set={"lease_until": world.clock()}))
    return StoreUnavailable(why)


def _wrong(known: Dropped, said: VisitList) -> list[Wrong]:
    rows = [each.split(".", 1) for each in known.left_out]
    found = [*said.wrong, *(Wrong(int(line), "", LEFT_OUT[what]) for line, what in rows)]
    return sorted(found, key=lambda each: each.line)


def _report(wrong: list[Wrong]) -> str:
    """Lines, columns and words of ours; nothing of the file stands in it (N5)."""
    return "line,column,what\n" + "".join(f'{each.line},{each.column},"{each.what}"\n' for each in wrong)


def _done(known: Dropped, now: datetime, wrong: int) -> Update:
    """Once: an attempt whose answer was lost, made again, adds no second task."""
    return Update(Dropped, (known.drop_id,), set={"done_at": now, "wrong": wrong}, expect={"done_at": ABSENT})


def _task(world: World, program: str, drop_id: str) -> list[Change]:
    """One for a file; none where the list is full: the report is there all the same."""
    known, now = world.store.get(Tasks, program), world.clock()
    if known is not None and (len(known.items) >= MOST or any(each.about == drop_id for each in known.items)):
        return []
    row = Task(world.ids(now), REPORT, "", WHO, now, next_day(world.clinic, program, now), about=drop_id)
    return [desk_tasks.add(program, row)]
