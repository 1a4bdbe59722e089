"""PRIVATE, QUIET, "no more reminders": what a patient asks of this phone by text (TXT-1, TCPA-8). A text can only tighten, since
whoever holds the phone could write it; what loosens is staff's, after they checked who they speak to (`flows.safe_phone`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .. import texts
from ..core.consent import RULE_VERSION
from ..core.keywords import OF_KINDS, Word
from ..core.meaning import Meaning, Place
from ..core.messages import Kind
from ..core.people import PatientRef
from ..core.records import Change, ConsentEntry, Contact, Patient, Put, Update
from ..core.safe_hours import next_safe
from ..core.windows import instant
from ..ports import World
from ..texts.quiet_day import quiet_day
from ..texts.safe_phone import kinds
from ..texts.visits import spoken_when
from . import outbox
from .arrival import Arrived
from .consent_lines import level_line

LATE = timedelta(hours=1)  # after the text was written: an answer would mislead, what it asks holds all the same


@dataclass(frozen=True, slots=True)
class Tightened:
    """`people`: what the number knows of them now. `sure`: whether the day was read; else a person looks."""

    people: tuple[PatientRef, ...]
    changes: list[Change]
    answer: tuple[Change, ...] = ()
    sure: bool = True


def tighten(world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning, text_id: str) -> Tightened:
    """For who wrote; for everybody behind the number where that cannot be told, and PRIVATE always for everybody: it is one
    phone. Raises `StoreError`, `SealFailed`, `SecretUnavailable`."""
    if meant.tightens == Word.PRIVATE:
        people, changes = _private(world, arrived, contact, text_id)
        return Tightened(people, changes, _answer(world, arrived, contact, where, "private_on", text_id))
    if meant.tightens in OF_KINDS:
        scope = OF_KINDS[Word(meant.tightens)]
        called = kinds()[scope].get(where.language, kinds()[scope]["en"])
        changes = _no_kind(world, arrived, contact.patients[0].patient_id, scope, text_id)
        return Tightened(contact.patients, changes, _answer(world, arrived, contact, where, "kind_off", text_id, kind=called))
    mine = [ref for ref in contact.patients if not where.patient_id or ref.patient_id == where.patient_id]
    found = world.store.get_many([(Patient, (ref.patient_id,)) for ref in mine])
    rows = [each for each in found if isinstance(each, Patient)]
    zone = _zone(world, rows)
    day, sure = quiet_day(arrived.sms.body, arrived.now.astimezone(zone).date())
    until = _begins(day, zone, rows)
    later = [row for row in rows if row.quiet_until is None or row.quiet_until < until]  # never sooner than they asked before
    changes = [
        Update(Patient, (row.patient_id,), set={"quiet_until": until}, add={"version": 1}, expect={"version": row.version})
        for row in later
    ]
    said = max([until, *(row.quiet_until for row in rows if row.quiet_until is not None)])
    words = spoken_when((said,), zone, where.language)
    return Tightened(contact.patients, changes, _answer(world, arrived, contact, where, "quiet_on", text_id, day=words), sure)


def _no_kind(world: World, arrived: Arrived, patient_id: str, scope: str, text_id: str) -> list[Change]:
    """TCPA-5, TCPA-8: suppressed at receipt, with its line in the ledger."""
    patient, now = world.store.get(Patient, patient_id), arrived.now
    if patient is None or scope in patient.declined:
        return []
    consent = {kind: at for kind, at in patient.consent.items() if kind != scope}
    fields = {"consent": consent, "declined": tuple(sorted({*patient.declined, scope})), "version": patient.version + 1}
    line = ConsentEntry(patient_id, world.ids(now), scope, "revoked", "sms", now, "patient", RULE_VERSION, text_id)
    return [Update(Patient, (patient_id,), set=fields, expect={"version": patient.version}), Put(line)]


def _private(world: World, arrived: Arrived, contact: Contact, text_id: str) -> tuple[tuple[PatientRef, ...], list[Change]]:
    more, now = [ref for ref in contact.patients if ref.content_level], arrived.now
    changes: list[Change] = [
        Update(Patient, (ref.patient_id,), set={"content_level": 0}, add={"version": 1}) for ref in more
    ]
    changes += [level_line(world, ref.patient_id, now, text_id) for ref in more]
    return tuple(replace(ref, content_level=0) for ref in contact.patients), changes


def _zone(world: World, rows: list[Patient]) -> ZoneInfo:
    try:
        return ZoneInfo(rows[0].zone) if rows and rows[0].zone else world.clinic.zone
    except (KeyError, ValueError, OSError):
        return world.clinic.zone


def _begins(day: date, zone: ZoneInfo, rows: list[Patient]) -> datetime:
    """The first safe hour of that day, or after it."""
    midnight = instant(day, time.min, zone)
    try:
        return next_safe(midnight, zone, rows[0].safe_hours if rows else {}) or midnight
    except (KeyError, ValueError):
        return midnight


def _answer(
    world: World, arrived: Arrived, contact: Contact, where: Place, template: str, text_id: str, **fields: str
) -> tuple[Change, ...]:
    if arrived.now - arrived.sms.received_at >= LATE:
        return ()
    program = world.clinic.programs.get(where.program)
    phone = program.phone if program else world.clinic.phone or world.clinic.number
    said = {"sender": world.clinic.sender, "phone": texts.spoken_number(phone), **fields}
    letter = outbox.Letter(
        thread_id=where.thread_id,
        program=where.program,
        contact_id=contact.contact_id,
        kind=Kind.PHONE_ANSWER,
        text=texts.render(template, where.language, **said),
        patient_id=where.patient_id,
        carrier=arrived.sms.carrier,
        language=where.language,
        template=template,
        in_reply_to=text_id,
        expires_at=arrived.sms.received_at + LATE,
    )
    return outbox.queue(world, letter, arrived.now)
