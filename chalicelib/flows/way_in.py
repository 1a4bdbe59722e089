"""Once a week a text goes IN: from a second number at the carrier, through it, to the clinic's number and our door (PG-6).

A number that was lost, or that leads elsewhere since somebody changed its address, is silent: nobody writes, as far as we can
tell. An hour later the carrier's log must hold the text, and our door its receipt. Reconciliation makes none: it would hide that.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.exercise import WAY_IN, SelfTest
from ..core.messages import Direction, OutboundSms
from ..core.records import Update
from ..errors import CarrierError, CarrierRefused, CarrierUnknown, NoMessageLog, SecretUnavailable, StoreError
from ..ports import World
from . import held_back, own_text

SINCE = timedelta(hours=2)  # how long a text of the week's tests may take, and how far back a log is looked through
SENT, PASSED, FAILED = "way_in_sent", "way_in_passed", "way_in_failed"
NOT_TAKEN, NOT_IN_LOG, NOT_AT_DOOR, ONLY_AT_DOOR, NOWHERE = "not_taken", "not_in_log", "not_at_door", "only_at_door", "nowhere"
# Whether the carrier's log holds it (None: it keeps none, or none that could be read), and whether our door took it.
WHY: dict[tuple[bool | None, bool], str] = {
    (True, True): "",
    (True, False): NOT_AT_DOOR,
    (False, True): ONLY_AT_DOOR,
    (False, False): NOT_IN_LOG,
    (None, True): "",
    (None, False): NOWHERE,
}


def send(world: World) -> None:
    """Raises nothing: what fails is counted."""
    clinic, now = world.clinic, world.clock()
    try:
        text = OutboundSms(clinic.test_sender, clinic.number, own_text.expected(world, now), "", now + SINCE)
        world.carriers[clinic.carrier].send(text)
        world.journal.count(SENT)
    except CarrierUnknown as failure:  # it may have left: in an hour that shows
        world.journal.event("way_in_unknown", reason=failure.reason, code=failure.code)
    except CarrierError as failure:
        if isinstance(failure, CarrierRefused):
            held_back.note(world, failure)
        _note(world, now, NOT_TAKEN, failure.code or failure.reason)
    except SecretUnavailable:
        _note(world, now, NOT_TAKEN, "secret")


def look(world: World) -> None:
    """An hour later. Raises `StoreError`: then it is looked again in a minute."""
    now, last = world.clock(), world.store.get(SelfTest, WAY_IN)
    if last is not None and last.at is not None and now - last.at < SINCE and last.wrong == (NOT_TAKEN,):
        return
    came = own_text.reached_us(world, world.clinic.carrier, now)
    _note(world, now, WHY[_stands_in_log(world, now), came])


def _stands_in_log(world: World, now: datetime) -> bool | None:
    clinic = world.clinic
    try:
        lines = list(world.carriers[clinic.carrier].log_since(now - SINCE))
    except NoMessageLog:
        return None
    except CarrierError as failure:
        world.journal.event("log_not_read", carrier=clinic.carrier, reason=failure.reason)
        return None
    ours = (each for each in lines if each.direction == Direction.IN and each.sender == clinic.test_sender)
    return any(own_text.stands_in_log(world, each) for each in ours)


def _note(world: World, now: datetime, why: str, code: str = "") -> None:
    """For the alarm, and for *Queue health*."""
    world.journal.count(FAILED if why else PASSED)
    if why:
        world.journal.event(FAILED, reason=why, code=code)
    fields: dict[str, object] = {"at": now, "wrong": (why,)} if why else {"at": now, "wrong": (), "passed_at": now}
    try:
        world.store.commit(Update(SelfTest, (WAY_IN,), set=fields, create=True))
    except StoreError as failure:
        world.journal.event("way_in_not_noted", error=type(failure).__name__)
