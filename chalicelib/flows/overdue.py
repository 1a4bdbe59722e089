"""What should have happened by now: a text that should have left, a crisis answer that should have arrived."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ..core.messages import FAILED, Status
from ..core.records import Change, Due, Incident, Message, Put, Update
from ..core.throughput import MOST_PARTS, Lane, lane_of
from ..ports import World
from .deliver import deliver
from .find_row import find_row
from .outbox import SHARD, delivery_due, gone, keep_due
from .record_delivery import reply_not_delivered

ARRIVED = (Status.HANDED_TO_CARRIER, Status.DELIVERED)
ASK_CARRIER = timedelta(minutes=2)


def answer_check(world: World, due: Due) -> None:
    """No word that a crisis answer went out: a person must call (CR-7), and the carrier's own record is asked."""
    message = _message(world, due)
    if message is None or message.status in ARRIVED or _told(world, message):
        return world.store.commit(gone(due))
    if not reply_not_delivered(world, message.incident_id):
        return  # the next tick tries again
    world.store.commit(gone(due), *_unheard_of(message, world.clock()))


def _unheard_of(message: Message, now: datetime) -> list[Change]:
    """Nobody knows whether it arrived, and the thread must not say "leaving now" for ever. A later word still counts."""
    if message.status not in (Status.CLAIMED, Status.UNKNOWN):
        return []
    fields = {"status": Status.UNKNOWN, "status_at": now, "status_reason": "no_word"}
    change = Update(
        Message, (message.thread_id, message.message_id), set=fields,
        expect={"status": (Status.CLAIMED, Status.UNKNOWN)}, any_of=("status",),
    )
    return [change, keep_due(Due(SHARD, now, f"reconcile#{message.row}", "reconcile", message.row))]


def _told(world: World, message: Message) -> bool:
    """The holder was paged when the failure was recorded."""
    if message.status not in FAILED or not message.incident_id:
        return False
    incident = world.store.get(Incident, message.incident_id)
    return incident is not None and incident.reply_undelivered


def deliver_overdue(world: World, due: Due) -> None:
    """A row that the stream dropped is delivered now; a claim that ran out becomes unknown, never a resend."""
    message = _message(world, due)
    if message is None:
        return world.store.commit(gone(due))
    if message.status == Status.QUEUED:
        if message.not_before is not None and message.not_before > world.clock() and due.at != message.not_before:
            return world.store.commit(gone(due))  # put off once; its own row waits at that time
        if _has_to_wait(world, message, due):
            return None
        return deliver(world, message.thread_id, message.message_id)
    if message.status == Status.CLAIMED:
        return _lease(world, message, due)
    world.store.commit(gone(due))


def _has_to_wait(world: World, message: Message, due: Due) -> bool:
    """What we begin takes its place in this minute's row, or is looked at again in the next (DLC-6)."""
    lane = lane_of(message.kind)
    if lane is Lane.PERSON or world.pace is None:
        return False
    if not world.pace.room(lane):
        return True
    at = world.pace.slot(message.kind, message.parts or MOST_PARTS, message.row)
    if at is None:
        return False
    later = replace(message, not_before=at)
    change = Update(
        Message, (message.thread_id, message.message_id), set={"not_before": at},
        expect={"status": Status.QUEUED, "not_before": message.not_before},
    )
    world.store.commit(change, gone(due), keep_due(delivery_due(later)))
    return True


def _lease(world: World, message: Message, due: Due) -> None:
    now = world.clock()
    if message.lease_until is not None and now < message.lease_until:
        return
    fields = {"status": Status.UNKNOWN, "status_at": now, "status_reason": "lease_ran_out"}
    change = Update(
        Message, (message.thread_id, message.message_id), set=fields,
        expect={"status": Status.CLAIMED, "attempts": message.attempts},
    )
    look = Due(SHARD, now + ASK_CARRIER, f"reconcile#{message.row}", "reconcile", message.row)
    world.store.commit(change, gone(due), Put(look))


def _message(world: World, due: Due) -> Message | None:
    return find_row(world, due.target)
