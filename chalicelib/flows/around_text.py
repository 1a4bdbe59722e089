"""Everything that decides whether one queued text may leave, read together at that moment (N3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..core.campaign_rules import Beside
from ..core.going_live import GO_LIVE, HOUSE, house_refuses, with_go_live
from ..core.messages import Kind
from ..core.permission import RULES, Refuse, Verdict, may_leave
from ..core.records import (
    Appointment,
    Campaign,
    Contact,
    Message,
    Patient,
    Reengagement,
    Setting,
    Slot,
    Stage,
    Tasks,
    Thread,
)
from ..core.reengagement import Back
from ..ports import World


@dataclass(frozen=True, slots=True)
class AroundText:
    """Whose number, whose text, and the visits and openings that it tells of. `back`: only of a re-engagement."""

    contact: Contact | None = None
    patient: Patient | None = None
    visits: tuple[Appointment, ...] = ()
    slots: tuple[Slot, ...] = ()
    back: Back | None = None
    beside: Beside | None = None  # only of a campaign
    house: Setting | None = None  # papers and pilots, as they stand now


def around_text(world: World, message: Message) -> AroundText:
    """One read; of a re-engagement their visits too, which is one query. Raises `StoreError`."""
    wanted: list[tuple[type, tuple[str, ...]]] = [(Contact, (message.contact_id,)), (Setting, (GO_LIVE, HOUSE))]
    returns = _returns(message)
    if message.patient_id:
        wanted.append((Patient, (message.patient_id,)))
        wanted += [(Appointment, (message.patient_id, each.appointment_id)) for each in message.visits]
        wanted += [(Slot, (message.program, each)) for each in message.slots]
    if returns:
        wanted += [(Thread, (message.thread_id,)), (Reengagement, (message.patient_id, message.reengagement[0]))]
    if message.campaign:
        wanted += [(Campaign, (message.program, message.campaign)), (Tasks, (message.program,)), (Stage, (message.patient_id,))]
    found = world.store.get_many(wanted)
    contact = found[0] if isinstance(found[0], Contact) else None
    back = _back(world, message, found[-2], found[-1]) if returns else None
    return AroundText(
        contact,
        next((each for each in found if isinstance(each, Patient)), None),
        tuple(each for each in found if isinstance(each, Appointment)),
        tuple(each for each in found if isinstance(each, Slot)),
        back,
        _beside(found) if message.campaign else None,
        found[1] if isinstance(found[1], Setting) else None,
    )


def _beside(found: Sequence[object]) -> Beside:
    """Visits and earlier urgent items were read when it was written, moments ago."""
    campaign = next((each for each in found if isinstance(each, Campaign)), None)
    tasks = next((each for each in found if isinstance(each, Tasks)), None)
    return Beside(campaign, tasks, next((each for each in found if isinstance(each, Stage)), None))


def leaves_now(world: World, message: Message, around: AroundText, now: datetime) -> Verdict:
    """N3: the person's own no counts first, then the house's."""
    contact, patient = around.contact, around.patient
    beside = around.visits, around.slots, around.back, around.beside
    verdict = may_leave(message, contact, patient, world.clinic.zone, now, *beside)
    if isinstance(verdict, Refuse):
        return verdict
    if not message.by_text:
        from ..core.mail import CARRIED_BY

        vendor, feature = CARRIED_BY.get(message.channel, ("", ""))
        why = house_refuses(with_go_live(world.clinic, around.house), message, patient, vendor, now, feature)
        return Refuse(why) if why else verdict
    carrier = message.carrier or (contact.carrier if contact else "")
    if carrier not in world.carriers:  # then nobody carries it, which is said where it would be sent
        return verdict
    why = house_refuses(with_go_live(world.clinic, around.house), message, patient, carrier, now)
    return Refuse(why) if why else verdict


def _returns(message: Message) -> bool:
    known = message.kind in set(Kind) and Kind(message.kind) in RULES
    return known and RULES[Kind(message.kind)].of_return and bool(message.patient_id and message.reengagement)


def _back(world: World, message: Message, thread: object, row: object) -> Back:
    visits = world.store.appointments_of(message.patient_id)
    return Back(row if isinstance(row, Reengagement) else None, thread if isinstance(thread, Thread) else None, visits)
