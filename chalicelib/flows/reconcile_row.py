"""Was it sent? Ask the carrier's own record about a text whose outcome nobody heard (N4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.messages import FAILED, CarrierRecord, Direction, Status, behind, moves_forward
from ..core.page_links import PAGE
from ..core.place import threads_of
from ..core.records import Change, Contact, Due, Message, Put, Thread, Update
from ..errors import CarrierError, NoMessageLog, StoreError
from ..ports import SealContext, World
from . import record_delivery
from .find_row import find_row
from .outbox import SHARD, gone, words_of

READER = "job:reconcile"
AGAIN = timedelta(minutes=5)
GIVE_UP = timedelta(minutes=20)
SLACK = timedelta(minutes=2)  # between our clock and the carrier's


def reconcile_row(world: World, due: Due) -> None:
    """Found: its status and id. Not found after a while: `not_sent`, and a person decides. Never resent."""
    now = world.clock()
    message = find_row(world, due.target)
    if message is None or message.status != Status.UNKNOWN:
        return world.store.commit(gone(due))
    try:
        found = _find(world, message)
    except NoMessageLog:
        return _tell_a_person(world, message, due, None)
    except _WordsAreGone:  # it may be another's, and ours may be in the log in some minutes
        found, to = None, None
    except CarrierError as failure:
        world.journal.event("log_not_read", carrier=message.carrier, reason=failure.reason)
        found, to = None, None  # not read is not "not there"
    except StoreError:
        raise
    except Exception as failure:  # noqa: BLE001  it cannot be opened, or whatever: a person must hear of it all the same
        world.journal.event("row_not_compared", row=message.row, error=type(failure).__name__)
        found, to = None, None
    else:
        to = Status.NOT_SENT
    if found is not None:
        return _known(world, message, due, found)
    if now - (message.status_at or message.at) < GIVE_UP:
        return _ask_again(world, message, due, now)
    _tell_a_person(world, message, due, to)


class _WordsAreGone(Exception):
    """The log has a text to that number without its words: it may be ours, and must not be called "not sent"."""


def _find(world: World, message: Message) -> CarrierRecord | None:
    """The carrier's line for this text: same number, same words, not another row's."""
    if message.carrier == PAGE or not message.by_text:  # shown on a page, mailed or rung, or not: no log of texts knows
        raise NoMessageLog
    contact = world.store.get(Contact, message.contact_id)
    if contact is None:
        return None
    number = world.vault.open(
        SealContext(contact.contact_id, "numbers", "number"), contact.contact_id, contact.sealed_number, READER
    )
    body = words_of(world, message, READER)
    taken = _taken(world, message, contact)
    log = world.carriers[message.carrier or contact.carrier].log_since(message.at - SLACK)
    lines = [line for line in log if _to(line, number, message.at - SLACK) and line.carrier_id not in taken]
    found = next((line for line in lines if line.body.split() == body.split()), None)
    if found is None and any(not line.body for line in lines):
        raise _WordsAreGone
    return found


def _taken(world: World, message: Message, contact: Contact) -> set[str]:
    """Lines that belong to other rows of this number, whoever of several people they were written to."""
    threads = {message.thread_id, *threads_of(contact)}
    rows = [row for thread_id in sorted(threads) for row in world.store.newest(thread_id)]
    return {row.carrier_id for row in rows if row.carrier_id and row.row != message.row}


def _to(line: CarrierRecord, number: str, since: datetime) -> bool:
    return line.direction == Direction.OUT and line.recipient == number and line.at >= since


def _known(world: World, message: Message, due: Due, found: CarrierRecord) -> None:
    """The carrier's word, kept; where it has none itself, a person is told and later callbacks may still come. That it did not
    arrive is heard as a callback would be."""
    if found.status in FAILED:
        record_delivery.record(world, found.said_of(message.row, world.clock()))
        return world.store.commit(gone(due))
    fields: dict[str, object] = {"carrier_id": found.carrier_id, "status_at": world.clock()}
    if not moves_forward(Status.UNKNOWN, found.status):
        change = _row(message, fields, (Status.UNKNOWN,))
        return world.store.commit(change, _note(message, "unknown_delivery"), gone(due))
    change = _row(message, {**fields, "status": found.status}, behind(found.status))
    world.store.commit(change, gone(due))


def _ask_again(world: World, message: Message, due: Due, now: datetime) -> None:
    world.store.commit(gone(due), Put(Due(SHARD, now + AGAIN, due.due_id, due.kind, due.target)))


def _tell_a_person(world: World, message: Message, due: Due, status: Status | None) -> None:
    changes: list[Change] = [gone(due), _note(message, "not_sent" if status else "unknown_delivery")]
    if status is not None:
        changes.append(_row(message, {"status": status, "status_at": world.clock()}, (Status.UNKNOWN,)))
    world.store.commit(*changes)


def _note(message: Message, note: str) -> Update:
    place = {"program": message.program, "contact_id": message.contact_id}
    return Update(Thread, (message.thread_id,), set={"note": note}, set_once=place, create=True)


def _row(message: Message, fields: dict[str, object], allowed: tuple[Status, ...]) -> Update:
    return Update(
        Message, (message.thread_id, message.message_id), set=fields, expect={"status": allowed}, any_of=("status",)
    )
