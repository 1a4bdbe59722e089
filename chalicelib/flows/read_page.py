"""What a patient's page shows to whoever showed who they are: the message it was sent for, their visits, or what they allow.
Each look is in the trail before it is shown (N6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..core.appointments import Appointment
from ..core.consent import SCOPES, Scope, own_say, stopped
from ..core.messages import Direction, Status
from ..core.page_links import CHOICES, PLAN, VISITS
from ..core.permission import level_of
from ..core.records import Contact, Message, Patient, Slot, Update
from ..core.waitlist import held
from ..ports import World
from .outbox import page_words
from .page_identity import Door, trace

READER = "page"
AHEAD = timedelta(days=60)
MOST_VISITS = 5
MOST_TIMES = 3
NEVER_LEFT = frozenset({Status.QUEUED, Status.WITHDRAWN, Status.REFUSED, Status.MOVED})


@dataclass(frozen=True, slots=True)
class Shown:
    """What is there, by the link's purpose. `text`: the message's words. Of how we reach them, the patient's row says it all."""

    text: str = ""
    at: datetime | None = None
    visits: tuple[Appointment, ...] = ()
    times: tuple[Slot, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()  # (kind, yes, no or not_asked)
    level: int = 0
    stopped: bool = False


def read(world: World, door: Door, where: str, now: datetime) -> Shown | None:
    """None where there is nothing to show any more. Raises `StoreError`, `OpenFailed`."""
    make = {VISITS: _visits, CHOICES: _choices, PLAN: lambda *_: Shown()}.get(door.link.purpose, _sent)
    shown = make(world, door, where, now)
    if shown is not None and make is not _sent:
        world.store.commit(trace(world, door.link, f"read_page_{door.link.purpose}", now, where))
    return shown


def _sent(world: World, door: Door, where: str, now: datetime) -> Shown | None:
    link = door.link
    row = world.store.get(Message, link.patient_id, link.message_id)
    if row is None or row.link != link.token_hash or row.status in NEVER_LEFT or row.direction != Direction.OUT:
        return None
    seen = Update(Message, (row.thread_id, row.message_id), set_once={"page_read_at": now}, expect={"link": link.token_hash})
    world.store.commit(seen, trace(world, link, f"read_page_{link.purpose}", now, where))
    return Shown(page_words(world, row, READER), row.at)


def _visits(world: World, door: Door, where: str, now: datetime) -> Shown:
    known = world.store.appointments_of(door.patient.patient_id)
    ahead = [each for each in known if each.start_at > now and (each.ahead or _just_off(each, now))]
    ahead.sort(key=lambda each: each.start_at)
    return Shown(visits=tuple(ahead[:MOST_VISITS]), times=times_held(world, door, now))


def _just_off(visit: Appointment, now: datetime) -> bool:
    """One that they called off stays to be seen for a day."""
    return visit.confirmation == "cannot_come" and visit.cancelled_at is not None and now - visit.cancelled_at < timedelta(days=1)


def times_held(world: World, door: Door, now: datetime) -> tuple[Slot, ...]:
    """Open times that are kept for this person to choose from, for a visit that moves."""
    found = world.store.openings(door.patient.program, now, now + AHEAD)
    mine = [each for each in found if (offer := held(each, door.patient.patient_id, now)) is not None and offer.move]
    return tuple(mine[:MOST_TIMES])


def _choices(world: World, door: Door, where: str, now: datetime) -> Shown:
    patient = door.patient
    contact = world.store.get(Contact, patient.contact_id)
    said = tuple((scope, _said(patient, scope)) for scope in SCOPES)
    off = contact is not None and stopped(contact)
    return Shown(choices=said, level=level_of(patient), stopped=off)


def _said(patient: Patient, scope: str) -> str:
    """What holds: a kind that the first words name is agreed to with them."""
    own = own_say(scope, patient)
    if own == "declined":
        return "no"
    with_first = SCOPES[scope].first_words and Scope.CONVERSATION in patient.consent
    return "yes" if own or with_first else "not_asked"
