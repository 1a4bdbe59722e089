"""What each channel says in its turn of a round, written as a row that waits to leave: N3 is asked of it as of any text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from ..core.channels import Channel
from ..core.messages import Kind
from ..core.page_links import MESSAGE, VISITS
from ..core.records import AboutVisit, Address, Appointment, Change, Contact, Patient, Put, Round, Setting
from ..core.rounds import Said
from ..core.sequences import Step, named
from ..core.settings import SEQUENCE
from ..core.staff import Staff
from ..ports import SealContext, World
from ..texts import channels
from . import outbox, page_link, visit_words
from .outbox import page_context, page_row
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
    beside: bool = False  # the second of two that they asked for

    @property
    def later(self) -> bool:
        """Whether something else has this already: then no cap holds it."""
        return bool(self.row.tried) or self.beside


def write(world: World, turn: Turn) -> Written | str:
    """The row, or why there can be none. Raises `VaultError`, `StoreError`."""
    make = WRITERS.get(turn.channel)
    return make(world, turn) if make else "not_connected"


def own_id(world: World, turn: Turn) -> str:
    """Of this turn's row. The first that is written is the one that whatever began the round knows of."""
    said = turn.row.said
    first = said is not None and not turn.beside and not any(each.message_id for each in turn.row.tried)
    return said.message_id if said is not None and first else world.ids(turn.now)


def letter(world: World, turn: Turn, text: str, template: str, **fields: object) -> Written | str:
    """The row of this turn; none for words that nobody approved."""
    message_id = str(fields.pop("message_id", "")) or own_id(world, turn)
    said = turn.row.said
    about: dict[str, object] = {"kind": Kind.REMINDER, "visits": _told(turn)}
    if said is not None:
        kept = {name: getattr(said, name) for name in ("kind", "slots", "reengagement", "campaign", "author")}
        about = kept | {"visits": turn.row.about}
    row = outbox.Letter(
        thread_id=turn.patient.patient_id,
        program=turn.row.program,
        contact_id=turn.patient.contact_id,
        text=text,
        patient_id=turn.patient.patient_id,
        language=turn.patient.language,
        template=template,
        expires_at=turn.row.until,
        message_id=message_id,
        **about,  # type: ignore[arg-type]
        **fields,  # type: ignore[arg-type]
    )
    changes = outbox.queue(world, row, turn.now)
    return Written(message_id, changes) if changes else "not_approved"


def _told(turn: Turn) -> tuple[AboutVisit, ...]:
    return tuple(AboutVisit(each.appointment_id, each.start_at) for each in turn.visits)


def said_in_clear(world: World, said: Said, patient_id: str, reader: str) -> str:
    """Its words as they were written, or what only its page shows. Raises `OpenFailed`."""
    if not said.sealed:
        return ""
    if said.page:
        row = page_row(patient_id, said.message_id)
        return world.vault.open(page_context(patient_id, said.program), row, said.sealed, reader)
    context = SealContext(patient_id, said.program, "outgoing_text")
    return world.vault.open(context, f"{patient_id}.{said.message_id}", said.sealed, reader)


def _text(world: World, turn: Turn) -> Written | str:
    """As the sequence says it, at the level they allow; or as it was written."""
    later, said = (Channel.TEXT if turn.later else ""), turn.row.said
    if said is not None and said.page:
        return _with_link(world, turn, "")
    if said is not None:
        text = said_in_clear(world, said, turn.patient.patient_id, READER)
        return letter(world, turn, text, said.template, content_level=said.level, prompt=said.prompt, channel=later)
    step = step_of(world, turn)
    if step is None or turn.contact is None:
        return "sequence_changed"
    spoken = visit_words.touch_text(world, turn.patient, step, turn.visits, READER)
    level, asks = spoken.template.level, question(step, turn.visits, turn.now)
    return letter(world, turn, spoken.text, spoken.template.template_id, content_level=level, prompt=asks, channel=later)


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
    """A link to a page that asks who is there: of their visits, or of what it tells. The birth date it asks for lies with the
    e-mail's address."""
    patient, contact, said = turn.patient, turn.contact, turn.row.said
    row = world.store.get(Address, patient.patient_id, Channel.EMAIL)
    known = open_address(world, row, READER).get("born", "") if row else ""
    born = date.fromisoformat(known) if known else None
    if why := page_link.why_not(world, patient, contact, born, channel):
        return why
    message_id, purpose = own_id(world, turn), (said.page or MESSAGE) if said else VISITS
    carried = page_link.make(
        world, SERVICE, patient, born, purpose, message_id, turn.now, channel, about=said.subject if said else "",
        asks=said.prompt if said else None,
    )  # fmt: skip
    name = "email_page" if said else "email_visits"
    mail = channels.say(name, patient.language, sender=of_patient(world, patient), link=carried.address)
    text, template = (mail.body, mail.template_id) if channel else (carried.line, carried.template)
    token = carried.link.token_hash
    sent_as = channel or (Channel.TEXT if turn.later else "")
    sealed = _only_the_page(world, turn, message_id) if said else b""
    written = letter(
        world, turn, text, template, message_id=message_id, channel=sent_as, page=purpose, link=token, sealed_page=sealed
    )
    return written if isinstance(written, str) else Written(message_id, (*written.changes, Put(carried.link)))


def _only_the_page(world: World, turn: Turn, message_id: str) -> bytes:
    """What the text would have said, for this row's page. Raises `VaultError`."""
    assert turn.row.said is not None
    patient_id = turn.patient.patient_id
    words = said_in_clear(world, turn.row.said, patient_id, READER)
    return world.vault.seal(page_context(patient_id, turn.row.program), page_row(patient_id, message_id), words) if words else b""


def _call(world: World, turn: Turn) -> Written | str:
    """Said once a key was pressed, and at level 0: whoever is at home may hear it."""
    if not world.clinic.voice:
        return "not_connected"
    patient, message_id = turn.patient, own_id(world, turn)
    name = "call_moved" if turn.row.said else "call_visit"
    said = channels.say(name, patient.language, when=visit_words.when(world, patient, turn.visits, patient.language))
    context = spoken_context(patient.patient_id, turn.row.program)
    sealed = world.vault.seal(context, f"{patient.patient_id}.{message_id}.spoken", said.body)
    return letter(
        world, turn, said.body, said.template_id, message_id=message_id, channel=turn.channel, sealed_spoken=sealed
    )


WRITERS: dict[str, Callable[[World, Turn], Written | str]] = {
    Channel.TEXT: _text, Channel.PAGE: _page, Channel.EMAIL: _email, Channel.VOICE: _call, Channel.LANDLINE: _call,
}  # fmt: skip
