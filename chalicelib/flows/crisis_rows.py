"""The rows of a crisis: the incident, new or joined, its clocks, and the answer to the patient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core import exercise, incidents, not_safe
from ..core.incidents import Paged
from ..core.meaning import Place
from ..core.messages import Status
from ..core.records import Change, Contact, Due, Incident, IncidentRef, Message, Put, Step, Update
from ..ports import World
from ..texts.exercise import page as worded
from . import crisis_answer, errand_rows, outbox
from .arrival import Arrived
from .page import call_at, urgent, with_reply

ANSWER_CHECK = timedelta(seconds=90)  # no word from the carrier by then: a person must call
TOO_LATE = timedelta(hours=1)  # an automatic crisis answer to an older text would mislead (T7)
REMEMBERED = 10
BEGAN = {"screen": "detected", "patient": not_safe.RULE}  # what began an item; else a person raised it


@dataclass(frozen=True, slots=True)
class Crisis:
    """What to commit, and what the contact will remember of it."""

    ref: IncidentRef
    incidents: tuple[IncidentRef, ...]
    changes: list[Change]
    answer: Message | None = None
    answer_text: str = ""


def rows(world: World, arrived: Arrived, contact: Contact, where: Place, message_id: str, answers: bool = True) -> Crisis:
    """Join the thread's open incident or begin one; answer when one is owed. `answers`: not to a word that says "not safe"
    (SAFE-4). Raises `SealFailed`."""
    assert arrived.paged is not None
    old = next((ref for ref in contact.incidents if ref.thread_id == where.thread_id), None)
    if old is None:
        by = "patient" if arrived.look.rules == (not_safe.RULE,) else "screen"
        ref, changes = begin(world, arrived, contact, where, message_id, by)
    else:
        ref, changes = _join(world, arrived, old, where, message_id)
    answer, text = _answer(world, arrived, contact, old, ref) if answers else (None, "")
    if answer is not None:
        ref = replace(ref, answered_at=arrived.now, answer_row=answer.row, answer_hash=answer.body_hash)
        changes += [Put(answer), outbox.keep_due(_check(answer, arrived.now))]
    others = tuple(other for other in contact.incidents if other.thread_id != where.thread_id)
    return Crisis(ref, (*others, ref), changes, answer, text)


def begin(
    world: World, arrived: Arrived, contact: Contact, where: Place, message_id: str, by: str = "screen"
) -> tuple[IncidentRef, list[Change]]:
    """A new incident, its reference for the contact, and its clocks. `by`: screen, patient (their own word), or who raised it."""
    paged, now = arrived.paged, arrived.now
    assert paged is not None
    incident = _incident(world, arrived, paged, contact, where, message_id, by)
    ref = _ref(incident, paged, arrived.sms.carrier_id)
    clocks = [outbox.keep_due(escalation_due(ref.incident_id, incident.escalate_at or now))]
    clocks += [outbox.keep_due(drill_end_due(ref.incident_id, now))] if incident.exercise == exercise.DRILL else []
    return ref, [Put(incident), *clocks, *_directly(world, arrived, ref)]


def _ref(new: Incident, paged: Paged, carrier_id: str) -> IncidentRef:
    """What the contact remembers of it."""
    return IncidentRef(
        new.incident_id, new.thread_id, new.code, new.tier, new.categories, new.holder,
        paged_at=(paged.at,) if paged.at else (),
        paged_for=(carrier_id,),
    )


def _incident(
    world: World, arrived: Arrived, paged: Paged, contact: Contact, where: Place, message_id: str, by: str
) -> Incident:
    look, now, mark = arrived.look, arrived.now, arrived.sms.exercise
    return Incident(
        incident_id=arrived.sms.carrier_id if mark else world.ids(now),
        code=paged.code,
        thread_id=where.thread_id,
        contact_id=contact.contact_id,
        program=where.program,
        patient_id=where.patient_id,
        state="paged" if paged.at else "detected",
        tier=look.tier,
        categories=look.categories,
        rules=look.rules,
        detected_at=arrived.sms.received_at,
        open_in=where.program,
        logged_in=_log(mark, where.program, arrived.sms.received_at),
        holder=paged.to,
        escalate_at=now + call_at(world, where.program, look.tier, 0, now).wait if paged.at else now,
        steps=(Step(now, by, BEGAN.get(by, "raised"), message_id), *page_steps(paged, now)),
    )


def _log(mark: str, program: str, at: datetime) -> str:
    """Where it is counted: an exercise with none of a program's own (PG-6), a dead man's text nowhere."""
    if mark == exercise.DEAD_MAN:
        return ""
    return incidents.log_of(exercise.DRILLS if mark else program, incidents.month_of(at))


def _join(
    world: World, arrived: Arrived, old: IncidentRef, where: Place, message_id: str
) -> tuple[IncidentRef, list[Change]]:
    paged, look, now = arrived.paged, arrived.look, arrived.now
    assert paged is not None
    ref = incidents.after_text(old, look, arrived.sms.carrier_id, paged)
    fields: dict[str, object] = {"tier": ref.tier, "categories": ref.categories}
    changes: list[Change] = []
    if ref.tier < old.tier:
        sooner = now + call_at(world, where.program, ref.tier, 0, now).wait
        fields["escalate_at"] = sooner
        changes.append(outbox.keep_due(escalation_due(ref.incident_id, sooner)))
    if paged.owed and paged.at is None:
        changes.append(outbox.keep_due(repage_due(ref.incident_id, arrived.sms.carrier_id, now)))
    joined = told(ref, fields, Step(now, "patient", "text", message_id), *page_steps(paged, now))
    return ref, [joined, *changes, *_directly(world, arrived, ref)]


def _directly(world: World, arrived: Arrived, ref: IncidentRef) -> list[Change]:
    """The second path, whatever the pager said: rows only, since this door cannot open a number."""
    assert arrived.paged is not None
    said = not_safe.warned(urgent(ref.code), ref.categories)
    text = worded(exercise.of(ref.incident_id), with_reply(said, ref.code))
    return errand_rows.calls(world, arrived.paged.directly, text, arrived.now, incident_id=ref.incident_id)


def on_thread(arrived: Arrived, ref: IncidentRef) -> dict[str, object]:
    """What the thread's summary shows of it. An exercise is no crisis that anybody has been through."""
    shown: dict[str, object] = {"incident_id": ref.incident_id, "tier": ref.tier}
    return shown if arrived.sms.exercise else shown | {"crisis_at": arrived.now}


