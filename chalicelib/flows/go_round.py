"""A round goes on: what became of the last channel's turn, and whose turn is next. A person has the last one, whatever failed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core.appointments import stands
from ..core.channels import CHANNELS, Channel
from ..core.consent import Scope
from ..core.mail import COMPLAINED
from ..core.messages import Status
from ..core.reaching import why_not
from ..core.records import Appointment, Change, Contact, Due, Message, Patient, Round, Update
from ..core.rounds import (
    ANSWERED_BY_VISIT,
    GOING,
    NEXT_MAY,
    NOT_SURE,
    OVER,
    PERSON,
    THEIR_NO,
    TOLD,
    Limits,
    Tried,
    came_of,
    in_time,
)
from ..errors import Conflict, Rejected, VaultError
from ..ports import World
from ..texts.reach import limits
from . import round_merged, round_taken_back, round_words
from .outbox import gone, keep_due
from .round_rows import due_at, for_a_person, kept_here, moved, was_opened

SOON, LATER = timedelta(minutes=10), timedelta(hours=1)  # how often a turn is looked at: what fails mostly fails at once
KNOWS = frozenset({"confirmed", "wants_move", "cannot_come", "late"})  # said of the visit: they know of it


@dataclass(frozen=True, slots=True)
class _Around:
    """Everything that this moment depends on. `visits`: those that it tells of which still stand as told."""

    row: Round
    patient: Patient | None
    contact: Contact | None
    visits: tuple[Appointment, ...]
    now: datetime

    @property
    def limits(self) -> Limits:
        return limits()[self.row.purpose]


def go_on(world: World, due: Due) -> None:
    """Raises `StoreError`, `VaultError`: the due row then stays. Somebody who changes it meanwhile wins."""
    patient_id, _, round_id = due.target.partition(".")
    row = world.store.get(Round, patient_id, round_id)
    if row is None or row.state != GOING:
        return world.store.commit(gone(due))
    around = _read(world, row)
    try:
        changes = round_taken_back.changes(world, row, around.now) or _decide(world, around)
        world.store.commit(*changes, gone(due))
    except (Rejected, Conflict):
        world.journal.count("round_contended")  # the next tick looks again


def _read(world: World, row: Round) -> _Around:
    found = world.store.get_many(
        [(Patient, (row.patient_id,)), *((Appointment, (row.patient_id, each.appointment_id)) for each in row.about)]
    )
    patient = found[0] if isinstance(found[0], Patient) else None
    contact = world.store.get(Contact, patient.contact_id) if patient and patient.contact_id else None
    told = {each.appointment_id: each for each in row.about}
    known = (each for each in found[1:] if isinstance(each, Appointment))
    visits = tuple(each for each in known if stands(told[each.appointment_id], each))
    theirs = replace(row, program=patient.program) if patient else row  # it goes along to another program, as its visits do
    return _Around(theirs, patient, contact, visits, world.clock())


def _decide(world: World, around: _Around) -> list[Change]:
    row, now = around.row, around.now
    patient = around.patient
    if patient is None or patient.status == "deceased":
        return [moved(row, state=OVER, why="no_patient")]
    if patient.merged_into:
        done = None if patient.moving else round_merged.settled(world, row, patient.merged_into, around.limits, now)
        return [keep_due(due_at(row, now + SOON))] if done is None else done
    if patient.status != "active":  # in hospital, in custody, on hold, discharged: nobody is sent after them for a reminder
        return [moved(row, state=OVER, why="on_hold")]
    if row.about and not around.visits:
        return [moved(row, state=OVER, why="visit_changed")]
    if row.purpose in ANSWERED_BY_VISIT and all(each.confirmation in KNOWS for each in around.visits):
        return [moved(row, state=TOLD)]
    if now >= row.until:
        return [moved(row, state=OVER, why="too_late")]
    if patient.moving:  # its text may stand in neither place just now
        return [keep_due(due_at(row, _look_at(around, SOON)))]
    if row.also and row.beside is None:
        return _besides(world, around)
    if not row.tried or row.tried[-1].why:
        return _next(world, around, row)
    return _looked_at(world, around)


def _besides(world: World, around: _Around) -> list[Change]:
    """They asked for two channels at once: the second one's row, beside the first, and N3 is asked of each. What keeps it here
    keeps the first from nothing."""
    row, now = around.row, around.now
    assert around.patient is not None
    why = why_not(row.also, around.patient, around.contact, _scope(row), now)
    why = why or ("" if in_time(around.limits, row.also, now, row.until) else "too_late")
    written = why or _written(world, around, row, row.also, beside=True)
    soon = timedelta() if not row.tried else around.limits.waits[row.tried[-1].channel]
    look = keep_due(due_at(row, _look_at(around, soon)))
    if isinstance(written, str):
        return [moved(row, beside=Tried(row.also, now, why=written)), look]
    return [moved(row, beside=Tried(row.also, now, written.message_id)), *written.changes, look]


def _scope(row: Round) -> str:
    return row.said.scope if row.said else Scope.APPOINTMENTS


def _looked_at(world: World, around: _Around) -> list[Change]:
    """What became of the turn that is open."""
    row, now = around.row, around.now
    last = row.tried[-1]
    message, opened = _seen(world, row, last)
    came = came_of(last, message.status if message else "", opened, now, around.limits)
    if came == TOLD:
        return [moved(row, state=TOLD)]
    if came == "open" and now < _persons(around):
        return [keep_due(due_at(row, _look_at(around, _until_next(around, last))))]
    if row.beside is not None and not row.beside.why:  # the other that they asked for may have reached them: it is asked first
        ended = replace(last, why=last.why or (message.status_reason if message else "") or came)
        both = replace(row, tried=(*row.tried[:-1], ended, row.beside), also="", beside=None)
        return [*_looked_at(world, replace(around, row=both)), *(kept_here(message) if came == "open" else [])]
    if came in ("open", NOT_SURE):
        return [*_by_hand(world, around, row, NOT_SURE), *kept_here(message)]
    why = (message.status_reason if message else "") or "not_delivered"
    if row.said is not None and message is not None and (_ended(message, why) or _unwanted(around, why)):
        return [moved(row, state=OVER, why=why)]
    return _next(world, around, replace(row, tried=(*row.tried[:-1], replace(last, why=why))))


def _ended(message: Message, why: str) -> bool:
    """What it tells stands no more, or its writer took it back: no channel is for that."""
    return message.status == Status.WITHDRAWN or (message.status == Status.REFUSED and why not in NEXT_MAY)


def _unwanted(around: _Around, why: str) -> bool:
    """Whoever got it complained, and it is nothing that a person would be sent after them for: no other channel says it again."""
    return why == COMPLAINED and Channel.PERSON not in around.limits.room


def _persons(around: _Around) -> datetime:
    """From here on only a person still helps; where none would, it has its whole time."""
    return around.row.until - around.limits.room.get(Channel.PERSON, timedelta())


def _until_next(around: _Around, last: Tried) -> timedelta:
    """When to look again, and never much after the channel's own limit."""
    since, limit = around.now - last.at, around.limits.waits[last.channel]
    often = SOON if since < timedelta(minutes=30) else LATER
    return min(often, limit - since) if since < limit else often


