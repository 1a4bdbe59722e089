"""A touch is due: look at everything again, write the text and queue it, or say why not. At most once for each visit (N4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core.appointments import AboutVisit, Appointment, Touch, same_day
from ..core.budget import has_room
from ..core.meaning import VISIT, open_prompt
from ..core.messages import Direction, Kind, Status
from ..core.permission import Leave, Refuse, Verdict, Wait, may_leave
from ..core.records import Change, Contact, Due, Message, Patient, Prompt, Put, Record, Setting
from ..core.rounds import ACCESS, REMINDER
from ..core.sequences import Sequence, Step, named
from ..core.settings import SEQUENCE
from ..core.touches import firm
from ..errors import Conflict, Rejected
from ..ports import World
from ..texts.previsit import asked_by
from . import another_way, outbox, visit_words
from .listed_visits import with_list
from .outbox import gone
from .plan_touches import Around, barred, changed, read_around, replan, sequences_as, touch_due, zone_of

READER = "job:touch"
ASKED = ("1", "2", "3")
OPEN_FOR = timedelta(hours=2)  # after the beginning: "running late" and "1" still mean this visit
AGAIN = timedelta(minutes=1)
REASK = frozenset({"", "asked", "unsure"})


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything that a text of this moment depends on. `told`: the visits it tells of, the first of the day first."""

    visit: Appointment
    touch: Touch
    step: Step
    around: Around
    told: tuple[Appointment, ...]
    now: datetime

    @property
    def kind(self) -> Kind:
        return Kind.ACCESS if self.step.access else Kind.REMINDER


def send_touch(world: World, due: Due) -> None:
    """Raises `StoreError`, `VaultError`: the due row then stays. Somebody who changes the visit meanwhile wins."""
    patient_id, _, appointment_id = due.target.partition(".")
    now = world.clock()
    visits = tuple(world.store.appointments_of(patient_id))
    visit = next((each for each in visits if each.appointment_id == appointment_id), None)
    visit = visit or world.store.get(Appointment, patient_id, appointment_id)
    touch = _planned(visit, due.about) if visit else None
    if visit is None or touch is None or touch.at > now:
        return world.store.commit(gone(due))  # moved, called off, or told already
    patient, sequences = _read(world, visit)
    try:
        if patient is not None and not patient.moving and is_older(visit, sequences):
            return world.store.commit(*_anew(world, visit, patient, now))  # the next tick sends what still stands
        changes = _decide(world, visit, touch, visits, patient, sequences, now)
        world.store.commit(*changes, *([] if touch_due(visit, touch) == due else [gone(due)]))
    except (Rejected, Conflict):
        world.journal.count("touch_contended")  # the visit has just changed: the next tick looks again


def _read(world: World, visit: Appointment) -> tuple[Patient | None, tuple[Sequence, ...]]:
    """Whose it is, and the program's sequences at this moment, in one read."""
    wanted: list[tuple[type[Record], tuple[str, ...]]] = [
        (Patient, (visit.patient_id,)), (Setting, (SEQUENCE, visit.program)),
    ]  # fmt: skip
    patient, known = world.store.get_many(wanted)
    assert patient is None or isinstance(patient, Patient)
    assert known is None or isinstance(known, Setting)
    return patient, sequences_as(known)


def is_older(visit: Appointment, sequences: tuple[Sequence, ...]) -> bool:
    """Whether its texts were planned under another version of its sequence than the one that stands."""
    now_is = named(sequences, visit.sequence)
    return now_is is not None and now_is.tag != visit.sequence


def _anew(world: World, visit: Appointment, patient: Patient, now: datetime) -> list[Change]:
    """Somebody changed the sequence, and the background has not come to this visit yet: no text of an older version leaves."""
    around = read_around(world, patient)
    done, changes = replan(world, around, visit, visit, now)
    return [changed(visit, touches=done.touches, sequence=done.sequence), *changes]


