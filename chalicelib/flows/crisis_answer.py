"""The answer to somebody in danger: gather what is known of the phone and the rota, let `core.crisis_answers` choose, say it."""

from __future__ import annotations

from datetime import datetime

from .. import texts
from ..core.crisis_answers import CLOSED, NOT_ASKED, SAFE, STAFFED, UNSAFE, UNSURE, Choice, Facts, Wording, choose
from ..core.meaning import Place, place
from ..core.messages import Direction, Kind, Status
from ..core.place import written_in
from ..core.records import Contact, Message, PatientRef
from ..ports import World
from ..texts import crisis
from . import outbox
from .arrival import Arrived, Kept


def answer_letter(world: World, arrived: Arrived, contact: Contact) -> outbox.Letter:
    """The answer for this person and this hour; never promises a person whom the rota does not have."""
    where = place(contact, arrived.sms.received_at, arrived.look)
    choice, language = choose(facts(world, arrived, contact, where)), written_in(arrived.look, where.language)
    wording = _wording(world, choice, language, where.program, arrived.now)
    return outbox.Letter(
        thread_id=where.thread_id,
        program=where.program,
        contact_id=contact.contact_id,
        kind=Kind.CRISIS_ANSWER,
        text=crisis.said(wording),
        wording=wording,
        patient_id=where.patient_id,
        language=language,
        template=choice.name,
        content_level=choice.level,
    )


def facts(world: World, arrived: Arrived, contact: Contact, where: Place) -> Facts:
    """What is known now. Of several people behind a number the strictest counts; of a number that is nobody's, nothing is."""
    people = contact.patients
    try:
        staffing, says = _staffing(world, arrived, where)
    except Exception as failure:  # noqa: BLE001  whatever a rota holds, somebody in danger is answered
        world.journal.event("rota_not_read", error=type(failure).__name__)
        staffing, says = UNSURE, ""
    marks = {UNSAFE if person.held_at else person.safe_phone for person in people} or {NOT_ASKED}
    return Facts(
        categories=arrived.look.categories,
        tier=arrived.look.tier,
        staffing=staffing,
        says=says,
        phone=UNSAFE if UNSAFE in marks else SAFE if marks == {SAFE} else NOT_ASKED,
        shared=_shared(people),
        veteran=bool(people) and all(person.veteran for person in people),
        level=min((person.content_level for person in people), default=0),
    )


def _shared(people: tuple[PatientRef, ...]) -> bool:
    return len(people) > 1 or any(person.role != "self" for person in people)


def _staffing(world: World, arrived: Arrived, where: Place) -> tuple[str, str]:
    """Who reads it, and what a closed time says. One program that nobody covers is enough to promise nobody."""
    paged = arrived.paged
    if paged is not None and paged.owed and paged.at is None:
        return UNSURE, ""
    programs = {person.program for person in where.among} or {where.program}
    on_call = [world.clinic.on_call(program, arrived.now) for program in sorted(programs)]
    if all(each.staffed for each in on_call):
        return STAFFED, ""
    if not world.clinic.opens_later(where.program, arrived.now):
        return UNSURE, ""
    return CLOSED, next((each.closed.says for each in on_call if each.closed), "")


def answer_text(world: World, choice: Choice, language: str, program: str, now: datetime) -> str:
    """The words of a choice at this hour."""
    return crisis.said(_wording(world, choice, language, program, now))


def _wording(world: World, choice: Choice, language: str, program: str, now: datetime) -> Wording:
    at = world.clinic.opens_later(program, now)
    return crisis.wording(choice, language, opens=texts.spoken_time(at, language) if at else "", clinic=world.clinic.display_name)


def unstored_answer(world: World, arrived: Arrived) -> Kept:
    """The crisis answer when nothing could be stored: said all the same."""
    if arrived.paged is None or not arrived.look.pages:
        return Kept(False)
    letter = answer_letter(world, arrived, arrived.contact or Contact("unknown"))
    row = Message(
        thread_id=letter.thread_id,
        message_id="unstored",
        direction=Direction.OUT,
        kind=letter.kind,
        status=Status.CLAIMED,
        at=arrived.now,
        program=letter.program,
        contact_id=letter.contact_id,
        sealed_body=b"",
        carrier=arrived.sms.carrier,
        our_number=arrived.sms.our_number,
    )
    return Kept(False, row, letter.text)
