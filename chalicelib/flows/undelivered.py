"""What did not arrive, by the carrier's own log: of a text whose callback never came through our door the row learns it here.

Of what arrived nobody has to do anything, so only failures are looked up, a few of a hundred texts: a number, and its threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ..core.messages import CarrierRecord, Direction, Status, moves_forward
from ..core.place import threads_of
from ..core.records import Contact, Message
from ..errors import PorchlightError
from ..ports import World
from . import record_delivery
from .arrival import read_contact

PAGE, PAGES = 50, 4  # of a thread's texts


def learn(world: World, failed: Iterable[CarrierRecord], ends: datetime) -> None:
    """As if each one's callback had come. What cannot be looked up now, the next comparison asks for."""
    for line in failed:
        if world.clock() >= ends:
            return
        try:
            _learn(world, line)
        except PorchlightError as failure:
            world.journal.event("failure_not_learnt", carrier=line.carrier, error=type(failure).__name__)


def _learn(world: World, line: CarrierRecord) -> None:
    contact = read_contact(world, line.recipient)
    row = next((row for row in _rows(world, contact) if row.carrier_id == line.carrier_id), None)
    if row is not None and moves_forward(Status(row.status), line.status):
        record_delivery.record(world, line.said_of(row.row, world.clock()))
        world.journal.count("failure_learnt")


def _rows(world: World, contact: Contact) -> Iterator[Message]:
    """Our latest texts to this number, whoever of several people they were for. One may have waited long before it left."""
    for thread_id in threads_of(contact):
        before = ""
        for _ in range(PAGES):
            page = world.store.newest(thread_id, PAGE, before)
            yield from (row for row in page if row.direction == Direction.OUT)
            if len(page) < PAGE:
                break
            before = page[-1].message_id
