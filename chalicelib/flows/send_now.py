"""Send a crisis answer directly, where the webhook's own response cannot carry it. Its row is written already."""

from __future__ import annotations

from ..core.exercise import is_nobodys
from ..core.messages import OutboundSms, Status
from ..core.records import Message, Update
from ..errors import CarrierRefused, CarrierUnknown, DeadlineExceeded, PorchlightError
from ..ports import World
from . import held_back
from .crisis_rows import TOO_LATE
from .record_delivery import reply_not_delivered

SEND = 3.5  # seconds
TRIES = 2  # N4: the crisis answer alone may repeat, once


def send_now(world: World, row: Message, text: str, number: str, *, stored: bool) -> None:
    """Send, and record what came of it. A refusal pages "reply not delivered: call" (CR-7); so does not knowing,
    where no row is there to be checked after 90 seconds."""
    if is_nobodys(number):  # an exercise: it costs no text
        return _record(world, row, "", Status.DELIVERED, "exercise") if stored else None
    expires = world.clock() + TOO_LATE
    sms = OutboundSms(row.our_number or world.clinic.number, number, text, row.row if stored else "", expires)
    carrier_id, status, reason = _send(world, row.carrier, sms)
    if stored:
        _record(world, row, carrier_id, status, reason)
    if status != Status.QUEUED_AT_CARRIER and (status != Status.UNKNOWN or not stored):
        reply_not_delivered(world, row.incident_id)


def _send(world: World, carrier: str, sms: OutboundSms) -> tuple[str, Status, str]:
    """Two tries. Refused both times: nothing left; silent once: it may have."""
    outcome = ("", Status.FAILED_OTHER, "no_carrier")
    for _ in range(TRIES if carrier in world.carriers else 0):
        try:
            carrier_id = world.patience.within(SEND, lambda: world.carriers[carrier].send(sms))
            return carrier_id, Status.QUEUED_AT_CARRIER, ""
        except CarrierRefused as refusal:
            held_back.note(world, refusal)
            if outcome[1] != Status.UNKNOWN:
                outcome = ("", Status.FAILED_BLOCKED if refusal.permanent else Status.FAILED_OTHER, refusal.reason)
            if refusal.permanent:
                break
        except (CarrierUnknown, DeadlineExceeded):
            outcome = ("", Status.UNKNOWN, "unknown")
    return outcome


def _record(world: World, row: Message, carrier_id: str, status: Status, reason: str) -> None:
    """A callback may have come first: then its word stands. A store that fails now is covered by the 90 s check."""
    fields = {"status": status, "carrier_id": carrier_id, "status_reason": reason, "status_at": world.clock()}
    change = Update(Message, (row.thread_id, row.message_id), set=fields, expect={"status": Status.CLAIMED})
    try:
        world.store.commit(change)
    except PorchlightError as failure:
        world.journal.event("answer_not_recorded", row=row.row, error=type(failure).__name__)
