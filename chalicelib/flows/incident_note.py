"""The note for the chart: sealed, kept in the thread for staff alone, and named by its incident (ESC-2)."""

from __future__ import annotations

from ..core.records import Change, Incident, Message, Put, Step, Thread, Update
from ..core.staff import Staff
from ..errors import Rejected
from ..ports import World
from . import trail
from .notes import note_row, noted_in
from .read_incident import admit_to
from .write_reply import form_is_ours


def write_incident_note(world: World, who: Staff, incident_id: str, text: str, form_id: str) -> bool:
    """Once per form, as it was shown in the preview; False when the form is too old. Another note adds to the first.

    Raises `NotFound`, `SealFailed`, `StoreError`.
    """
    now = world.clock()
    if not form_is_ours(world, form_id, now):
        return False
    incident = admit_to(world, who, incident_id, "note")
    thread = world.store.get(Thread, incident.thread_id) or Thread(
        incident.thread_id, incident.program, incident.contact_id, incident.patient_id
    )
    change = Update(
        Incident, (incident_id,), set={"note_id": form_id}, append={"steps": (Step(now, who.staff_id, "noted", form_id),)}
    )
    rows: list[Change] = [Put(note_row(world, who, thread, text, form_id, incident_id)), noted_in(thread, world), change]
    try:
        world.store.commit(*rows, trail.entry(world, who, incident.thread_id, "incident_note", "crisis", now))
    except Rejected:
        if world.store.get(Message, incident.thread_id, form_id) is None:
            raise
    return True
