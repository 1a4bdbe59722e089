"""What each channel says in its turn of a round, written as a row that waits to leave: N3 is asked of it as of any text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ..core.channels import Channel
from ..core.messages import Kind
from ..core.records import AboutVisit, Appointment, Change, Contact, Patient, Round, Setting
from ..core.sequences import Step, named
from ..core.settings import SEQUENCE
from ..ports import World
from . import outbox, visit_words
from .plan_touches import sequences_as
from .send_touch import question

READER = "job:round"


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
    message_id = world.ids(turn.now)
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
    return letter(world, turn, said.text, said.template.template_id, content_level=level, prompt=asks)


def step_of(world: World, turn: Turn) -> Step | None:
    """The touch that the round is, as the program's sequence has it now."""
    known = world.store.get(Setting, SEQUENCE, turn.row.program)
    sequence = named(sequences_as(known), turn.visits[0].sequence)
    return sequence.step(turn.row.touch) if sequence else None


WRITERS: dict[str, Callable[[World, Turn], Written | str]] = {Channel.TEXT: _text}
