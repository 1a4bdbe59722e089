"""Take in a clinic's list: say first what would change, then do it, in pieces. An import gives no permission to text."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.patient_list import Listed
from ..core.records import ABSENT, Contact, Imported, Patient, Record, Update
from ..core.staff import Staff
from ..ports import World
from .edit_patient import Edit, Edited, edit, read_known, role_of
from .import_rows import Done, admit, row_by_row
from .register_patient import NumberInUse, Registration, register

BEGUN, CHUNK = "begun", 45  # two keys a row, a hundred a read
PIECE = 200  # rows a request: registering one is a transaction and two data keys


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one row. `what`: new, change, same, or for a person: in_use, elsewhere, merged."""

    row: Listed
    what: str
    patient_id: str = ""


def plan(world: World, who: Staff, program: str, rows: tuple[Listed, ...]) -> tuple[Planned, ...]:
    """The dry run: writes nothing but that somebody looked. Raises `NotFound`, `StoreError`, `VaultError`."""
    admit(world, who, program, "import", "intake", "import_dry_run")
    return tuple(_planned(world, who, program, rows))


def apply(world: World, who: Staff, program: str, rows: tuple[Listed, ...]) -> Done:
    """One piece of the list; the same rows again change nothing. One row that fails does not stop the others.

    Raises `NotFound`, `StoreError` when nothing can be written at all.
    """
    admit(world, who, program, "import", "intake", "import")
    planned = _planned(world, who, program, rows)
    return row_by_row(world, planned, lambda each: each.row.line, lambda each: _apply_row(world, who, program, each))


def _hashes(world: World, program: str, row: Listed) -> tuple[str, str]:
    """The clinic's record id and what the row says, as keyed hashes: neither is kept in clear (N5)."""
    said = "\0".join((row.name, row.number, str(row.birth_date or ""), row.language, row.zone))
    return world.hasher.text_hash(f"record\0{program}\0{row.record_id}"), world.hasher.text_hash(f"row\0{said}")


def _planned(world: World, who: Staff, program: str, rows: tuple[Listed, ...]) -> list[Planned]:
    """What would become of each row, in two reads a hundred rows."""
    found: list[Planned] = []
    for at in range(0, len(rows), CHUNK):
        some = rows[at : at + CHUNK]
        hashes = [_hashes(world, program, row) for row in some]
        ids = [world.hasher.contact_id(row.number) for row in some]
        keys = dict.fromkeys([(Imported, (each,)) for each, _ in hashes] + [(Contact, (each,)) for each in ids])
        read = dict(zip(keys, world.store.get_many(list(keys)), strict=True))
        known = [read[Imported, (each,)] for each, _ in hashes]
        wanted = list(dict.fromkeys(each.patient_id for each in known if isinstance(each, Imported)))
        there = dict(zip(wanted, world.store.get_many([(Patient, (each,)) for each in wanted]), strict=True)) if wanted else {}
        for row, (_, row_hash), contact_id, imported in zip(some, hashes, ids, known, strict=True):
            contact = read[Contact, (contact_id,)] if row.number else None
            mine = imported if isinstance(imported, Imported) else None
            patient = there.get(mine.patient_id) if mine else None
            what = _what(who, mine, row_hash, patient, contact)
            found.append(Planned(row, what, mine.patient_id if mine else ""))
    return found


def _what(who: Staff, known: Imported | None, row_hash: str, patient: Record | None, contact: Record | None) -> str:
    """`BEGUN` without a patient: a process ended between taking the id and making the patient."""
    mine = known.patient_id if known else ""
    others = isinstance(contact, Contact) and any(ref.patient_id != mine for ref in contact.patients)
    if known is None or (patient is None and known.row_hash == BEGUN):
        return "in_use" if others else "new"
    if known.row_hash == row_hash:
        return "same"
    if not isinstance(patient, Patient) or not who.may_see(patient.program):
        return "elsewhere"
    if patient.merged_into:
        return "merged"
    return "in_use" if others else "change"


def _apply_row(world: World, who: Staff, program: str, planned: Planned) -> str:
    if planned.what == "new":
        return _new(world, who, program, planned)
    if planned.what == "change":
        return _change(world, who, program, planned)
    return planned.what


def _new(world: World, who: Staff, program: str, planned: Planned) -> str:
    """The id is taken before the patient is made, so that a crash between leaves one patient and not two."""
    record_hash, row_hash = _hashes(world, program, planned.row)
    patient_id = planned.patient_id or world.ids(world.clock())
    if not planned.patient_id:
        taken = {"patient_id": patient_id, "row_hash": BEGUN}
        world.store.commit(Update(Imported, (record_hash,), set=taken, expect={"patient_id": ABSENT}, create=True))
    return _finish_new(world, who, program, planned.row, patient_id, record_hash, row_hash)


def _finish_new(
    world: World, who: Staff, program: str, row: Listed, patient_id: str, record_hash: str, row_hash: str
) -> str:
    wish = Registration(
        patient_id, program, row.name, row.number, row.birth_date, row.language or "en", zone=row.zone or world.clinic.zone.key,
        no_phone=not row.number,
    )  # fmt: skip
    if isinstance(register(world, who, wish), NumberInUse):
        return "in_use"
    world.store.commit(Update(Imported, (record_hash,), set={"row_hash": row_hash}))
    return "new"


def _change(world: World, who: Staff, program: str, planned: Planned) -> str:
    """What the list says, laid over the record; level, hours and permission stay as they are, and so does the number of whom the
    list has none: it may be the older of the two."""
    row, (record_hash, row_hash) = planned.row, _hashes(world, program, planned.row)
    known = read_known(world, who, planned.patient_id)
    patient = known.patient
    wish = Edit(
        patient.version, row.name, row.number or known.profile.number, row.birth_date or known.profile.birth_date, row.language
        or patient.language, patient.content_level, row.zone or patient.zone, patient.safe_hours, role_of(known),
        tags=known.profile.tags, answers=known.profile.answers, safe_phone=patient.safe_phone, veteran=patient.veteran,
    )
    outcome = edit(world, who, planned.patient_id, wish)
    if not isinstance(outcome, Edited):
        return "in_use"
    world.store.commit(Update(Imported, (record_hash,), set={"row_hash": row_hash}))
    return "change" if outcome.changed else "same"
