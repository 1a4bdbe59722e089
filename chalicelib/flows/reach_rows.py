"""The rows of how somebody can be reached: the sheet and each address, sealed and opened again, and taken to another program."""

from __future__ import annotations

import json
from datetime import date, datetime

from ..core.channels import CHANNELS
from ..core.reach import Address, Reach, ReachSheet, addresses
from ..core.records import Change, Delete, Due, Patient, Put, Update
from ..core.sealed_json import read, written
from ..errors import OpenFailed
from ..ports import SealContext, World
from .outbox import SHARD

REVIEW = "reach_review"  # the due row's kind, and the task's
OWN = tuple(name for name, about in CHANNELS.items() if about.own_address)


def sealed_sheet(
    world: World, patient: Patient, reach: Reach, by: str, now: datetime, changed: tuple[str, ...] = (), program: str = ""
) -> ReachSheet:
    """The next version. `program`: another one than the patient's. Raises `SealFailed`."""
    version, program = patient.reach + 1, program or patient.program
    context = SealContext(patient.patient_id, program, "profile")
    sealed = world.vault.seal(context, f"{patient.patient_id}.reach.{version}", written(reach))
    return ReachSheet(patient.patient_id, version, program, sealed, now, by, changed)


def opened(world: World, row: ReachSheet | None, reader: str) -> Reach:
    """What it says; an empty one where there is none. Raises `OpenFailed`."""
    if row is None:
        return Reach()
    context = SealContext(row.patient_id, row.program, "profile")
    said, later = read(Reach, world.vault.open(context, f"{row.patient_id}.reach.{row.version}", row.sealed, reader))
    return Reach(**said, **later)


def address_rows(
    world: World, patient: Patient, reach: Reach, born: date | None, version: int, program: str = ""
) -> list[Change]:
    """Every address as the sheet has it; one that is gone is deleted. Raises `SealFailed`."""
    known, program = addresses(reach), program or patient.program
    return [
        _address(world, patient.patient_id, channel, known[channel], born, version, program)
        if channel in known
        else Delete(Address, (patient.patient_id, channel))
        for channel in OWN
    ]


def _address(world: World, patient_id: str, channel: str, to: str, born: date | None, version: int, program: str) -> Change:
    said = {"to": to} | ({"born": born.isoformat()} if born and channel == "email" else {})
    sealed = world.vault.seal(SealContext(patient_id, program, "address"), f"{patient_id}.{channel}", json.dumps(said))
    fields = {"program": program, "sealed": sealed, "version": version}
    return Update(Address, (patient_id, channel), set=fields, create=True)


def open_address(world: World, row: Address, reader: str) -> dict[str, str]:
    """to, and of an e-mail born. Raises `OpenFailed`."""
    context = SealContext(row.patient_id, row.program, "address")
    said: dict[str, str] = json.loads(world.vault.open(context, f"{row.patient_id}.{row.channel}", row.sealed, reader))
    return said


def review_due(patient_id: str, at: datetime) -> Due:
    return Due(SHARD, at, f"{REVIEW}#{patient_id}", REVIEW, patient_id)


def taken_along(
    world: World, patient: Patient, born: date | None, reader: str, program: str, now: datetime
) -> tuple[dict[str, object], list[Change]]:
    """To another program: the newest version and its addresses sealed anew. Raises `OpenFailed`, `SealFailed`, `StoreError`."""
    if not patient.reach:
        return {}, []
    reach = opened(world, world.store.get(ReachSheet, patient.patient_id, patient.reach), reader)
    row = sealed_sheet(world, patient, reach, reader, now, program=program)
    return {"reach": row.version}, [Put(row), *address_rows(world, patient, reach, born, row.version, program)]


def born_anew(world: World, patient: Patient, born: date | None, reader: str) -> list[Change]:
    """A birth date was put right: what the page behind an e-mail asks follows. Raises `SealFailed`, `StoreError`."""
    try:
        row = world.store.get(ReachSheet, patient.patient_id, patient.reach) if patient.reach else None
        return address_rows(world, patient, opened(world, row, reader), born, row.version) if row else []
    except OpenFailed:
        world.journal.event("open_failed", thread_id=patient.patient_id)
        return []
