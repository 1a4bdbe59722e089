"""What was released of one record, for a records person: the account of disclosures (45 CFR 164.528), and what it may become."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.records import Patient, Release
from ..core.staff import Staff
from ..ports import World
from . import trail
from .amend_record import Correction, corrections
from .read_thread import open_profile
from .release_record import PURPOSE, To, admit_records, releases_of


@dataclass(frozen=True, slots=True)
class Records:
    """`releases`: the newest first. `part2`: whether the patient's program treats substance use, or nobody knows."""

    patient: Patient
    name: str
    releases: tuple[tuple[Release, To], ...]
    part2: bool
    corrections: tuple[Correction, ...] = ()


def read(world: World, who: Staff, patient_id: str, action: str = "read_records") -> Records:
    """Raises `NotFound`, `StoreError`, `VaultError`."""
    patient = admit_records(world, who, patient_id, action)
    world.store.commit(trail.entry(world, who, patient_id, action, PURPOSE, world.clock()))
    program = world.clinic.programs.get(patient.program)
    return Records(
        patient,
        open_profile(world, who, patient).name,
        tuple(releases_of(world, who, patient)),
        program is None or program.substance_use,
        tuple(corrections(world, who, patient_id)),
    )
