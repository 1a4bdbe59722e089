"""A word that says "not safe" came (SAFE-4): the item that pages, and what is stricter from this text on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..core import not_safe
from ..core.clinic import EVERYONE
from ..core.incidents import Paged, code_for
from ..core.place import Place
from ..core.records import Change, Contact, PatientRef
from ..core.said_by_phone import stops, with_stops
from ..ports import World
from . import phone_said
from .arrival import Arrived
from .consent_lines import level_line


@dataclass(frozen=True, slots=True)
class Alarm:
    """The text as those who are paged see it, and whose item it is."""

    arrived: Arrived
    where: Place


def alarm(world: World, arrived: Arrived, contact: Contact, silent: tuple[PatientRef, ...]) -> Alarm | None:
    """None for a text that pages nobody. A word that was only found now, since the number could not be read before, pages with
    the next tick."""
    if arrived.paged is None and not silent:
        return None
    look = not_safe.alarmed(arrived.look, silent, contact)
    paged = arrived.paged or Paged(EVERYONE, code_for(arrived.sms.carrier_id), None, owed=True)
    where = not_safe.whose(contact, arrived.sms.received_at, look, silent)
    return Alarm(replace(arrived, look=look, paged=paged), where)


def no_more(contact: Contact, silent: tuple[PatientRef, ...]) -> tuple[str, ...]:
    """What the number remembers until their rows say it."""
    return with_stops(contact, *(stops(ref.patient_id) for ref in silent))


def tightened(
    world: World, arrived: Arrived, contact: Contact, silent: tuple[PatientRef, ...], message_id: str
) -> tuple[tuple[PatientRef, ...], list[Change]]:
    """Neutral words, and nothing that we begin, from the transaction on that keeps the text: on the number, and on each row when
    the tick has written it down. What was written before is asked again when it leaves (N3)."""
    now = arrived.now
    changes: list[Change] = [phone_said.due(contact.contact_id, now)]
    changes += [level_line(world, ref.patient_id, now, message_id) for ref in silent if ref.content_level]
    return not_safe.tightened(contact, silent, now), changes
