"""TEXT instead of a call: somebody in danger cannot talk, and whoever holds their item hears of it at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from .. import texts
from ..core import incidents
from ..core.clinic import EVERYONE
from ..core.incidents import Paged
from ..core.keywords import Word
from ..core.meaning import ASKS_FOR_TEXTS, place
from ..core.messages import InboundSms
from ..core.not_safe import warned
from ..core.people import loud
from ..core.records import Change, Contact, IncidentRef, Step
from ..core.triage import FirstLook
from ..ports import World
from . import crisis_rows, errand_rows, outbox
from .arrival import Arrived
from .page import send_page


def incident_asked(contact: Contact, thread_id: str) -> IncidentRef | None:
    """The open item that a TEXT is about: its thread's, else the newest of this number. Nobody's TEXT is lost to a question
    that was put to somebody else on the same phone."""
    known = loud(contact)
    return next((ref for ref in known if ref.thread_id == thread_id), next(iter(known[-1:]), None))


def put_in_front(
    world: World, sms: InboundSms, look: FirstLook, contact: Contact | None, now: datetime, before: bool
) -> Paged | None:
    """Page the holder before anything is stored. None: it is no TEXT, or no item is open. `before`: its page has left."""
    if look.pages or contact is None or not loud(contact) or texts.keywords().read(sms.body) is not Word.BY_TEXT:
        return None
    ref = incident_asked(contact, place(contact, sms.received_at, look).thread_id)
    if ref is None:
        return None
    to = ref.holder or EVERYONE
    if before or not incidents.owes_a_word(ref, sms.carrier_id, now):
        return Paged(to, ref.code, now if before else None, owed=False)
    left = send_page(world, to, warned(page_text(ref.code), ref.categories))
    return Paged(to, ref.code, now if left else None, owed=True, directly=(to,))


def page_text(code: str) -> str:
    return f"Porchlight: item {code}: asks for texts, not a call. Open the console."


def rows(
    world: World, contact: Contact, ref: IncidentRef, arrived: Arrived, message_id: str
) -> tuple[tuple[IncidentRef, ...], list[Change]]:
    """What the contact will remember, and the item's changes. A page that did not leave goes with the next tick."""
    asked, carrier_id, now = arrived.asked, arrived.sms.carrier_id, arrived.now
    owed = asked.owed if asked else incidents.owes_a_word(ref, carrier_id, now)
    left = asked is not None and asked.at is not None
    after = replace(ref, joined=ref.joined + 1)
    if owed or left:
        after = replace(after, texts_at=now, texts_for=carrier_id)
    refs = tuple(after if each.incident_id == ref.incident_id else each for each in contact.incidents)
    paged = asked if asked and (asked.owed or left) else None
    steps = (Step(now, "patient", ASKS_FOR_TEXTS, message_id), *(crisis_rows.page_steps(paged, now) if paged else ()))
    changes: list[Change] = [crisis_rows.told(after, {ASKS_FOR_TEXTS: True}, *steps)]
    if owed and not left:
        changes.append(outbox.keep_due(crisis_rows.repage_due(ref.incident_id, ASKS_FOR_TEXTS, now)))
    directly = asked.directly if asked else ()
    text = warned(page_text(ref.code), ref.categories)
    return refs, [*changes, *errand_rows.calls(world, directly, text, now, incident_id=ref.incident_id)]
