"""They answered what we asked after a missed visit, or what we asked who had gone quiet: that they did, and what they want."""

from __future__ import annotations

from dataclasses import replace

from ..core.appointments import Appointment
from ..core.meaning import MISSED, RETURN, Meaning, Place, open_prompt
from ..core.records import Change, Contact
from ..ports import World
from . import outbox, slot_rows, visit_words
from .appointment_reply import BY, LATE, in_answer
from .arrival import Arrived
from .book_appointment import row_of
from .sender import of_phone
from .visit_wish import with_step

TIMES = "times"


def rows(
    world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning, visits: tuple[Appointment, ...], text_id: str
) -> list[Change]:
    """Whatever they wrote counts as an answer, but for STOP and danger. Raises `SealFailed`, `SecretUnavailable`."""
    asked = open_prompt(contact, arrived.sms.received_at)
    if asked is None or asked.kind not in (MISSED, RETURN) or arrived.look.pages or meant.consent or meant.barrier:
        return []  # what got in the way changes the visit where it is written (`appointment_reply`)
    changed = [(each, _answered(each, meant, arrived)) for each in visits]
    changes: list[Change] = [row_of(was, now) for was, now in changed if was != now]
    if not meant.back or arrived.now - arrived.sms.received_at >= LATE:
        return changes
    if meant.back == TIMES:
        changes += [outbox.keep_due(slot_rows.due_of(each.ref, arrived.now, slot_rows.MOVES)) for each in visits]
    return [*changes, *_line(world, arrived, contact, where, meant, text_id)]


def _answered(visit: Appointment, meant: Meaning, arrived: Arrived) -> Appointment:
    done = visit
    if visit.status == "noshow" and visit.answered_at is None:
        done = replace(visit, answered_at=arrived.now)
    return with_step(done, BY, f"said_back_{meant.back}", arrived.now) if meant.back else done


def _line(
    world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning, text_id: str
) -> tuple[Change, ...]:
    said = visit_words.back_text(world, f"back_{meant.back}", where.language, where.program, of_phone(world, contact, where))
    return in_answer(world, arrived, contact, where, said, text_id)
