"""PRIVATE, QUIET, "no more reminders": what a patient asks of this phone by text (TXT-1, TCPA-8). A text can only tighten, since
whoever holds the phone could write it; what loosens is staff's, after they checked who they speak to (`flows.safe_phone`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .. import texts
from ..core.keywords import OF_KINDS, Word
from ..core.meaning import Meaning, Place
from ..core.messages import Kind
from ..core.people import PatientRef
from ..core.records import Change, Contact
from ..core.safe_hours import next_safe
from ..core.said_by_phone import stops, with_stops
from ..core.windows import instant
from ..ports import World
from ..texts.quiet_day import quiet_day
from ..texts.safe_phone import kinds
from ..texts.visits import spoken_when
from . import phone_said
from .arrival import Arrived
from .automatic_answer import line, spoken_in
from .consent_lines import level_line, no_line
from .sender import of_phone
from .visit_words import phone_of

LATE = timedelta(hours=1)  # after the text was written: an answer would mislead, what it asks holds all the same


@dataclass(frozen=True, slots=True)
class Tightened:
    """`people`: what the number knows of them now. `sure`: whether the day was read; else a person looks."""

    people: tuple[PatientRef, ...]
    changes: list[Change]
    answer: tuple[Change, ...] = ()
    sure: bool = True
    no_more: tuple[str, ...] = ()  # kinds that were stopped, as the number remembers them


def tighten(world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning, text_id: str) -> Tightened:
    """For who wrote; for everybody behind the number where that cannot be told, and PRIVATE always for everybody: it is one
    phone. On the number, which N3 reads; the patient's row follows (`phone_said`). Raises `SealFailed`, `SecretUnavailable`."""
    where = replace(where, language=spoken_in(arrived, contact, where))
    later: list[Change] = [phone_said.due(contact.contact_id, arrived.now)]
    if meant.tightens == Word.PRIVATE:
        more = [ref for ref in contact.patients if ref.content_level]
        later += [level_line(world, ref.patient_id, arrived.now, text_id) for ref in more]
        people = tuple(replace(ref, content_level=0) for ref in contact.patients)
        answer = _answer(world, arrived, contact, where, "private_on", text_id)
        return Tightened(people, later, answer, no_more=with_stops(contact, *(stops(ref.patient_id) for ref in contact.patients)))
    if meant.tightens in OF_KINDS:
        return _no_kind(world, arrived, contact, where, OF_KINDS[Word(meant.tightens)], text_id)
    zone = world.clinic.zone
    day, sure = quiet_day(arrived.sms.body, arrived.now.astimezone(zone).date())
    until = _begins(day, zone)
    mine = {ref.patient_id for ref in contact.patients if not where.patient_id or ref.patient_id == where.patient_id}
    people = tuple(_quiet(ref, until) if ref.patient_id in mine else ref for ref in contact.patients)
    said = max(ref.quiet_until or until for ref in people if ref.patient_id in mine)
    words = spoken_when((said,), zone, where.language)
    return Tightened(people, later, _answer(world, arrived, contact, where, "quiet_on", text_id, day=words), sure)


def _quiet(ref: PatientRef, until: datetime) -> PatientRef:
    """Never sooner than they asked before."""
    return ref if ref.quiet_until is not None and ref.quiet_until >= until else replace(ref, quiet_until=until)


def _no_kind(world: World, arrived: Arrived, contact: Contact, where: Place, scope: str, text_id: str) -> Tightened:
    """TCPA-5, TCPA-8: suppressed at receipt, with its line in the ledger."""
    patient_id, now = contact.patients[0].patient_id, arrived.now
    called = kinds()[scope].get(where.language, kinds()[scope]["en"])
    answer = _answer(world, arrived, contact, where, "kind_off", text_id, kind=called)
    stopped = with_stops(contact, stops(patient_id, scope))
    again = stopped == contact.no_more  # before it is written down
    lines = [] if again else [no_line(world, patient_id, scope, now, text_id)]
    return Tightened(contact.patients, [*lines, phone_said.due(contact.contact_id, now)], answer, no_more=stopped)


def _begins(day: date, zone: ZoneInfo) -> datetime:
    """The first hour of the house on that day, or after it: the patient's own hours narrow it further when a text leaves."""
    midnight = instant(day, time.min, zone)
    return next_safe(midnight, zone, {}) or midnight


def _answer(
    world: World, arrived: Arrived, contact: Contact, where: Place, template: str, text_id: str, **fields: str
) -> tuple[Change, ...]:
    if arrived.now - arrived.sms.received_at >= LATE:
        return ()
    phone = phone_of(world, where.program)
    text = texts.render(template, where.language, sender=of_phone(world, contact, where), phone=phone, **fields)
    until = arrived.sms.received_at + LATE
    return line(world, arrived, contact, where, Kind.PHONE_ANSWER, text, template, text_id, until)
