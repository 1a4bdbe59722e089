"""They answered a question before a visit by number: it stands in the thread for who sees them, the visit says that it is there,
and they are thanked. What the number was is in no row but the sealed text (N5)."""

from __future__ import annotations

from dataclasses import replace

from ..core.appointments import Appointment
from ..core.meaning import Meaning, Place
from ..core.records import Change, Contact
from ..ports import World
from ..texts.previsit import NOTED, questions
from . import visit_words
from .appointment_reply import BY, LATE, in_answer
from .arrival import Arrived
from .book_appointment import row_of
from .sender import of_phone
from .visit_wish import with_step

NOTE = "before_visit"  # says that something is to be read, and not what


def settled(meant: Meaning, visits: tuple[Appointment, ...]) -> Meaning:
    """An answer for visits that are over, or off, is words for a person; so is one that somebody should read soon."""
    if not meant.before:
        return meant
    if not any(each.ahead for each in visits):
        return Meaning("words", closes_prompt=True)
    owed = meant.before in questions()[meant.asked].owed
    return replace(meant, owed=owed, note=NOTE if owed else "")


def rows(
    world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning, visits: tuple[Appointment, ...], text_id: str
) -> list[Change]:
    """Raises `SealFailed`, `SecretUnavailable`."""
    told = tuple(each for each in visits if each.ahead)
    if not meant.before or not told:
        return []
    marked = [row_of(each, with_step(each, BY, "answered", arrived.now, meant.asked)) for each in told]
    if arrived.now - arrived.sms.received_at >= LATE:
        return list(marked)
    said = visit_words.answer_text(world, NOTED, where.language, told, of_phone(world, contact, where))
    return [*marked, *in_answer(world, arrived, contact, where, said, text_id)]
