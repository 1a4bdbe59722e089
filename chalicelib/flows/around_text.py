"""Everything that decides whether one queued text may leave, read together at that moment (N3)."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.messages import Kind
from ..core.permission import RULES
from ..core.records import Appointment, Contact, Message, Patient, Reengagement, Slot, Thread
from ..core.reengagement import Back
from ..ports import World


@dataclass(frozen=True, slots=True)
class AroundText:
    """Whose number, whose text, and the visits and openings that it tells of. `back`: only of a re-engagement."""

    contact: Contact | None = None
    patient: Patient | None = None
    visits: tuple[Appointment, ...] = ()
    slots: tuple[Slot, ...] = ()
    back: Back | None = None


def around_text(world: World, message: Message) -> AroundText:
    """One read; of a re-engagement their visits too, which is one query. Raises `StoreError`."""
    wanted: list[tuple[type, tuple[str, ...]]] = [(Contact, (message.contact_id,))]
    returns = _returns(message)
    if message.patient_id:
        wanted.append((Patient, (message.patient_id,)))
        wanted += [(Appointment, (message.patient_id, each.appointment_id)) for each in message.visits]
        wanted += [(Slot, (message.program, each)) for each in message.slots]
    if returns:
        wanted += [(Thread, (message.thread_id,)), (Reengagement, (message.patient_id, message.reengagement[0]))]
    found = world.store.get_many(wanted)
    contact = found[0] if isinstance(found[0], Contact) else None
    back = _back(world, message, found[-2], found[-1]) if returns else None
    return AroundText(
        contact,
        next((each for each in found if isinstance(each, Patient)), None),
        tuple(each for each in found if isinstance(each, Appointment)),
        tuple(each for each in found if isinstance(each, Slot)),
        back,
    )


def _returns(message: Message) -> bool:
    known = message.kind in set(Kind) and Kind(message.kind) in RULES
    return known and RULES[Kind(message.kind)].of_return and bool(message.patient_id and message.reengagement)


def _back(world: World, message: Message, thread: object, row: object) -> Back:
    visits = world.store.appointments_of(message.patient_id)
    return Back(row if isinstance(row, Reengagement) else None, thread if isinstance(thread, Thread) else None, visits)
