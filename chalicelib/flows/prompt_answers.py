"""What an answer to an open question changes, in the transaction that keeps the text: of a visit, or of an offered time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ..core.appointments import Appointment
from ..core.meaning import MOVE, OFFER, Meaning, Place, open_prompt
from ..core.messages import InboundSms
from ..core.records import Change, Contact
from ..core.visit_replies import NOTHING, Reading
from ..ports import World
from ..texts import offers as offer_texts
from . import appointment_reply, back_reply, offer_reply, previsit_reply, slot_rows
from .arrival import Arrived
from .outbox import keep_due

BY_PAGE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the open question is about, as it stands now."""

    visits: tuple[Appointment, ...] = ()
    offer: offer_reply.Asked | None = None


def asked_about(world: World, contact: Contact, arrived: Arrived, where: Place) -> Asked:
    """One read where such a question is open, none otherwise. Raises `StoreError`."""
    visits = appointment_reply.asked_about(world, contact, arrived)
    return Asked(visits, offer_reply.asked_about(world, contact, arrived, where))


def said_of_offer(contact: Contact, sms: InboundSms) -> Reading:
    """What their words would say of a time on offer; nothing where none is."""
    asked = open_prompt(contact, sms.received_at)
    offered = asked is not None and asked.kind in (OFFER, MOVE)
    return offer_texts.replies().read(sms.body) if offered else NOTHING


def settled(meant: Meaning, asked: Asked, arrived: Arrived) -> Meaning:
    """What it means now that we know what stands."""
    meant = previsit_reply.settled(appointment_reply.settled(meant, asked.visits), asked.visits)
    return offer_reply.settled(meant, asked.offer, arrived)


def rows(
    world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning, asked: Asked, text_id: str
) -> list[Change]:
    """Raises `StoreError`, `SealFailed`, `SecretUnavailable`."""
    changes = appointment_reply.rows(world, arrived, contact, where, meant, asked.visits, text_id)
    changes += previsit_reply.rows(world, arrived, contact, where, meant, asked.visits, text_id)
    changes += _openings(arrived, meant, asked.visits)
    changes += back_reply.rows(world, arrived, contact, where, meant, asked.visits, text_id)
    return changes + offer_reply.rows(world, arrived, contact, where, meant, asked.offer, text_id)


def _openings(arrived: Arrived, meant: Meaning, visits: tuple[Appointment, ...]) -> list[Change]:
    """A visit that is called off is a time for somebody; who needs another time is offered some, a moment later."""
    now, ahead = arrived.now, [each for each in visits if each.ahead]
    if meant.visit == "cannot_come":
        return [change for each in ahead for change in slot_rows.freed(each, now)]
    if meant.visit == "wants_move" and len(ahead) == 1 and now - arrived.sms.received_at < appointment_reply.LATE:
        at = now + BY_PAGE if arrived.sms.page else now  # a page shows them itself; the tick does where it could not
        return [keep_due(slot_rows.due_of(ahead[0].ref, at, slot_rows.MOVES))]
    return []
