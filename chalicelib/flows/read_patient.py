"""A patient at a glance: what may be sent now and why, who was in touch last, what is open. No message is opened for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..core.meaning import open_prompt
from ..core.messages import Direction
from ..core.records import Contact, Message, Move, Patient, Prompt
from ..core.staff import Staff
from ..errors import NotFound
from ..ports import World
from . import trail
from .read_thread import Behind, admit, read_behind
from .roster import open_roster

LOOK = 50  # rows looked through, sealed as they are, for the last of each direction


@dataclass(frozen=True, slots=True)
class Sharing:
    """Another patient behind the same number. `role`: who answers it for them."""

    patient_id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Glance:
    """`last_in`, `last_out`: the newest rows, their words sealed. `asked`: the question that is open with them."""

    behind: Behind
    patient: Patient
    last_in: Message | None
    last_out: Message | None
    asked: Prompt | None
    merge: Move | None  # the last record that came into this one, when it can be undone
    shares: tuple[Sharing, ...] = ()  # whose phone it is too, as far as this person may see them (N7)


def read_patient(world: World, who: Staff, patient_id: str) -> Glance:
    """Raises `NotFound` (also for another program's, which leaves an audit entry), `StoreError`, `VaultError`."""
    with ThreadPoolExecutor(3) as pool:
        page = pool.submit(world.store.newest, patient_id, LOOK)
        thread, patient = admit(world, who, patient_id, "read_patient", "glance")
        if patient is None:
            raise NotFound(patient_id)
        seen = pool.submit(world.store.commit, trail.entry(world, who, patient_id, "read_patient", "glance", world.clock()))
        merge = pool.submit(world.store.get, Move, patient.last_merge) if patient.last_merge else None
        rows = page.result()
        behind = read_behind(world, who, thread, patient, rows)
        seen.result()  # nothing is shown that is not in the trail
        asked = open_prompt(behind.contact, world.clock()) if behind.contact else None
        return Glance(
            behind,
            behind.patient or patient,  # with what their phone said a moment ago
            _newest(rows, Direction.IN),
            _newest(rows, Direction.OUT),
            asked if asked and asked.patient_id == patient_id else None,
            merge.result() if merge else None,
            _shares(world, who, patient_id, behind.contact),
        )


def _shares(world: World, who: Staff, patient_id: str, contact: Contact | None) -> tuple[Sharing, ...]:
    """One opening more for each program among them, on a shared phone only; nothing of people over the wall."""
    others = [ref for ref in (contact.patients if contact else ()) if ref.patient_id != patient_id and who.may_see(ref.program)]
    programs = dict.fromkeys(ref.program for ref in others)
    people = {program: open_roster(world, who, program, "shared_phone") for program in programs}
    named = ((ref, people[ref.program].get(ref.patient_id)) for ref in others)
    return tuple(Sharing(ref.patient_id, entry.name, ref.role) for ref, entry in named if entry is not None)


def _newest(rows: list[Message], direction: Direction) -> Message | None:
    return next((row for row in rows if row.direction == direction), None)
