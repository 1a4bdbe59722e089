"""A parked text comes back from the queue: the same road as any text, its page not sent twice."""

from __future__ import annotations

from ..ports import World
from .park_text import unpark
from .receive_sms import receive


def replay(world: World, text: str) -> None:
    """Raises what `receive` and `open` raise: the queue keeps it and tries again."""
    sms, paged = unpark(world, text)
    receive(world, sms, inline=False, paged_before=paged, waits=True)
