"""Nobody reads now: said once per closed time to a patient who wrote words, and never to thanks, an emoji, an answer or a crisis.

A line of danger under every "thank you" puts people off (T14), and silence all night does too (CR-5, CR-6).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from .. import texts
from ..core.meaning import Meaning, Place
from ..core.messages import Kind
from ..core.people import loud
from ..core.permission import stopped
from ..core.records import Change, Contact
from ..ports import World
from .arrival import Arrived
from .automatic_answer import line
from .sender import of_phone

TEMPLATE = "after_hours"
LATE = timedelta(hours=1)  # after the text was written (T7)
TALKING = timedelta(hours=1)  # a person of the clinic wrote within it: somebody does read now


def opens_next(world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning) -> datetime | None:
    """When somebody reads next, where it is to be said; None where it is not. `told_until`: that it was said for this time."""
    sms, now = arrived.sms, arrived.now
    noted = bool(meant.note) and not meant.guess  # who asks about a visit waits for a person as everybody does
    if meant.name != "words" or noted or meant.answer or not where.patient_id or sms.page:  # their page says so itself
        return None
    if arrived.look.pages or loud(contact) or stopped(contact) or now - sms.received_at >= LATE:
        return None
    if contact.person_at is not None and now - contact.person_at < TALKING:
        return None
    if contact.told_until is not None and now < contact.told_until:
        return None
    if texts.keywords().only_courtesy(sms.body):
        return None
    return world.clinic.opens_later(where.program, now)


def closed_notice(
    world: World, arrived: Arrived, contact: Contact, where: Place, opens: datetime, in_reply_to: str
) -> tuple[Change, ...]:
    """The rows to commit with the text. It does not leave once we are open. Raises `SealFailed`, `SecretUnavailable`."""
    said = texts.spoken_time(opens, where.language)
    text = texts.render(TEMPLATE, where.language, sender=of_phone(world, contact, where), open=said)
    until = min(opens, arrived.sms.received_at + LATE)
    return line(world, arrived, contact, where, Kind.CLOSED_NOTICE, text, TEMPLATE, in_reply_to, until)