def _decide(
    world: World, visit: Appointment, touch: Touch, visits: tuple[Appointment, ...], patient: Patient | None,
    sequences: tuple[Sequence, ...], now: datetime,
) -> list[Change]:
    sequence = named(sequences, visit.sequence)
    step = sequence.step(touch.name) if sequence else None
    if patient is not None and patient.merged_into and patient.moving:  # what is planned goes along with the visit
        return [gone(touch_due(visit, touch)), Put(replace(touch_due(visit, touch), at=now + AGAIN))]
    if step is None or patient is None:
        return _left_out(visit, touch, "sequence_changed" if patient else "no_patient")
    contact = world.store.get(Contact, patient.contact_id) if patient.contact_id else None
    told = _told(visit, touch, step, visits)
    if not told:
        return _left_out(visit, touch, "over")
    if now >= touch.until or now >= told[0].start_at:
        return _left_out(visit, touch, "too_late")
    if why := barred(patient.content_level).get(step.template) or _one_question(step, contact, told, now):
        return _left_out(visit, touch, why)
    scene = _Scene(visit, touch, step, Around(patient, contact, visits, sequences), told, now)
    return with_list(_by_verdict(world, scene, contact), patient, visits, now)


def _by_verdict(world: World, scene: _Scene, contact: Contact | None) -> list[Change]:
    verdict = _verdict(world, scene)
    if another_way.takes_over(scene.around.patient, verdict, scene.touch.rank, ACCESS if scene.step.access else REMINDER):
        return _send(world, scene, contact) if scene.step.access else _another_way(world, scene, verdict)
    if isinstance(verdict, Refuse):
        return _left_out(scene.visit, scene.touch, verdict.why)
    if isinstance(verdict, Wait):
        return _wait(scene.visit, scene.touch, verdict)
    return _send(world, scene, contact)


def _another_way(world: World, scene: _Scene, verdict: Verdict) -> list[Change]:
    """It is told all the same: once for all visits of the day."""
    why = verdict.why if isinstance(verdict, Refuse) else ""
    zone = visit_words.spoken_zone(world, scene.around.patient, scene.told)
    marks = [_mark(each, scene, "", zone) for each in scene.told]
    round_ = another_way.begun(world, scene.around.patient, _about(scene.told), scene.touch.name, scene.now, why=why)
    return [*marks, *round_, gone(touch_due(scene.visit, scene.touch))]


def _one_question(step: Step, contact: Contact | None, told: tuple[Appointment, ...], now: datetime) -> str:
    """A question before the visit does not take the place of one that is open, the visit's own included until it is confirmed."""
    asked = open_prompt(contact, now) if contact else None
    if asked_by(step.template) is None or asked is None:
        return ""
    settled = asked.kind == VISIT and all(each.confirmation == "confirmed" for each in told)
    return "" if settled else "one_question"


def _planned(visit: Appointment | None, name: str) -> Touch | None:
    return next((each for each in visit.touches if each.name == name and each.state == "planned"), None) if visit else None


def _told(visit: Appointment, touch: Touch, step: Step, visits: tuple[Appointment, ...]) -> tuple[Appointment, ...]:
    """What is still on that day and was not told of by this touch; a text about how to get in tells of one visit alone."""
    if step.access:
        return (visit,) if visit.ahead else ()
    others = tuple(each for each in visits if each.appointment_id != visit.appointment_id)
    return tuple(each for each in same_day(visit, others) if not _was_told(each, touch.name))


def _was_told(visit: Appointment, name: str) -> bool:
    return any((each.name, each.state, each.start_at) == (name, "sent", visit.start_at) for each in visit.touches)


def _verdict(world: World, scene: _Scene) -> Verdict:
    """N3, before anything is written; `deliver` asks it again."""
    patient, contact, now = scene.around.patient, scene.around.contact, scene.now
    text = Message(
        patient.patient_id, "", Direction.OUT, scene.kind, Status.QUEUED, now, scene.visit.program, patient.contact_id, b"",
        patient_id=patient.patient_id, expires_at=scene.touch.until, visits=_about(scene.told),
    )
    verdict = may_leave(text, contact, patient, world.clinic.zone, now, scene.told)
    if isinstance(verdict, Leave) and contact is not None and not scene.step.access and scene.touch.rank > 1:
        taken = [*contact.auto_sent, *firm(scene.around.visits)]
        return verdict if has_room(taken, now, zone_of(world, patient)) else Refuse("frequency_cap")
    return verdict


