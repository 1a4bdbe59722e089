"""Carry a thread's texts to where they belong now: open, seal again, one small transaction each; resumes from anywhere.

What was decided stands in a `Move`; a due row wakes this until nothing is left (docs/decisions/moving-a-patient.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core.messages import Direction, Status
from ..core.moving import LAST_WRITER, goes, may_go
from ..core.records import (
    Change,
    Delete,
    Due,
    Forward,
    Message,
    Move,
    Patient,
    Put,
    Receipt,
    Thread,
    Update,
)
from ..core.staff import Staff
from ..errors import Conflict, OpenFailed, Rejected, StoreError, VaultError
from ..ports import SealContext, Vault, World
from . import move_visits, trail
from .outbox import SHARD, context_of, delivery_due, gone, page_context, page_row, page_words

READER = "job:move"
AGAIN = timedelta(seconds=30)
PAGE = 50
MOST = 300  # rows a run: some seconds, so that a tick ends
IN_REQUEST = 60  # rows while somebody waits for a page


def due_for(move: Move) -> Due:
    """The row that brings a move to its end, whatever happens to whoever began it."""
    return Due(SHARD, move.at + AGAIN, f"move#{move.move_id}", "move", move.move_id)


@dataclass(frozen=True, slots=True)
class _By:
    """A vault that opens for who waits for the page, with their own key: the console's role opens nothing."""

    vault: Vault
    who: str

    def seal(self, context: SealContext, row_id: str, text: str) -> bytes:
        return self.vault.seal(context, row_id, text)

    def open(self, context: SealContext, row_id: str, sealed: bytes, reader: str) -> str:
        return self.vault.open(context, row_id, sealed, self.who)

    def one_request(self) -> _By:
        return _By(self.vault.one_request(), self.who)


def begin(world: World, who: Staff, move_id: str) -> None:
    """Carry what can be carried while somebody waits; the rest, and every failure, is the tick's."""
    world = replace(world, vault=_By(world.vault, who.staff_id).one_request())
    move = world.store.get(Move, move_id)
    try:
        if move is not None:
            move_visits.carry(world, move, IN_REQUEST, clear=False)  # first: a queued reminder asks for its visit
            _carry(world, move, IN_REQUEST, clear=False)  # the console's role deletes no row
    except (StoreError, VaultError) as failure:
        world.journal.event("move_waits", move_id=move_id, error=type(failure).__name__)


def carry_on(world: World, due: Due) -> None:
    """One run of a move; ends it when nothing is left and no earlier request can still write. Raises `StoreError`."""
    move, now = world.store.get(Move, due.target), world.clock()
    if move is None or move.state == "done":
        return world.store.commit(gone(due))
    left = move_visits.carry(world, move, MOST, clear=True)
    left += _carry(world, move, MOST)
    _own_program(world, move)
    if left or now - move.at < LAST_WRITER:
        return world.store.commit(gone(due), Put(replace(due, at=now + AGAIN)))
    world.store.commit(gone(due), *_ended(world, move, now))


def _ended(world: World, move: Move, now: datetime) -> list[Change]:
    subjects = dict.fromkeys((move.source, move.target))
    lines = [trail.job(world, READER, each, f"{move.kind}_done", "care", now) for each in subjects]
    free = [Update(Patient, (each,), set={"moving": None}, expect={"moving": move.move_id}) for each in _patients_of(move)]
    return [Update(Move, (move.move_id,), set={"state": "done", "done_at": now}), *free, *lines]


def _patients_of(move: Move) -> tuple[str, ...]:
    return (move.patient_id,) if move.kind in ("match", "transfer") else (move.source, move.target)


def _own_program(world: World, move: Move) -> None:
    """A writer who read before the move may have named the old program again: the summary says who may read (N5)."""
    thread = world.store.get(Thread, move.target)
    if thread is not None and move.patient_id and thread.program != move.program:
        still = {"program": thread.program}
        world.store.commit(Update(Thread, (move.target,), set={"program": move.program}, expect=still))