def told(ref: IncidentRef, fields: dict[str, object], *steps: Step) -> Update:
    """One more line in an open incident's history, as long as it has room."""
    return Update(
        Incident, (ref.incident_id,), set=fields, append={"steps": steps if incidents.has_room(ref) else ()},
        add={"version": 1}, expect={"state": incidents.OPEN}, any_of=("state",),
    )


def reaction(contact: Contact, ref: IncidentRef, message_id: str, now: datetime) -> tuple[tuple[IncidentRef, ...], Update]:
    """A tapback to the crisis answer shows in its incident: what the contact will remember, and the incident's change."""
    after = replace(ref, joined=ref.joined + 1)
    refs = tuple(after if each.incident_id == ref.incident_id else each for each in contact.incidents)
    return refs, told(after, {}, Step(now, "patient", "reaction", message_id))


def page_steps(paged: Paged, now: datetime) -> tuple[Step, ...]:
    beside = tuple(Step(now, "pager", "paged", person) for person in paged.beside)
    if paged.at is not None:
        return (Step(paged.at, "pager", "paged", paged.to), *beside)
    return (Step(now, "pager", "page_failed", paged.to), *beside) if paged.owed else ()


def escalation_due(incident_id: str, at: datetime) -> Due:
    return Due(outbox.SHARD, at, f"escalate#{incident_id}", "escalate", incident_id)


def drill_end_due(incident_id: str, now: datetime) -> Due:
    return Due(outbox.SHARD, now + exercise.DRILL_LASTS, f"drill_end#{incident_id}", "drill_end", incident_id)


def repage_due(incident_id: str, about: str, at: datetime) -> Due:
    return Due(outbox.SHARD, at, f"repage#{incident_id}#{about}", "repage", incident_id, about)


def _check(answer: Message, now: datetime) -> Due:
    return Due(outbox.SHARD, now + ANSWER_CHECK, f"answer_check#{answer.row}", "answer_check", answer.row)


def _answer(
    world: World, arrived: Arrived, contact: Contact, old: IncidentRef | None, ref: IncidentRef
) -> tuple[Message | None, str]:
    now = arrived.now
    assert arrived.paged is not None
    late = now - arrived.sms.received_at > TOO_LATE
    if late or not incidents.owes_an_answer(old, arrived.look, arrived.sms.carrier_id, now):
        return None, ""
    letter = crisis_answer.answer_letter(world, arrived, contact)
    letter = replace(letter, carrier=arrived.sms.carrier, incident_id=ref.incident_id)
    row = outbox.write(world, letter, now, Status.CLAIMED)
    return replace(row, lease_until=now + ANSWER_CHECK, attempts=1), letter.text


def hashes_with(contact: Contact, body_hash: str) -> tuple[str, ...]:
    """The contact's memory of our last texts, with one more."""
    return (*contact.recent_hashes, body_hash)[-REMEMBERED:]
