"""The clinic moved a visit or called it off: the patient is told, if that is still of use and they may be texted (C50)."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core import rounds
from ..core.appointments import AboutVisit, Appointment
from ..core.messages import Kind
from ..core.records import Change, Patient, Prompt
from ..ports import World
from ..texts import visits as visit_texts
from . import another_way, outbox, visit_words

MOVED, OFF = "visit_moved", "visit_off_by_us"
OPEN_FOR = timedelta(hours=2)


def rows(world: World, patient: Patient, was: Appointment, visit: Appointment, now: datetime) -> tuple[Change, ...]:
    """The text's rows, for the transaction that changes the visit; none when nothing of it concerns them, or is over.

    It does not leave when the visit has changed again by then (`core.permission`). Raises `SealFailed`, `SecretUnavailable`.
    """
    off, moved = was.ahead and not visit.ahead and visit.status == "cancelled", visit.ahead and visit.start_at != was.start_at
    until = was.start_at if off else min(was.start_at, visit.start_at)
    if not (off or moved) or until <= now or not patient.contact_id:
        return ()
    template = visit_texts.choose(OFF if off else MOVED, patient.language, 0)
    letter = outbox.Letter(
        thread_id=patient.patient_id,
        program=visit.program,
        contact_id=patient.contact_id,
        kind=Kind.VISIT_NEWS,
        text=visit_words.news_text(world, template, patient, was, visit),
        patient_id=patient.patient_id,
        language=patient.language,
        template=template.template_id,
        expires_at=until,
        visits=(AboutVisit(visit.appointment_id, visit.start_at, off),),
        prompt=None if off else _question(visit, now),
    )
    return another_way.queue(world, patient, letter, rounds.OFF if off else rounds.MOVED, now)


def _question(visit: Appointment, now: datetime) -> Prompt:
    return Prompt(
        visit.appointment_id, visit.patient_id, "visit", ("1", "2", "3"), visit.start_at + OPEN_FOR, now,
        about=(visit.appointment_id,),
    )
