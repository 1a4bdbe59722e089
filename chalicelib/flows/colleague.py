"""A text that comes from a colleague's phone: what it asks for beside being kept like any other (N1)."""

from __future__ import annotations

from datetime import timedelta

from .. import texts
from ..core.item_code import said_code, says_fine
from ..core.keywords import Word
from ..core.permission import stopped
from ..core.phones import Errand
from ..core.records import Change, Contact
from ..ports import World
from . import errand_rows
from .arrival import Arrived

TOO_LATE = timedelta(minutes=30)
CODE, FINE = "code", "ok"


def colleague_said(body: str, contact: Contact) -> str:
    """"code", "ok", or "" for anything else and for every other phone. A keyword (STOP) stays one."""
    if not contact.staff or texts.keywords().read(body) is not Word.NONE:
        return ""
    if says_fine(body):
        return FINE
    return CODE if said_code(body) else ""


def from_a_colleague(world: World, arrived: Arrived, contact: Contact, message_id: str) -> list[Change]:
    """The errand that goes with the text. A phone that is nobody's may have said a code too: that is looked up later, and
    answered only if it names an open item. START is heard whenever it comes: whoever said STOP may be on call tonight."""
    sms = arrived.sms
    if contact.staff and texts.keywords().read(sms.body) is Word.START:
        return errand_rows.rows(Errand(message_id, "start_said", contact.staff, arrived.now, contact_id=contact.contact_id))
    if arrived.now - sms.received_at > TOO_LATE:  # brought in by the hourly comparison: nobody waits for an answer to it
        return []
    said = colleague_said(sms.body, contact)
    code = said_code(sms.body) if said == CODE or _strange(contact, sms.body) else ""
    if not said and not code:
        return []
    kind = "code_said" if code else "ok_said"
    return errand_rows.rows(
        Errand(message_id, kind, contact.staff, arrived.now, code=code, contact_id=contact.contact_id)
    )


def _strange(contact: Contact, body: str) -> bool:
    nobody = not contact.staff and not contact.patients and not stopped(contact)
    return nobody and texts.keywords().read(body) is Word.NONE
