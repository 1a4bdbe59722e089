"""A clinician who took an urgent item says "I read it" with one tap: a signed text of their choice, sent by a person (N8)."""

from __future__ import annotations

from datetime import datetime

from ..core import incidents
from ..core.crisis_answers import UNSAFE
from ..core.incidents import IllegalMove
from ..core.records import Incident, Patient, Step, Update
from ..core.staff import Staff
from ..errors import StoreError
from ..ports import World
from ..texts.crisis import ReadThis, read_this
from .handle_incident import read_to_act
from .reply_outcomes import Draft, Outcome, Sent
from .write_reply import write_reply

TAKEN = tuple(state for state in incidents.OPEN if state not in incidents.UNACKNOWLEDGED)


def offered(incident: Incident, patient: Patient | None, who: str) -> tuple[ReadThis, ...]:
    """What this person can send about an item; nothing before they took it. No call is announced to who asked for texts, nor
    on a phone where a call is not safe."""
    if incident.holder != who or incident.state not in TAKEN:
        return ()
    no_calls = incident.asks_for_texts or (patient is not None and patient.safe_phone == UNSAFE)
    return tuple(each for each in read_this(patient.language if patient else "en") if not (each.calls and no_calls))


def say_read(
    world: World, who: Staff, incident_id: str, read_id: str, signed: str, form_id: str, seen: datetime | None
) -> tuple[str, Outcome]:
    """The words, and what became of them: the outbox, as any text of a person, and without the seconds to take it back.

    Raises `IllegalMove` for an item that is not theirs, `KeyError` for a text that is not offered, `NotFound`, `StoreError`.
    """
    incident = read_to_act(world, who, incident_id)
    patient = world.store.get(Patient, incident.patient_id) if incident.patient_id else None
    if not offered(incident, patient, who.staff_id):
        raise IllegalMove(f"read_this from {incident.state}")
    chosen = {each.read_id: each for each in offered(incident, patient, who.staff_id)}[read_id]
    text = chosen.body.replace("{name}", signed)
    outcome = write_reply(world, who, incident.thread_id, Draft(text, form_id, seen))
    if isinstance(outcome, Sent) and not outcome.again:
        _show(world, who, incident, read_id)
    return text, outcome


def _show(world: World, who: Staff, incident: Incident, read_id: str) -> None:
    """One line in the item's history. The text is on its way whatever becomes of it, and stands in the thread."""
    step = Step(world.clock(), who.staff_id, "read_this", read_id)
    change = Update(
        Incident, (incident.incident_id,), append={"steps": (step,)}, add={"version": 1},
        expect={"state": incidents.OPEN}, any_of=("state",),
    )
    try:
        world.store.commit(change)
    except StoreError as failure:
        world.journal.event("incident_not_marked", incident_id=incident.incident_id, error=type(failure).__name__)
