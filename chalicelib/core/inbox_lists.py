"""The lists an inbox can be cut into: everybody's, mine, nobody's, what is late, what is closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from .records import Thread


class Show(StrEnum):
    """Which threads a person looks at."""

    ALL = "all"
    MINE = "mine"
    NOBODY = "nobody"
    OVERDUE = "overdue"
    FOR_YOU = "for-you"
    CLOSED = "closed"


def read_show(text: str) -> Show:
    """An unknown word is everything: nobody is hidden by a typing error."""
    return Show(text) if text in set(Show) else Show.ALL


def is_late(thread: Thread, now: datetime) -> bool:
    """Whether the promise of an answer ran out."""
    return thread.waiting_since is not None and thread.reply_by is not None and thread.reply_by <= now


def belongs(thread: Thread, show: Show, me: str, now: datetime, mentions: Collection[str] = ()) -> bool:
    """Whether a thread is in this list. `mentions`: the threads where a colleague named this person."""
    if show is Show.CLOSED:
        return thread.closed_at is not None
    if thread.closed_at is not None:
        return False
    if show is Show.MINE:
        return thread.owner == me
    if show is Show.NOBODY:
        return thread.owner == "" and thread.waiting_since is not None
    if show is Show.FOR_YOU:
        return thread.thread_id in mentions
    return show is Show.ALL or is_late(thread, now)