def _about(told: tuple[Appointment, ...]) -> tuple[AboutVisit, ...]:
    return tuple(AboutVisit(each.appointment_id, each.start_at) for each in told)


def _left_out(visit: Appointment, touch: Touch, why: str) -> list[Change]:
    out = replace(touch, state="left_out", why=why)
    return [changed(visit, touches=_with(visit, out)), gone(touch_due(visit, touch))]


def _wait(visit: Appointment, touch: Touch, wait: Wait) -> list[Change]:
    """Later, and never into nonsense."""
    if wait.until >= touch.until:
        return _left_out(visit, touch, wait.why)
    later = replace(touch, at=wait.until)
    return [changed(visit, touches=_with(visit, later)), gone(touch_due(visit, touch)), outbox.keep_due(touch_due(visit, later))]


def _send(world: World, scene: _Scene, contact: Contact | None) -> list[Change]:
    patient, touch, now = scene.around.patient, scene.touch, scene.now
    said = visit_words.touch_text(world, patient, scene.step, scene.told, READER)
    letter = outbox.Letter(
        thread_id=patient.patient_id,
        program=scene.visit.program,
        contact_id=patient.contact_id,
        kind=scene.kind,
        text=said.text,
        patient_id=patient.patient_id,
        language=patient.language,
        template=said.template.template_id,
        content_level=said.template.level,
        expires_at=touch.until,
        prompt=None if scene.step.access else question(scene.step, scene.told, scene.now),
        visits=_about(scene.told),
        message_id=world.ids(now),
    )
    zone = visit_words.spoken_zone(world, patient, scene.told)
    changes = [_mark(each, scene, letter.message_id, zone) for each in scene.told]
    if scene.visit not in scene.told:  # called off, and the others of its day are told by its touch
        changes.append(changed(scene.visit, touches=_with(scene.visit, replace(touch, state="left_out", why="over"))))
    if scene.step.access:
        sent = another_way.queue(world, patient, letter, ACCESS, now, contact, shows=visit_words.room(world, scene.visit, READER))
    else:
        round_ = another_way.begun(world, patient, letter.visits, touch.name, now, letter.message_id)
        sent = (*outbox.queue(world, letter, now), *round_)
    return [*changes, *sent, gone(touch_due(scene.visit, touch))]


def question(step: Step, told: tuple[Appointment, ...], now: datetime) -> Prompt:
    """What a bare digit answers after a text about these visits."""
    first, last, about = told[0], told[-1], tuple(each.appointment_id for each in told)
    before = asked_by(step.template)
    if before is not None:  # its answer is for the visit: from its beginning on, it is words for a person
        kind = f"{before.kind}#{first.appointment_id}"
        return Prompt(kind, first.patient_id, before.kind, before.answers, first.start_at, now, about=about)
    return Prompt(first.appointment_id, first.patient_id, "visit", ASKED, last.start_at + OPEN_FOR, now, about=about)


def _mark(visit: Appointment, scene: _Scene, message_id: str, zone: str) -> Change:
    """The touch has left for this visit; the others of the day are told by it too."""
    own = _planned(visit, scene.touch.name) or replace(scene.touch, start_at=visit.start_at)
    sent = replace(own, at=scene.now, state="sent", why="" if message_id else "another_way", message_id=message_id)
    fields: dict[str, object] = {"touches": _with(visit, sent), "spoken_zone": zone}
    if visit.confirmation == "" and not scene.step.access and asked_by(scene.step.template) is None:
        fields["confirmation"] = "asked"
    return changed(visit, **fields)


def _with(visit: Appointment, touch: Touch) -> tuple[Touch, ...]:
    """Its touches with this one in its place."""
    same = [(each.name, each.start_at) == (touch.name, touch.start_at) for each in visit.touches]
    if not any(same):
        return (*visit.touches, touch)
    return tuple(touch if is_it else each for each, is_it in zip(visit.touches, same, strict=True))
