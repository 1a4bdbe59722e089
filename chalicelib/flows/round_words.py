"""What each channel says in its turn of a round, written as a row that waits to leave: N3 is asked of it as of any text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from ..core.channels import Channel
from ..core.messages import Kind
from ..core.page_links import VISITS
from ..core.records import AboutVisit, Address, Appointment, Change, Contact, Patient, Put, Round, Setting
from ..core.sequences import Step, named
from ..core.settings import SEQUENCE
from ..core.staff import Staff
from ..ports import World
from ..texts import channels
from . import outbox, page_link, visit_words
from .plan_touches import sequences_as
from .reach_rows import open_address
from .send_touch import question
from .sender import of_patient
from .told_by_phone import spoken_context

READER = "job:round"
SERVICE = Staff("auto", "service", ())


@dataclass(frozen=True, slots=True)
class Written:
    """The turn's row, and the changes that queue it."""

    message_id: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """One channel's turn, and everything that its words depend on. `visits`: the first of the day first."""

    row: Round
    channel: str
    patient: Patient
    contact: Contact | None
    visits: tuple[Appointment, ...]
    now: datetime


def write(world: World, turn: Turn) -> Written | str:
    """The row, or why there can be none. Raises `VaultError`, `StoreError`."""
    make = WRITERS.get(turn.channel)
    return make(world, turn) if make else "not_connected"


def letter(world: World, turn: Turn, text: str, template: str, **fields: object) -> Written | str:
    """A reminder's row for this turn; none for words that nobody approved."""
    message_id = str(fields.pop("message_id", "")) or world.ids(turn.now)
    row = outbox.Letter(
        thread_id=turn.patient.patient_id,
        program=turn.row.program,
        contact_id=turn.patient.contact_id,
        kind=Kind.REMINDER,
        text=text,
        patient_id=turn.patient.patient_id,
        language=turn.patient.language,
        template=template,
        expires_at=turn.row.until,
        visits=tuple(AboutVisit(each.appointment_id, each.start_at) for each in turn.visits),
        message_id=message_id,
        **fields,  # type: ignore[arg-type]
    )
    changes = outbox.queue(world, row, turn.now)
    return Written(message_id, changes) if changes else "not_approved"


def _text(world: World, turn: Turn) -> Written | str:
    """As the sequence says it, at the level they allow."""
    step = step_of(world, turn)
    if step is None or turn.contact is None:
        return "sequence_changed"
    said = visit_words.touch_text(world, turn.patient, step, turn.visits, READER)
    level, asks = said.template.level, question(step, turn.visits, turn.now)
    later = Channel.TEXT if turn.row.tried else ""
    return letter(world, turn, said.text, said.template.template_id, content_level=level, prompt=asks, channel=later)


def step_of(world: World, turn: Turn) -> Step | None:
    """The touch that the round is, as the program's sequence has it now."""
    known = world.store.get(Setting, SEQUENCE, turn.row.program)
    sequence = named(sequences_as(known), turn.visits[0].sequence)
    return sequence.step(turn.row.touch) if sequence else None


def _page(world: World, turn: Turn) -> Written | str:
    """A text with nothing in it but a link."""
    return _with_link(world, turn, "")


def _email(world: World, turn: Turn) -> Written | str:
    if not world.clinic.mail or world.mailer is None:
        return "not_connected"
    return _with_link(world, turn, Channel.EMAIL)


def _with_link(world: World, turn: Turn, channel: str) -> Written | str:
    """A link to the page of their visits, which asks who is there; the birth date it asks for lies with the e-mail's address."""
    patient, contact = turn.patient, turn.contact
    row = world.store.get(Address, patient.patient_id, Channel.EMAIL)
    said = open_address(world, row, READER).get("born", "") if row else ""
    born = date.fromisoformat(said) if said else None
    if why := page_link.why_not(world, patient, contact, born, channel):
        return why
    message_id = world.ids(turn.now)
    carried = page_link.make(world, SERVICE, patient, born, VISITS, message_id, turn.now, channel)
    mail = channels.say("email_visits", patient.language, sender=of_patient(world, patient), link=carried.address)
    text, template = (mail.body, mail.template_id) if channel else (carried.line, carried.template)
    token = carried.link.token_hash
    sent_as = channel or (Channel.TEXT if turn.row.tried else "")
    written = letter(world, turn, text, template, message_id=message_id, channel=sent_as, page=VISITS, link=token)
    return written if isinstance(written, str) else Written(message_id, (*written.changes, Put(carried.link)))


def _call(world: World, turn: Turn) -> Written | str:
    """Said once a key was pressed, and at level 0: whoever is at home may hear it."""
    if not world.clinic.voice:
        return "not_connected"
    patient, message_id = turn.patient, world.ids(turn.now)
    said = channels.say("call_visit", patient.language, when=visit_words.when(world, patient, turn.visits, patient.language))
    context = spoken_context(patient.patient_id, turn.row.program)
    sealed = world.vault.seal(context, f"{patient.patient_id}.{message_id}.spoken", said.body)
    return letter(
        world, turn, said.body, said.template_id, message_id=message_id, channel=turn.channel, sealed_spoken=sealed
    )


WRITERS: dict[str, Callable[[World, Turn], Written | str]] = {
    Channel.TEXT: _text, Channel.PAGE: _page, Channel.EMAIL: _email, Channel.VOICE: _call, Channel.LANDLINE: _call,
}  # fmt: skip
