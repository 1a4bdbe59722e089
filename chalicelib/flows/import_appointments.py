"""Take in a clinic's list of visits: say first what would change, then do it, in pieces. The same file twice changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..core.appointment_rules import Wish
from ..core.appointments import AHEAD
from ..core.records import Appointment
from ..core.staff import Staff
from ..core.visit_list import ListedVisit
from ..ports import World
from . import charting
from .book_appointment import Booked, Changed, Wrong, book, change
from .charting import Charting, Planned
from .import_rows import Done, admit, row_by_row

PIECE = 100  # rows a request: each is half a dozen reads and a transaction
WRITES = ("new", "change")


def plan(world: World, who: Staff, program: str, rows: tuple[ListedVisit, ...]) -> tuple[Planned, ...]:
    """The dry run: writes nothing but that somebody looked. Raises `NotFound`, `StoreError`."""
    admit(world, who, program, "import_visits", "scheduling", "import_visits_dry_run")
    return tuple(charting.planned(world, who, program, rows))


def apply(
    world: World, who: Staff, program: str, rows: tuple[ListedVisit, ...], source: str, tell: bool = False
) -> Done:
    """One piece of the list. `tell`: patients are told what it moves or calls off, as by hand. One row that fails does not stop
    the others. Raises `NotFound`, `StoreError`."""
    admit(world, who, program, "import_visits", "scheduling", "import_visits")

    def take_row(each: Planned) -> str:
        if each.what not in WRITES:
            return each.what
        done = take(world, who, program, each, source, charting.row_hash(world, each.row), tell=tell)
        return each.what if isinstance(done, Booked) else "wrong"

    return row_by_row(world, charting.planned(world, who, program, rows), lambda each: each.row.line, take_row)


def take(
    world: World, who: Staff, program: str, each: Planned, source: str, said: str, version: int = 0, tell: bool = False
) -> Booked | Wrong | Changed:
    """One row's visit and what is kept of the row, in one transaction: a crash books one visit or none. `said`: keyed hash of
    the row. Raises `NotFound`, `Conflict`, `StoreError`, `VaultError`."""
    hashed, known = charting.record_hash(world, program, each.row.visit_id), each.known
    sealed = b"" if known is not None and known.sealed_id else charting.sealed_id(world, program, hashed, each.row.visit_id)
    wish, before = each.row.wish, known.start_at if known else None
    line = Charting(hashed, known, said, version, sealed, wish.start_at)
    appointment_id = each.appointment_id or world.ids(world.clock())
    if not each.appointment_id or world.store.get(Appointment, each.patient_id, appointment_id) is None:
        done: Booked | Wrong | Changed = book(world, who, each.patient_id, appointment_id, wish, source, line)
    else:
        laid = lambda visit, _: laid_over(visit, wish, before)  # noqa: E731
        done = change(world, who, each.patient_id, appointment_id, laid, None, tell, line)
    if isinstance(done, Booked) and done.again:
        world.store.commit(line.row(each.patient_id, appointment_id))
    return done


def laid_over(known: Appointment, wish: Wish, before: datetime | None = None) -> Wish:
    """A file knows nothing of what was said by text. An old "booked" does not undo "can't come", unless the visit was moved; and
    the beginning that it said `before` does not undo that they took a sooner time."""
    if before is not None and wish.start_at == before != known.start_at:
        wish = replace(wish, start_at=known.start_at, clinician=known.clinician, zone=known.zone)
    stands = known.start_at == wish.start_at and wish.status in AHEAD and not known.ahead
    return replace(wish, status=known.status if stands else wish.status, rhythm=known.rhythm)
