"""A person chooses when a text leaves: inside the patient's safe hours, and asked again (N3) when it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..core.messages import Kind
from ..core.permission import Refuse
from ..core.records import Message, Patient
from ..core.safe_hours import next_safe
from ..ports import World
from .read_thread import GOING, Facing, foresee

SOONEST, LATEST = timedelta(minutes=2), timedelta(days=60)


@dataclass(frozen=True, slots=True)
class NotThen:
    """It cannot leave at that time. `why`: past, far, safe_hours; `next_safe`: the first time that would do, UTC."""

    why: str
    next_safe: datetime | None = None


def read_local(text: str, zone: ZoneInfo) -> datetime | None:
    """What a `datetime-local` field says, on that zone's clock, as UTC; None when it is no time."""
    try:
        local = datetime.fromisoformat(text)
        return local.replace(tzinfo=zone).astimezone(ZoneInfo("UTC")) if local.tzinfo is None else None
    except (ValueError, OverflowError):
        return None


def zone_of(world: World, patient: Patient | None) -> ZoneInfo:
    """The patient's zone, or the clinic's where theirs is unknown."""
    return ZoneInfo(patient.zone) if patient and patient.zone else world.clinic.zone


def kind_at(last_in: Message | None, at: datetime) -> Kind:
    """An answer while it still is one at that time; later it begins, and needs what beginning needs."""
    return Kind.REPLY if last_in is not None and (at - last_in.at).total_seconds() < GOING else Kind.STAFF


def plan(world: World, facing: Facing, kind: Kind, at: datetime, now: datetime) -> NotThen | Refuse | None:
    """Why a text cannot be planned for `at`, or None. Safe hours hold for answers too: nobody waits at a planned time."""
    if at < now + SOONEST:
        return NotThen("past")
    if at > now + LATEST:
        return NotThen("far")
    verdict, patient = foresee(world, facing, kind, at), facing.patient
    if isinstance(verdict, Refuse):
        return verdict
    safe = next_safe(at, zone_of(world, patient), patient.safe_hours if patient else {})
    return None if safe == at else NotThen("safe_hours", safe)
