"""Take in a clinic's list of visits: say first what would change, then do it, in pieces. The same file twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..core.appointment_rules import Wish
from ..core.appointments import AHEAD
from ..core.records import ABSENT, Appointment, Charted, Contact, Imported, Patient, Record, Update
from ..core.staff import Staff
from ..core.visit_list import ListedVisit
from ..ports import World
from .book_appointment import Booked, book, change
from .import_rows import Done, admit, row_by_row

BEGUN, CHUNK = "begun", 30  # three keys a row at most, a hundred a read
PIECE = 100  # rows a request: each is half a dozen reads and a transaction
WRITES = ("new", "change")


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one row. `what`: new, change, same, or left out: unknown_patient, elsewhere, merged."""

    row: ListedVisit
    what: str
    patient_id: str = ""
    appointment_id: str = ""


def plan(world: World, who: Staff, program: str, rows: tuple[ListedVisit, ...]) -> tuple[Planned, ...]:
    """The dry run: writes nothing but that somebody looked. Raises `NotFound`, `StoreError`."""
    admit(world, who, program, "import_visits", "scheduling", "import_visits_dry_run")
    return tuple(_planned(world, who, program, rows))


def apply(
    world: World, who: Staff, program: str, rows: tuple[ListedVisit, ...], source: str, tell: bool = False
) -> Done:
    """One piece of the list. `tell`: patients are told what it moves or calls off, as by hand. One row that fails does not stop
    the others. Raises `NotFound`, `StoreError`."""
    admit(world, who, program, "import_visits", "scheduling", "import_visits")

    def take(each: Planned) -> str:
        return _take(world, who, program, each, source, tell) if each.what in WRITES else each.what

    return row_by_row(world, _planned(world, who, program, rows), lambda each: each.row.line, take)


def laid_over(known: Appointment, wish: Wish) -> Wish:
    """A file knows nothing of what was said by text: an old "booked" does not undo "can't come", unless the visit was moved."""
    stands = known.start_at == wish.start_at and wish.status in AHEAD and not known.ahead
    return replace(wish, status=known.status if stands else wish.status, rhythm=known.rhythm)


def _hashes(world: World, program: str, row: ListedVisit) -> tuple[str, str]:
    """The visit's id in the chart and what the row says, as keyed hashes: neither is kept in clear (N5)."""
    wish = row.wish
    said = (
        row.record_id, row.number, wish.clinician, wish.kind, wish.start_at.isoformat(), wish.zone, str(wish.minutes), wish.place,
        wish.link, wish.status,
    )  # fmt: skip
    return world.hasher.text_hash(f"visit\0{program}\0{row.visit_id}"), world.hasher.text_hash("\0".join(("visit row", *said)))


def _planned(world: World, who: Staff, program: str, rows: tuple[ListedVisit, ...]) -> list[Planned]:
    """What would become of each row, in two reads for thirty."""
    found: list[Planned] = []
    for at in range(0, len(rows), CHUNK):
        some = rows[at : at + CHUNK]
        whose = [_key_of_patient(world, program, row) for row in some]
        charted = [(Charted, (_hashes(world, program, row)[0],)) for row in some]
        keys: dict[tuple[type[Record], tuple[str, ...]], None] = dict.fromkeys([*whose, *charted])
        read = dict(zip(keys, world.store.get_many(list(keys)), strict=True))
        ids = [_patient_id(read[key], program) for key in whose]
        wanted = list(dict.fromkeys(each for each in ids if each))
        there = dict(zip(wanted, world.store.get_many([(Patient, (each,)) for each in wanted]), strict=True)) if wanted else {}
        for row, patient_id, key in zip(some, ids, charted, strict=True):
            known = read[key]
            mine = known if isinstance(known, Charted) else None
            found.append(_outlook(world, who, program, row, there.get(patient_id), mine))
    return found


def _key_of_patient(world: World, program: str, row: ListedVisit) -> tuple[type[Record], tuple[str, ...]]:
    if row.number:
        return Contact, (world.hasher.contact_id(row.number),)
    return Imported, (world.hasher.text_hash(f"record\0{program}\0{row.record_id}"),)  # as the list of patients keeps it


def _patient_id(found: Record | None, program: str) -> str:
    """Whose number it is, where only one person of this program has it; never "the first" (T11)."""
    if isinstance(found, Imported):
        return found.patient_id
    people = [ref.patient_id for ref in found.patients if ref.program == program] if isinstance(found, Contact) else []
    return people[0] if len(people) == 1 else ""


def _outlook(
    world: World, who: Staff, program: str, row: ListedVisit, patient: Record | None, mine: Charted | None
) -> Planned:
    if not isinstance(patient, Patient):
        return Planned(row, "unknown_patient")
    if patient.merged_into:
        return Planned(row, "merged")
    if patient.program != program or not who.may_see(patient.program) or (mine and mine.patient_id != patient.patient_id):
        return Planned(row, "elsewhere")
    if mine is None or mine.row_hash == BEGUN:
        return Planned(row, "new", patient.patient_id, mine.appointment_id if mine else "")
    same = mine.row_hash == _hashes(world, program, row)[1]
    return Planned(row, "same" if same else "change", patient.patient_id, mine.appointment_id)


def _take(world: World, who: Staff, program: str, each: Planned, source: str, tell: bool) -> str:
    """The id is taken before the visit is booked, so that a crash between books one visit and not two."""
    record_hash, row_hash = _hashes(world, program, each.row)
    appointment_id = each.appointment_id or world.ids(world.clock())
    if not each.appointment_id:
        taken = {"patient_id": each.patient_id, "appointment_id": appointment_id, "row_hash": BEGUN}
        world.store.commit(Update(Charted, (record_hash,), set=taken, expect={"patient_id": ABSENT}, create=True))
    known = world.store.get(Appointment, each.patient_id, appointment_id)
    if known is None:
        taken_in = isinstance(book(world, who, each.patient_id, appointment_id, each.row.wish, source), Booked)
    else:
        wish = laid_over(known, each.row.wish)
        taken_in = isinstance(change(world, who, each.patient_id, appointment_id, wish, tell=tell), Booked)
    if not taken_in:
        return "wrong"
    world.store.commit(Update(Charted, (record_hash,), set={"row_hash": row_hash}))
    return each.what
