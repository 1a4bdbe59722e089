"""What the steps of receiving a text hand to one another."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..core.exercise import DEAD_MAN, SELF_TEST, dead_mans_thread, is_nobodys
from ..core.incidents import Paged
from ..core.messages import InboundSms
from ..core.people import Contact, IncidentRef, PatientRef, Prompt
from ..core.place import Place, place
from ..core.quick import dataclass
from ..core.tapbacks import quoted
from ..core.triage import FirstLook
from ..ports import World

if TYPE_CHECKING:
    from ..core.records import Message


@dataclass(frozen=True, slots=True)
class Arrived:
    """A text after its first look and its page. `contact` is None when it could not be read in time."""

    sms: InboundSms
    look: FirstLook
    contact: Contact | None
    paged: Paged | None
    inline: bool
    now: datetime
    asked: Paged | None = None  # what became of the page about a TEXT instead of a call
    silent: tuple[PatientRef, ...] = ()  # whose word for "not safe" is in it (SAFE-4)
    own: bool = False  # between the clinic's own two numbers: nobody's words


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of it. `answer` is the crisis answer's row; not `stored` when only its words exist."""

    stored: bool
    answer: Message | None = None
    answer_text: str = ""


def read_contact(world: World, number: str) -> Contact:
    """The contact behind a number; an empty one (version 0) when nobody wrote from it yet."""
    contact_id = world.hasher.contact_id(number)
    return world.store.get(Contact, contact_id) or Contact(contact_id)


def contact_behind(world: World, sms: InboundSms) -> Contact:
    """The contact of a text's number; of what came by a page, the number's with what that page asked the one person who wrote: no
    question of a text is answered there, and nobody else behind the number is meant."""
    if sms.page is None:
        return read_contact(world, sms.sender)
    contact_id, patient_id = sms.page.contact_id, sms.page.patient_id
    if not contact_id:
        from ..core.page_links import Link

        link = world.store.get(Link, sms.page.link)
        contact_id, patient_id = (link.contact_id, link.patient_id) if link else (sms.page.link, "")
    contact = world.store.get(Contact, contact_id) or Contact(contact_id)
    if all(each.patient_id != patient_id for each in contact.patients):  # theirs no more: nobody else's thread either
        return replace(contact, patients=(), prompt=None)
    at = sms.received_at
    return replace(contact, prompt=sms.page.question or Prompt("page", patient_id, "page", (), at + timedelta(minutes=1), at))


def contact_of(world: World, sms: InboundSms) -> Contact:
    """The contact behind a text. A dead man's text never lands with real people, even before its number is known; what has
    only half of a mark is real, and lands where people see it."""
    contact = contact_behind(world, sms)
    if sms.exercise == DEAD_MAN and not contact.patients:
        return replace(contact, patients=(PatientRef(dead_mans_thread(sms.sender), SELF_TEST),))
    if is_nobodys(sms.sender) and not sms.exercise:
        return replace(contact, patients=())
    return contact


def incident_ref(contact: Contact | None, look: FirstLook, at: datetime, where: Place | None = None) -> IncidentRef | None:
    """The open incident of the thread that a text of this moment belongs to. `where`: that thread, if it is known."""
    if contact is None:
        return None
    thread_id = (where or place(contact, at, look)).thread_id
    return next((ref for ref in contact.incidents if ref.thread_id == thread_id), None)


def not_safe_for(world: World, sms: InboundSms, contact: Contact | None) -> tuple[PatientRef, ...]:
    """Whose word for "not safe" is in this text (SAFE-4): of who has one, by its keyed hash, without a call. No exercise has one.
    Raises `SecretUnavailable`."""
    if contact is None or sms.exercise or not any(ref.duress for ref in contact.patients):
        return ()
    from ..core.not_safe import whose_word
    from .plan_rows import duress_hash

    return whose_word(contact, sms.body, lambda patient_id, said: duress_hash(world, patient_id, said))


def reacted_to(world: World, contact: Contact, body: str) -> str:
    """The keyed hash of the text of ours that this is a tapback to, or "". Only an exact one to our exact text counts (C17)."""
    words = quoted(body)
    found = world.hasher.text_hash(words) if words is not None else ""
    return found if found in contact.recent_hashes else ""
