"""A text that comes from a colleague's phone: what it asks for beside being kept like any other (N1)."""

from __future__ import annotations

from datetime import timedelta

from .. import texts
from ..core.item_code import said_code, says_fine
from ..core.keywords import Word
from ..core.meaning import ONCE_A_DAY
from ..core.permission import stopped
from ..core.phones import Errand
from ..core.records import Change, Contact
from ..ports import World
from . import errand_rows
from .arrival import Arrived

TOO_LATE = timedelta(minutes=30)
AGAIN = timedelta(minutes=2)  # a phone may answer each of our lines by itself (C56)
CODE, FINE = "code", "ok"
WORDS = "words_said"  # the errand of words that are neither
OK, OK_AGAIN = "ok_said", "ok_again"  # the errands of an "ok"; of one that comes so soon that a phone may have said it
HERE = "Porchlight: this phone takes urgent items by their code. Whatever else you write here waits for whoever reads the inbox."


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
    words = not said and not code and hears_back(arrived, contact)
    if not said and not code and not words:
        return []
    kind = WORDS if words else "code_said" if code else OK_AGAIN if _soon(arrived, contact) else OK
    text = HERE if words and _heard_nothing_today(arrived, contact) else ""
    return errand_rows.rows(
        Errand(message_id, kind, contact.staff, arrived.now, text=text, code=code, contact_id=contact.contact_id)
    )


def hears_back(arrived: Arrived, contact: Contact) -> bool:
    """Whether these are plain words of a colleague, not too soon after others: "omw" takes nothing, and they must hear so."""
    if not contact.staff or contact.patients or arrived.look.pages:
        return False
    late = arrived.now - arrived.sms.received_at > TOO_LATE
    return not late and not _soon(arrived, contact) and _says_no_word(arrived.sms.body, contact)


def is_answered(arrived: Arrived, contact: Contact) -> bool:
    """Whether the number remembers that we may answer now: after words, and after an "ok", which takes nothing either."""
    if hears_back(arrived, contact):
        return True
    fine = not contact.patients and colleague_said(arrived.sms.body, contact) == FINE
    return fine and not _soon(arrived, contact)


def _soon(arrived: Arrived, contact: Contact) -> bool:
    return not contact.patients and contact.who_at is not None and arrived.now - contact.who_at < AGAIN


def _says_no_word(body: str, contact: Contact) -> bool:
    return not colleague_said(body, contact) and texts.keywords().read(body) is Word.NONE


def _heard_nothing_today(arrived: Arrived, contact: Contact) -> bool:
    return contact.who_at is None or arrived.now - contact.who_at >= ONCE_A_DAY


def _strange(contact: Contact, body: str) -> bool:
    nobody = not contact.staff and not contact.patients and not stopped(contact)
    return nobody and texts.keywords().read(body) is Word.NONE
