"""One answer to "who opened my texts": our own trail and AWS's, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..core.audit import AuditEntry
from ..core.openings import Line, beside
from ..core.records import Patient
from ..ports import World
from ..ports.archive import AccountTrail

LINES = 100_000  # of one trail: three looks an hour for four years


@dataclass(frozen=True, slots=True)
class Explained:
    """`subjects`: the ids that stand for this patient: the record, and the number its texts go to."""

    subjects: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def alarms(self) -> tuple[Line, ...]:
        """Openings that AWS saw and our trail does not know."""
        return tuple(line for line in self.lines if line.what == "unknown")


def explain(world: World, account: AccountTrail, patient_id: str, since: datetime, until: datetime) -> Explained:
    """What was done to one patient in [since, until). It looks at ids and instants, and opens nothing.

    A list of names is one opening for a whole program, and stands under "roster" in both trails: not here. Raises
    `StoreError`, `ArchiveUnavailable`.
    """
    subjects = subjects_of(world, patient_id)
    entries = entries_about(world, subjects, since, until)
    seen = [each for each in account.openings(since, until) if each.patient in subjects]
    return Explained(subjects, tuple(beside(entries, seen)))


def subjects_of(world: World, patient_id: str) -> tuple[str, ...]:
    patient = world.store.get(Patient, patient_id)
    return tuple(dict.fromkeys(each for each in (patient_id, patient.contact_id if patient else "") if each))


def entries_about(world: World, subjects: tuple[str, ...], since: datetime, until: datetime) -> list[AuditEntry]:
    return [entry for subject in subjects for entry in world.store.trail_of(subject, since, until, LINES)]
