"""What we say by ourselves to a text that is no crisis: one line in the outbox, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from .. import texts
from ..core.meaning import WHO, Meaning, Place
from ..core.messages import Kind
from ..core.records import Change, Contact, Prompt
from ..ports import World
from . import outbox, said_consent
from .arrival import Arrived
from .sender import of_phone

ASKED_FOR = timedelta(days=2)  # how long our question back stays open
LATE = timedelta(hours=1)  # after the text was written (T7)


def automatic_answer(
    world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning, in_reply_to: str
) -> tuple[Change, ...]:
    """The rows to commit with the text. None for a text that comes late: a line a day after it would mislead, and a STOP is
    confirmed within five minutes or not at all (TCPA-7). Raises `SealFailed`, `SecretUnavailable`."""
    written = arrived.sms.received_at
    if meant.answer is None or arrived.now - written >= (meant.expires_in or LATE):
        return ()
    kind, template = meant.answer
    where = replace(where, language=spoken_in(arrived, contact, where))
    asks = said_consent.question(meant, where, in_reply_to, arrived.now, written + ASKED_FOR)
    program = world.clinic.programs.get(where.program)
    phone = program.phone if program else world.clinic.phone or world.clinic.number
    ours = kind in (Kind.PHONE_ANSWER, Kind.NOTICE) and meant.name != "join"  # what confirms a consent keeps the program's name
    text = texts.render(
        template, where.language,
        sender=of_phone(world, contact, where) if ours else world.clinic.sender, phone=texts.spoken_number(phone),
        label=_label(world, contact, where) if meant.name == WHO else "",
    )  # fmt: skip
    until = written + meant.expires_in if meant.expires_in else None
    return line(world, arrived, contact, where, kind, text, template, in_reply_to, until, asks)


def spoken_in(arrived: Arrived, contact: Contact, where: Place) -> str:
    """The language of an answer to a word: of the question that it answers, of the word itself, or as it was recorded (ACC-4)."""
    asked = said_consent.asked_in(contact, arrived.sms)
    return asked or texts.keywords().written_in(arrived.sms.body, where.language)


def line(
    world: World, arrived: Arrived, contact: Contact, where: Place, kind: Kind, text: str, template: str, in_reply_to: str,
    expires_at: datetime | None, prompt: Prompt | None = None,
) -> tuple[Change, ...]:  # fmt: skip
    """One line of ours to what they just wrote, by the way that it came. Raises `SealFailed`, `SecretUnavailable`."""
    letter = outbox.Letter(
        thread_id=where.thread_id,
        program=where.program,
        contact_id=contact.contact_id,
        kind=kind,
        text=text,
        patient_id=where.patient_id,
        carrier=arrived.sms.answers_by,
        language=where.language,
        template=template,
        in_reply_to=in_reply_to,
        expires_at=expires_at,
        prompt=prompt,
    )
    return outbox.queue(world, letter, arrived.now)


def _label(world: World, contact: Contact, where: Place) -> str:
    """How we name ourselves on this phone, as its patient chose; of several people who chose otherwise, the clinic's sender."""
    from ..texts.safe_phone import PLAIN, spoken_label

    mine = [ref for ref in contact.patients if not where.patient_id or ref.patient_id == where.patient_id]
    chosen = {ref.label for ref in mine}
    return spoken_label(chosen.pop() if len(chosen) == 1 else PLAIN, where.language, world.clinic.sender)