def _look_at(around: _Around, wait: timedelta) -> datetime:
    """Early enough that a person can still tell them."""
    soonest = around.now + timedelta(minutes=1)
    return max(soonest, min(around.now + wait, _persons(around)))


def _seen(world: World, row: Round, last: Tried) -> tuple[Message | None, bool]:
    """The turn's own row, and whether somebody opened the page that it leads to."""
    message = world.store.get(Message, row.patient_id, last.message_id)
    return message, was_opened(world, message)


def _turned(row: Round, **fields: object) -> Update:
    """The row with its turns as they are now."""
    return moved(row, **{"tried": row.tried, "left": row.left, "also": row.also, "beside": row.beside, **fields})


def _next(world: World, around: _Around, row: Round) -> list[Change]:
    """Whose turn it is: the first of what is left that may be used and still helps."""
    now, patient = around.now, around.patient
    assert patient is not None
    tried = list(row.tried)
    for at, channel in enumerate(row.left):
        if CHANNELS[channel].by_hand:
            return _after_all(world, around, replace(row, tried=tuple(tried), left=row.left[at:]))
        why = why_not(channel, patient, around.contact, _scope(row), now)
        why = why or ("" if in_time(around.limits, channel, now, row.until) else "too_late")
        written = why or _written(world, around, row, channel)
        if isinstance(written, str):
            tried.append(Tried(channel, now, why=written))
            continue
        turn = Tried(channel, now, written.message_id)
        look = keep_due(due_at(row, _look_at(around, min(SOON, around.limits.waits[channel]))))
        return [_turned(row, tried=(*tried, turn), left=row.left[at + 1 :]), *written.changes, look]
    return _after_all(world, around, replace(row, tried=tuple(tried), left=()))


def _after_all(world: World, around: _Around, row: Round) -> list[Change]:
    """Nothing else goes by itself. The other that they asked for may have reached them: it is asked before a person is."""
    other = row.beside
    if other is None or other.why:
        return _by_hand(world, around, row)
    both = replace(row, tried=(*row.tried, other), also="", beside=None)
    return _looked_at(world, replace(around, row=both))


def _by_hand(world: World, around: _Around, row: Round, why: str = "") -> list[Change]:
    """Somebody who said no is told by nobody: it stands on their page, and in the list of who cannot be reached. Neither is who
    would be told of nothing that a person is sent after them for."""
    if not why and any(each.why in THEIR_NO for each in row.tried):
        return [_turned(row, left=(), state=OVER, why="opted_out")]
    if Channel.PERSON not in around.limits.room:
        return [_turned(row, left=(), state=OVER, why=why or "not_reached")]
    return _to_a_person(world, row, why, around.now)


def _written(world: World, around: _Around, row: Round, channel: str, beside: bool = False) -> round_words.Written | str:
    """What cannot be opened or sealed is no reason to be silent: the next one's turn."""
    assert around.patient is not None
    try:
        turn = round_words.Turn(row, channel, around.patient, around.contact, around.visits, around.now, beside)
        return round_words.write(world, turn)
    except VaultError as failure:
        world.journal.event("round_not_written", error=type(failure).__name__)
        return "cannot_open"


def _to_a_person(world: World, row: Round, why: str, now: datetime) -> list[Change]:
    return [_turned(row, state=PERSON, why=why), *for_a_person(world, row, now)]
