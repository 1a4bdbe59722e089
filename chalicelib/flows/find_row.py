"""A message by the address that was given out, wherever it stands now: a moved text is found by its forward."""

from __future__ import annotations

from ..core.messages import Status
from ..core.records import Forward, Message
from ..ports import World
from .outbox import split_row

HOPS = 4  # there, back, and once more


def find_row(world: World, row: str) -> Message | None:
    """One read, and two more for each move. Raises `StoreError`, ValueError for what is no row of ours."""
    thread_id, message_id = split_row(row)
    for _ in range(HOPS):
        message = world.store.get(Message, thread_id, message_id)
        if message is not None and message.status != Status.MOVED:
            return message
        forward = world.store.get(Forward, f"{thread_id}.{message_id}")
        if forward is None:
            return None
        thread_id = forward.to
    return None
