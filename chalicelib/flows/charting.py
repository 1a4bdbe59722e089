"""Which line of a file, or which visit of the clinic's schedule, became which visit here: what is kept of it, how it is found.
Ids of the schedule and of the clinic's patients are kept as keyed hashes, and the one it is told by sealed (N5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..core.records import ABSENT, Charted, Contact, Imported, Patient, Record, Update
from ..core.staff import Staff
from ..core.visit_list import ListedVisit
from ..ports import SealContext, World

BEGUN, CHUNK = "begun", 30  # three keys a row at most, a hundred a read


@dataclass(frozen=True, slots=True)
class Charting:
    """The line of a file or a schedule that a visit is taken in from: kept in the visit's own transaction, as it was read, so
    that of two lines about one visit one is read again. `known`: what stands there."""

    record_hash: str
    known: Charted | None
    row_hash: str
    version: int = 0
    sealed_id: bytes = b""
    start_at: datetime | None = None

    def row(self, patient_id: str, appointment_id: str) -> Update:
        fields: dict[str, object] = {"row_hash": self.row_hash}
        fields |= {"version": self.version} if self.version else {}
        fields |= {"sealed_id": self.sealed_id} if self.sealed_id else {}
        fields |= {"start_at": self.start_at} if self.start_at else {}
        if self.known is None:
            fields |= {"patient_id": patient_id, "appointment_id": appointment_id}
            return Update(Charted, (self.record_hash,), set=fields, expect={"patient_id": ABSENT}, create=True)
        still = {"row_hash": self.known.row_hash or ABSENT, "version": self.known.version or ABSENT}
        return Update(Charted, (self.record_hash,), set=fields, expect=still)


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one row. `what`: new, change, same, or left out: unknown_patient, elsewhere, merged."""

    row: ListedVisit
    what: str
    patient_id: str = ""
    appointment_id: str = ""
    known: Charted | None = None


def record_hash(world: World, program: str, visit_id: str) -> str:
    """The schedule's id of a visit as it is found. Raises `SecretUnavailable`."""
    return world.hasher.text_hash(f"visit\0{program}\0{visit_id}")


def row_hash(world: World, row: ListedVisit) -> str:
    """What a row of a file says."""
    wish = row.wish
    said = (
        row.record_id, row.number, wish.clinician, wish.kind, wish.start_at.isoformat(), wish.zone, str(wish.minutes), wish.place,
        wish.link, wish.status,
    )  # fmt: skip
    return world.hasher.text_hash("\0".join(("visit row", *said)))


def sealed_id(world: World, program: str, hashed: str, visit_id: str) -> bytes:
    """What the schedule calls a visit, for whoever tells it of one. Raises `SealFailed`."""
    return world.vault.seal(_context(program), hashed, visit_id)


def open_id(world: World, program: str, charted: Charted, reader: str) -> str:
    """Raises `OpenFailed`."""
    return world.vault.open(_context(program), charted.record_hash, charted.sealed_id, reader)


def _context(program: str) -> SealContext:
    return SealContext("schedule", program, "visit_id")


def planned(world: World, who: Staff, program: str, rows: Sequence[ListedVisit]) -> list[Planned]:
    """What would become of each row, in two reads for thirty. Raises `StoreError`, `SecretUnavailable`."""
    found: list[Planned] = []
    for at in range(0, len(rows), CHUNK):
        some = rows[at : at + CHUNK]
        whose = [_key_of_patient(world, program, row) for row in some]
        charted = [(Charted, (record_hash(world, program, row.visit_id),)) for row in some]
        keys: dict[tuple[type[Record], tuple[str, ...]], None] = dict.fromkeys([*whose, *charted])
        read = dict(zip(keys, world.store.get_many(list(keys)), strict=True))
        ids = [_patient_id(read[key], program) for key in whose]
        wanted = list(dict.fromkeys(each for each in ids if each))
        there = dict(zip(wanted, world.store.get_many([(Patient, (each,)) for each in wanted]), strict=True)) if wanted else {}
        for row, patient_id, key in zip(some, ids, charted, strict=True):
            known = read[key]
            found.append(_outlook(world, who, program, row, there.get(patient_id), known if isinstance(known, Charted) else None))
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
        return Planned(row, "new", patient.patient_id, mine.appointment_id if mine else "", mine)
    same = mine.row_hash == row_hash(world, row)
    return Planned(row, "same" if same else "change", patient.patient_id, mine.appointment_id, mine)
