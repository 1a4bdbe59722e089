"""A page that a person took back goes no other way, and what has carried it already opens nothing any more: perhaps it was
written to the wrong patient."""

from __future__ import annotations

from datetime import datetime

from ..core.records import Change, Link, Message, Round
from ..core.rounds import OVER
from ..ports import World
from .page_link import REVOKED, closed
from .round_rows import kept_here, moved


def changes(world: World, row: Round, now: datetime) -> list[Change]:
    """Nothing where nobody took it back. Raises `StoreError`."""
    turns = [each for each in (*row.tried, row.beside) if each is not None and each.message_id]
    if row.said is None or not row.said.page or not turns:
        return []
    found = world.store.get_many([(Message, (row.patient_id, each.message_id)) for each in turns])
    texts = [each for each in found if isinstance(each, Message) and each.link]
    links = [each for each in world.store.get_many([(Link, (each.link,)) for each in texts]) if isinstance(each, Link)]
    if not any(each.closed_why == REVOKED for each in links):
        return []
    still_open = [closed(each.token_hash, REVOKED, now) for each in links if each.closed_at is None]
    return [moved(row, state=OVER, why=REVOKED), *still_open, *(change for each in texts for change in kept_here(each, REVOKED))]
