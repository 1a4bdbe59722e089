"""Before a sequence is saved: whose visits it would be, and exactly what one of them would receive, with its words checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ..core.records import Patient
from ..core.sequences import Step, name_of
from ..core.staff import Staff
from ..core.word_lint import Finding, Reader
from ..errors import NotFound
from ..ports import World
from ..texts.lint import findings
from .read_appointments import Listed, ToCome, preview_sequence
from .roster import open_roster

AHEAD = timedelta(days=28)
MOST = 30


@dataclass(frozen=True, slots=True)
class Tried:
    """`found`: what the check of words says of a text as it would be filled: by the touch's name."""

    patient: Patient
    texts: tuple[ToCome, ...]
    found: tuple[tuple[str, Finding], ...]


def visits_ahead(world: World, who: Staff, program: str, sequence_id: str) -> tuple[Listed, ...]:
    """The next visits whose texts are planned by this sequence, by beginning; the caller has admitted who asks.

    Raises `StoreError`, `VaultError`.
    """
    now = world.clock()
    booked = world.store.booked(program, now, now + AHEAD)
    found = [each for each in booked if each.ahead and name_of(each.sequence) == sequence_id]
    names = open_roster(world, who, program, "schedule") if found else {}
    return tuple(Listed(each, names[each.patient_id].name) for each in found if each.patient_id in names)[:MOST]


def try_sequence(
    world: World, who: Staff, patient_id: str, appointment_id: str, sequence_id: str, steps: tuple[Step, ...]
) -> Tried:
    """Raises `NotFound`, `StoreError`, `VaultError`."""
    texts = preview_sequence(world, who, patient_id, appointment_id, sequence_id, steps)
    patient = world.store.get(Patient, patient_id)
    if patient is None:
        raise NotFound(appointment_id)
    reader = Reader(patient.language, patient.content_level, clinic=world.clinic.display_name, automatic=True)
    found = tuple((each.touch.name, one) for each in texts if each.text for one in findings(each.text, reader))
    return Tried(patient, texts, found)
