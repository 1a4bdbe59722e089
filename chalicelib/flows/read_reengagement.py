"""What was begun after a missed visit or a long silence, for the pages about one patient: planned, sent, and why it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..core.appointments import Appointment, Touch
from ..core.records import Contact, Message, Patient, Reengagement, Thread
from ..ports import World
from ..texts import reengagement as texts
from . import reengage
from .read_appointments import ToCome
from .send_reengagement import words
from .sender import of_patient

MOST = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """One of them as it stands at this moment, with its texts. `wants_yes`: what comes later needs a permission they have not
    given."""

    row: Reengagement
    texts: tuple[ToCome, ...]
    wants_yes: str = ""


def read_reengagements(world: World, patient: Patient, visits: Sequence[Appointment], visit_id: str = "") -> tuple[Seen, ...]:
    """The newest first; of one visit alone where it is named. One query, one read where there are any. Raises `StoreError`."""
    known = world.store.reengagements_of(patient.patient_id, MOST)
    rows = [each for each in known if not visit_id or (each.visit_id == visit_id and each.why == "missed")]
    if not rows:
        return ()
    sent = [touch.message_id for row in rows for touch in row.touches if touch.message_id]
    wanted = [(Thread, (patient.patient_id,)), (Contact, (patient.contact_id or "-",))]
    thread, contact, *found = world.store.get_many([*wanted, *((Message, (patient.patient_id, each)) for each in sent)])
    out = {row.message_id: row for row in found if isinstance(row, Message)}
    heard = thread if isinstance(thread, Thread) else None
    number = contact if isinstance(contact, Contact) else None
    return tuple(_seen(world, patient, number, heard, visits, row, out) for row in rows)


def _seen(
    world: World, patient: Patient, contact: Contact | None, thread: Thread | None, visits: Sequence[Appointment],
    row: Reengagement, out: dict[str, Message],
) -> Seen:  # fmt: skip
    now = world.clock()
    stands = reengage.as_it_stands(row, patient, thread, visits, now)
    visit = next((each for each in visits if each.appointment_id == row.visit_id), None)
    found = tuple(_text(world, patient, stands, visit, touch, out) for touch in row.touches)
    return Seen(stands, found, reengage.wants_yes(patient, contact) if stands.state == "on" else "")


def _text(
    world: World, patient: Patient, row: Reengagement, visit: Appointment | None, touch: Touch, out: dict[str, Message]
) -> ToCome:
    if touch.state != "planned":
        return ToCome(touch, "", out.get(touch.message_id))
    if row.state != "on":
        return ToCome(replace(touch, state="left_out", why=row.stopped_why))
    sequence = texts.sequence(row.sequence)
    step = sequence.step(touch.name) if sequence else None
    template = texts.choose(step.template, patient.language, patient.content_level) if step else None
    return ToCome(touch, words(world, row.program, template, visit, of_patient(world, patient)) if template else "")
