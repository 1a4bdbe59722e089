"""A text of a re-engagement is due: look at everything again, write it and queue it, or say why it ends. At most once (N4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..core import rounds
from ..core.appointments import Appointment, Touch
from ..core.meaning import open_prompt
from ..core.messages import Direction, Kind, Status
from ..core.permission import RULES, Leave, Refuse, Verdict, Wait, level_of, may_leave
from ..core.records import Change, Contact, Due, Message, Patient, Prompt, Reengagement, Thread
from ..core.reengagement import ENDS, Back, ended, next_at, why_stop, with_touch
from ..core.return_sequences import ReturnStep
from ..errors import Conflict, Rejected
from ..ports import World
from ..texts import Template
from ..texts import reengagement as texts
from ..texts.visits import spoken_when
from . import another_way, outbox, reengage
from .offer_ways import QUESTION_RESTS
from .outbox import gone
from .sender import of_patient
from .visit_words import phone_of

OPEN_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Scene:
    row: Reengagement
    patient: Patient
    contact: Contact | None
    back: Back
    visit: Appointment | None
    now: datetime


def send(world: World, due: Due) -> None:
    """Raises `StoreError`, `SealFailed`: the due row then stays. Who stops it meanwhile wins."""
    patient_id, _, row_id = due.target.partition(".")
    row, now = world.store.get(Reengagement, patient_id, row_id), world.clock()
    at = next_at(row) if row else None
    if row is None or at is None or at > now:
        return world.store.commit(gone(due))  # stopped, or sent already
    changes = _decide(world, row, now)
    try:
        world.store.commit(*changes, *([] if reengage.due_of(row) == due else [gone(due)]))
    except (Rejected, Conflict):
        world.journal.count("reengagement_contended")  # it has just changed: the next tick looks again


def _decide(world: World, row: Reengagement, now: datetime) -> list[Change]:
    patient, thread = world.store.get_many([(Patient, (row.patient_id,)), (Thread, (row.patient_id,))])
    if not isinstance(patient, Patient):
        return reengage.stopped(row, "no_patient", "", now)
    contact = world.store.get(Contact, patient.contact_id) if patient.contact_id else None
    visits = world.store.appointments_of(row.patient_id)
    back = Back(row, thread if isinstance(thread, Thread) else None, visits)
    visit = next((each for each in visits if each.appointment_id == row.visit_id), None)
    scene = _Scene(row, patient, contact, back, visit, now)
    touch, sequence = row.next, texts.sequence(row.sequence)
    if touch is None:  # everything has left: what came of it
        return reengage.row_of(row, ended(row, why_stop(back, patient, "", now) or "done", "", now))
    step = sequence.step(touch.name) if sequence else None
    if step is None:
        return reengage.stopped(row, "sequence_changed", "", now)
    verdict = _verdict(world, scene, touch, step)
    if isinstance(verdict, Refuse):
        if verdict.why in ENDS:
            return reengage.stopped(row, verdict.why, "", now)
        return reengage.row_of(row, with_touch(row, replace(touch, state="left_out", why=verdict.why)))
    if isinstance(verdict, Wait):
        out = replace(touch, state="left_out", why=verdict.why)
        later = replace(touch, at=verdict.until) if verdict.until < touch.until else out
        return reengage.row_of(row, with_touch(row, later))
    return _send(world, scene, touch, step)


def _verdict(world: World, scene: _Scene, touch: Touch, step: ReturnStep) -> Verdict:
    """N3 before anything is written; `deliver` asks it again. A question that was asked just now is not replaced (T16)."""
    patient, now = scene.patient, scene.now
    text = Message(
        patient.patient_id, "", Direction.OUT, _kind(step), Status.QUEUED, now, scene.row.program, patient.contact_id, b"",
        patient_id=patient.patient_id, expires_at=touch.until, reengagement=(scene.row.reengagement_id, touch.name),
    )  # fmt: skip
    verdict = may_leave(text, scene.contact, patient, world.clinic.zone, now, back=scene.back)
    scope = RULES[_kind(step)].consent
    verdict = another_way.otherwise(verdict, _kind(step), _purpose(step), patient, scene.contact, scope, now)
    asked = open_prompt(scene.contact, now) if scene.contact else None
    if isinstance(verdict, Leave) and asked is not None and asked.opened_at + QUESTION_RESTS > now:
        return Wait(asked.opened_at + QUESTION_RESTS, "asked")
    return verdict


def _kind(step: ReturnStep) -> Kind:
    """The line of the day is news of a visit; what comes later needs a yes of its own (CTIA-6)."""
    return Kind.MISSED if step.asks == Kind.MISSED else Kind.REENGAGE


def _purpose(step: ReturnStep) -> str:
    return rounds.MISSED if _kind(step) == Kind.MISSED else rounds.BACK


def _send(world: World, scene: _Scene, touch: Touch, step: ReturnStep) -> list[Change]:
    row, patient, now = scene.row, scene.patient, scene.now
    template = texts.choose(step.template, patient.language, level_of(patient))
    letter = outbox.Letter(
        thread_id=patient.patient_id,
        program=row.program,
        contact_id=patient.contact_id,
        kind=_kind(step),
        text=words(world, row.program, template, scene.visit, of_patient(world, patient)),
        patient_id=patient.patient_id,
        language=patient.language,
        template=template.template_id,
        content_level=template.level,
        expires_at=touch.until,
        prompt=Prompt(
            f"{row.reengagement_id}#{touch.name}", patient.patient_id, step.asks, texts.accepted(step.asks), now + OPEN_FOR, now,
            about=(row.visit_id,) if row.visit_id else (),
        ),
        message_id=world.ids(now),
        reengagement=(row.reengagement_id, touch.name),
    )
    queued = another_way.queue(world, patient, letter, _purpose(step), now, scene.contact)
    if not queued:  # words that nobody approved
        return reengage.row_of(row, with_touch(row, replace(touch, state="left_out", why="not_approved")))
    sent = with_touch(row, replace(touch, at=now, state="sent", message_id=letter.message_id))
    return [*reengage.row_of(row, sent), *queued]


def words(world: World, program: str, template: Template, visit: Appointment | None, sender: str) -> str:
    """The template, filled; a visit on the clock it was told on."""
    zone = ZoneInfo(visit.spoken_zone or visit.zone) if visit else None
    when = spoken_when([visit.start_at], zone, template.language) if visit and zone else ""
    return template.body.format(
        sender=sender, clinic=world.clinic.display_name, phone=phone_of(world, program), when=when
    )
