"""The Reassigned Numbers Database, asked before what we begin leaves for a number that was quiet for a month (RND-1, RND-2)."""

from __future__ import annotations

from datetime import datetime

from ..core.messages import Kind
from ..core.permission import RULES
from ..core.records import Contact, Message, Update
from ..core.whose_number import Answer, ask_the_database, known_since
from ..errors import Conflict, PorchlightError, Rejected
from ..ports import World


def has_another_owner(world: World, message: Message, contact: Contact, number: str, now: datetime) -> bool:
    """A yes is a doubt, which the caller keeps, and the text stays here. No data is no proof: it leaves as before, and half a
    year's silence ends it. Where no database is connected nothing is asked. Raises `StoreError`."""
    if not world.reassigned or not RULES[Kind(message.kind)].consent or not ask_the_database(contact, now):
        return False
    since = known_since(contact)
    assert since is not None
    try:
        said = world.reassigned.owner_changed(number, since.date())
    except PorchlightError as failure:
        world.journal.event("reassigned_not_asked", error=type(failure).__name__)
        said = Answer.NO_DATA
    world.journal.count(f"reassigned_{said}")
    if said == Answer.YES:
        return True
    _remember(world, contact, now)
    return False


def _remember(world: World, contact: Contact, now: datetime) -> None:
    """One that loses a race is asked again with the next text. No other field moves, and so no version does."""
    try:
        world.store.commit(Update(Contact, (contact.contact_id,), set={"asked_at": now}, expect={"version": contact.version}))
    except (Rejected, Conflict):
        world.journal.count("reassigned_asked_again")