def _carry(world: World, move: Move, most: int, clear: bool = True) -> int:
    """How many rows still have to go. Reads the whole source: a text may have come at the last moment."""
    waiting, carried, gone = 0, 0, []
    for row in _rows(world, move.source):
        if row.status == Status.MOVED:
            gone.append(row)
        elif not goes(row, move):
            continue
        elif carried >= most or not may_go(row, world.clock()) or not _one(world, move, row):
            waiting += 1
        else:
            carried += 1
            gone += [row] if move.source != move.target else []
    if clear:
        _clear(world, gone)
    return waiting


def _rows(world: World, thread_id: str) -> Iterator[Message]:
    """Newest first, read page by page."""
    before = ""
    while page := world.store.newest(thread_id, PAGE, before):
        yield from page
        before = page[-1].message_id


def _one(world: World, move: Move, row: Message) -> bool:
    """Carry one text. False when somebody changed it at this moment, or it cannot be opened: it is tried again."""
    try:
        world.store.commit(*(_again_in_place(world, move, row) if move.source == move.target else _across(world, move, row)))
    except (Conflict, Rejected):
        return False
    except OpenFailed:
        world.journal.event("open_failed", message_id=row.message_id, thread_id=row.thread_id)
        return False
    return True


def _again_in_place(world: World, move: Move, row: Message) -> list[Change]:
    """The same row under the new program's key: only while nobody else moved it on."""
    fresh = _sealed_again(world, row, replace(row, program=move.program, came_by=move.move_id))
    fields: dict[str, object] = {"sealed_body": fresh.sealed_body, "program": fresh.program, "came_by": fresh.came_by}
    fields |= {"sealed_page": fresh.sealed_page} if row.sealed_page else {}
    return [_changed(row, fields), _count(move)]


def _across(world: World, move: Move, row: Message) -> list[Change]:
    """A row in the other thread; the old one loses its words and is about to go. A queued text is queued once (N4)."""
    there = replace(row, thread_id=move.target, program=move.program, patient_id=move.patient_id, came_by=move.move_id)
    there = _sealed_again(world, row, there)
    emptied = _changed(row, {"status": Status.MOVED, "sealed_body": None, "wording": None, "sealed_page": None})
    changes: list[Change] = [emptied, Put(there), _count(move)]
    if row.direction == Direction.IN:
        place = {"thread_id": move.target, "message_id": row.message_id}
        receipt = Update(Receipt, (row.carrier, row.carrier_id), set=place, set_once={"at": row.at}, create=True)
        return [*changes, receipt] if row.carrier_id else changes
    if row.direction != Direction.OUT:
        return changes
    changes.append(Update(Forward, (row.row,), set={"to": move.target}, create=True))
    if row.status == Status.QUEUED:
        changes += [gone(delivery_due(row)), Put(delivery_due(there))]
    return changes


def _changed(row: Message, fields: dict[str, object]) -> Update:
    still = {"status": row.status, "attempts": row.attempts, "program": row.program}
    return Update(Message, (row.thread_id, row.message_id), set=fields, expect=still)


def _count(move: Move) -> Update:
    return Update(Move, (move.move_id,), add={"moved": 1})


def _sealed_again(world: World, row: Message, there: Message) -> Message:
    """Its words under the new context and the new row's id. They are in clear only here."""
    if row.sealed_page:
        said = page_words(world, row, READER)
        row_there = page_row(there.thread_id, there.message_id)
        there = replace(there, sealed_page=world.vault.seal(page_context(there.patient_id, there.program), row_there, said))
    if not row.sealed_body:
        return there
    words = world.vault.open(context_of(row), row.row, row.sealed_body, READER)
    return replace(there, sealed_body=world.vault.seal(context_of(there), there.row, words))


def _clear(world: World, rows: list[Message]) -> None:
    """Empty rows whose words stand elsewhere; `MOVED` is final, so nobody else writes them."""
    for at in range(0, len(rows), PAGE):
        world.store.commit(*(Delete(Message, (row.thread_id, row.message_id)) for row in rows[at : at + PAGE]))
