"""They answered a question about a visit: what changes with their text, in its own transaction, and the line they get back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ..core import tasks
from ..core.appointments import Appointment
from ..core.meaning import BARRIER, BEFORE, MISSED, RETURN, VISIT, Meaning, Place, open_prompt
from ..core.messages import Kind
from ..core.records import Change, Contact, Prompt, Task, Tasks
from ..ports import World
from ..texts import visits as visit_texts
from . import desk_tasks, schedule_feed, visit_words
from .arrival import Arrived
from .automatic_answer import line
from .book_appointment import row_of
from .sender import of_phone
from .visit_wish import with_status, with_step
from .visit_words import Said

BY = "patient"
LATE = timedelta(hours=1)  # after the text was written: a line that comes later misleads (T7)
ASK_WHY_FOR = timedelta(days=2)
LINES = {"confirmed": "visit_thanks", "wants_move": "visit_move", "late": "visit_late", "cannot_come": "visit_off_why"}
WITHOUT_ASKING = "visit_off"  # what stood in the way was asked before


def asked_about(world: World, contact: Contact, arrived: Arrived) -> tuple[Appointment, ...]:
    """The visits that the open question is about, one read; nothing where no such question is open. Raises `StoreError`."""
    asked = open_prompt(contact, arrived.sms.received_at)
    if asked is None or asked.kind not in (VISIT, BARRIER, MISSED, RETURN, *BEFORE) or not asked.about:
        return ()
    found = world.store.get_many([(Appointment, (asked.patient_id, each)) for each in asked.about])
    return tuple(each for each in found if isinstance(each, Appointment))


def settled(meant: Meaning, visits: tuple[Appointment, ...]) -> Meaning:
    """An answer about visits of which none is ahead any more is words for a person. So is "can't come" to several of a day:
    which of them, only a person asks."""
    ahead = sum(each.ahead for each in visits)
    if (meant.visit and not ahead) or (meant.barrier and not visits):
        return Meaning("words", note="visit_guess", guess=meant.visit or "unsure", closes_prompt=True)
    if meant.visit == "cannot_come" and ahead > 1:
        return Meaning("words", note="visit_guess", guess=meant.visit)
    reads = bool(meant.barrier) and visit_texts.barriers()[meant.barrier].reads
    return replace(meant, owed=True, note="barrier") if reads else meant


def rows(
    world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning, visits: tuple[Appointment, ...], text_id: str
) -> list[Change]:
    """Raises `StoreError`, `SealFailed`, `SecretUnavailable`."""
    if not (meant.visit or meant.barrier or meant.guess) or not visits:
        return []
    changed = [(each, _answered(each, meant, arrived)) for each in visits]
    moved = [(was, now) for was, now in changed if was != now]
    changes: list[Change] = [row_of(was, now) for was, now in moved]
    changes += [row for was, now in moved for row in schedule_feed.told(world, was, now, BY, arrived.now)]
    if moved and not meant.guess and not arrived.sms.page and arrived.now - arrived.sms.received_at < LATE:
        changes += _line(world, arrived, contact, where, meant, tuple(was for was, _ in moved), text_id)
    return changes + _task(world, arrived, where, meant)


def _answered(visit: Appointment, meant: Meaning, arrived: Arrived) -> Appointment:
    """The visit with what they said of it; a visit that is not ahead stays as it is, but for what stood in its way."""
    now = arrived.now
    if meant.barrier:
        word = visit_texts.barriers()[meant.barrier].barrier_id
        answered = visit.answered_at or (now if visit.status == "noshow" else None)
        said = replace(visit, barrier=word, answered_at=answered)
        return said if visit.barrier == word else with_step(said, BY, "barrier", now, word)
    if not visit.ahead:
        return visit
    if meant.guess:
        return replace(visit, confirmation="unsure") if visit.confirmation in ("", "asked") else visit
    if visit.confirmation == meant.visit:
        return visit
    done = with_step(replace(visit, confirmation=meant.visit), BY, f"said_{meant.visit}", now)
    if meant.visit != "cannot_come":
        return done
    return with_status(replace(done, barrier=visit.barrier or "asked"), "cancelled", BY, now)


def _line(
    world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning, told: tuple[Appointment, ...], text_id: str
) -> tuple[Change, ...]:
    asks = meant.visit == "cannot_come" and not any(each.barrier for each in told)
    said = _said(world, where, meant, told, asks, of_phone(world, contact, where))
    return in_answer(world, arrived, contact, where, said, text_id, _why(told, where, arrived) if asks else None)


def in_answer(
    world: World, arrived: Arrived, contact: Contact, where: Place, said: Said, text_id: str, prompt: Prompt | None = None
) -> tuple[Change, ...]:
    """A line about visits to what they just wrote. Raises `SealFailed`, `SecretUnavailable`."""
    template, until = said.template.template_id, arrived.sms.received_at + LATE
    return line(world, arrived, contact, where, Kind.VISIT_ANSWER, said.text, template, text_id, until, prompt)


def _said(world: World, where: Place, meant: Meaning, told: tuple[Appointment, ...], asks: bool, sender: str) -> Said:
    if meant.barrier:
        return visit_words.barrier_text(world, visit_texts.barriers()[meant.barrier], where.language, where.program, sender)
    name = WITHOUT_ASKING if meant.visit == "cannot_come" and not asks else LINES[meant.visit]
    return visit_words.answer_text(world, name, where.language, told, sender)


def _why(told: tuple[Appointment, ...], where: Place, arrived: Arrived) -> Prompt:
    return Prompt(
        f"why#{told[0].appointment_id}", where.patient_id, BARRIER, tuple(visit_texts.barriers()), arrived.now + ASK_WHY_FOR,
        arrived.now, about=tuple(each.appointment_id for each in told),
    )


def _task(world: World, arrived: Arrived, where: Place, meant: Meaning) -> list[Change]:
    """Somebody does something about it; none where the list is full (the count by barrier has it all the same)."""
    barrier = visit_texts.barriers()[meant.barrier] if meant.barrier else None
    if barrier is None or not barrier.task:
        return []
    known = world.store.get(Tasks, where.program)
    if known is not None and len(known.items) >= tasks.MOST:
        world.journal.event("tasks_full", program=where.program)
        return []
    now = arrived.now
    row = Task(
        world.ids(now), "barrier", where.thread_id, BY, now, tasks.next_day(world.clinic, where.program, now),
        patient_id=where.patient_id, about=barrier.barrier_id,
    )
    return [desk_tasks.add(where.program, row)]
