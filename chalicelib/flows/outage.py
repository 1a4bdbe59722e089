"""A part of the service does not do its work: out of hours a named person is told each hour, until it does (RULES T12).

In hours the people at work see the marks in the inbox; the alarm tells whoever runs the service at any hour.
"""

from __future__ import annotations

from datetime import timedelta

from ..core.clinic import EVERYONE
from ..core.records import Change, Due, Outage, Update
from ..errors import StoreError
from ..ports import World
from .outbox import SHARD, gone, keep_due
from .page import send_page

EACH = timedelta(hours=1)
OPEN_AGAIN = timedelta(minutes=15)  # how soon to look whether the doors have closed
WORDS = "Porchlight: read the inbox. The second look does not work."


def begun(world: World, name: str) -> list[Change]:
    """The changes that note it, from its first failure on, and wake the tick; the caller commits them with its own."""
    now = world.clock()
    noted = Update(Outage, (name,), set_once={"since": now}, create=True)
    due = Due(SHARD, now, f"read_inbox#{name}", "read_inbox", name, now.isoformat())
    return [noted, keep_due(due)]


def end(world: World, name: str) -> None:
    """It works again. One read when nothing was wrong; what fails here is done by the next text."""
    try:
        known = world.store.get(Outage, name)
        if known is not None and known.since is not None:
            world.store.commit(Update(Outage, (name,), set={"since": None}, expect={"since": known.since}))
            world.journal.event("outage_over", reason=name)
    except StoreError as failure:
        world.journal.event("outage_not_ended", reason=name, error=type(failure).__name__)


def tell(world: World, due: Due) -> None:
    """The hour has come: "read the inbox", to whom the clinic's file names. Nothing for an outage that is over."""
    now, known = world.clock(), world.store.get(Outage, due.target)
    if known is None or known.since is None or known.since.isoformat() != due.about:
        return world.store.commit(gone(due))
    wait = OPEN_AGAIN
    if closed_somewhere(world):
        if not send_page(world, world.clinic.reader or EVERYONE, WORDS):
            return  # still due: the next tick tries again
        wait = EACH
    world.store.commit(gone(due), keep_due(Due(due.shard, now + wait, due.due_id, due.kind, due.target, due.about)))


def closed_somewhere(world: World) -> bool:
    """Whether some program has nobody at work now, so that its inbox may lie unread."""
    now = world.clock()
    opens = [world.clinic.next_open(program, now) for program in world.clinic.programs]
    return not opens or any(at is None or at > now for at in opens)
