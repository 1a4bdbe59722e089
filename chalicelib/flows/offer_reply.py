"""They answered an offer: the first yes has the time, in the transaction that keeps the text; a late one is thanked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..core.appointments import Appointment
from ..core.meaning import MOVE, OFFER, Meaning, Place, open_prompt
from ..core.records import Change, Contact, Slot
from ..core.waitlist import declined, held, may_take
from ..ports import World
from . import offer_words, outbox, slot_rows, take_slot
from .appointment_reply import BY, LATE, in_answer
from .arrival import Arrived
from .sender import of_phone

NO_THANKS = "2"  # to an offer from the waitlist; of several times each digit is one of them


@dataclass(frozen=True, slots=True)
class Asked:
    """What the open question offers, as it stands now. `visit`: the one that would move, None where one would be booked."""

    kind: str
    patient_id: str
    visit_id: str
    visit: Appointment | None
    slots: tuple[Slot | None, ...]

    def picked(self, digit: str) -> Slot | None:
        """The opening that this digit asks for; None for "no thanks", and for one that is not in this program."""
        at = int(digit) - 1
        return self.slots[at] if at < len(self.slots) else None


def asked_about(world: World, contact: Contact, arrived: Arrived, where: Place) -> Asked | None:
    """One read, only where such a question is open. Raises `StoreError`."""
    asked = open_prompt(contact, arrived.sms.received_at)
    if asked is None or asked.kind not in (OFFER, MOVE) or asked.patient_id != where.patient_id:
        return None
    visit_id, *slot_ids = asked.about
    wanted = [(Appointment, (asked.patient_id, visit_id)), *((Slot, (where.program, each)) for each in slot_ids)]
    visit, *slots = world.store.get_many(wanted)
    known = visit if isinstance(visit, Appointment) else None
    return Asked(asked.kind, asked.patient_id, visit_id, known, tuple(each if isinstance(each, Slot) else None for each in slots))


def settled(meant: Meaning, asked: Asked | None, arrived: Arrived) -> Meaning:
    """An answer that only a person can take is words: hours late, or about what is not there. Who needed another time and
    chose one that is gone is still helped by somebody."""
    if not meant.offer:
        return meant
    refuses = asked is not None and asked.kind == OFFER and meant.offer == NO_THANKS
    slot = asked.picked(meant.offer) if asked else None
    if arrived.now - arrived.sms.received_at >= LATE or asked is None or (slot is None and not refuses):
        return Meaning("words", note="offer_answer", closes_prompt=True)
    if asked.kind == MOVE and slot is not None and not may_take(slot, asked.patient_id, arrived.now):
        return replace(meant, owed=True, note="wants_move")
    return meant


def rows(
    world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning, asked: Asked | None, text_id: str
) -> list[Change]:
    """Raises `StoreError`, `SealFailed`."""
    if asked is None or not meant.offer:
        return []
    slot, now = asked.picked(meant.offer), arrived.now
    said = _Line(world, arrived, contact, where, asked, text_id)
    if asked.kind == OFFER and meant.offer == NO_THANKS:
        return [*_refused(asked, arrived), *said.line("offer_no")]
    if slot is None:
        return []
    if not may_take(slot, asked.patient_id, now):
        return said.line("offer_late")
    taken = take_slot.rows(world, slot, asked.patient_id, asked.visit_id, asked.visit, BY, now)
    return [*taken, *said.line("offer_moved" if asked.visit and asked.visit.ahead else "offer_booked", slot)]


def _refused(asked: Asked, arrived: Arrived) -> list[Change]:
    """The hold ends now, and the next may be asked."""
    slot = asked.slots[0]
    if slot is None or held(slot, asked.patient_id, arrived.now) is None:
        return []
    now = arrived.now
    return [slot_rows.row_of(slot, declined(slot, asked.patient_id)), outbox.keep_due(slot_rows.due_of(slot.ref, now))]


@dataclass(frozen=True, slots=True)
class _Line:
    """One line back, in answer to this text."""

    world: World
    arrived: Arrived
    contact: Contact
    where: Place
    asked: Asked
    text_id: str

    def line(self, name: str, slot: Slot | None = None) -> list[Change]:
        if self.arrived.sms.page:  # their page shows how it stands
            return []
        visit = self.asked.visit if self.asked.visit and self.asked.visit.ahead else None
        if visit is None and name in ("offer_no", "offer_late"):
            name = f"{name}_new"
        told = [each.zone for each in slot.offers if each.patient_id == self.asked.patient_id] if slot else []
        zone = told[-1] if told else ""
        sender = of_phone(self.world, self.contact, self.where)
        said = offer_words.answer_text(self.world, name, self.where.language, slot, zone, visit, self.where.program, sender)
        return [*in_answer(self.world, self.arrived, self.contact, self.where, said, self.text_id)]
