"""Who has a thread open: a mark per person with a short life, so that two people see each other before they both answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.records import ABSENT, Here, Presence, Update
from ..core.staff import Staff
from ..errors import PorchlightError
from ..ports import World

LIVES = timedelta(seconds=75)
FRESH = timedelta(seconds=40)  # a mark younger than this is not written again: about one write a minute and open thread


def others(presence: Presence | None, me: str, now: datetime) -> tuple[str, ...]:
    """Who else is there, by staff id."""
    people = presence.people if presence else ()
    return tuple(sorted(each.staff_id for each in people if each.staff_id != me and now - each.at < LIVES))


def say_here(world: World, who: Staff, thread_id: str, presence: Presence | None) -> None:
    """Leave or renew one's mark, when it is due. Whoever loses a race is marked by the next poll: nothing waits for this."""
    now = world.clock()
    people = tuple(each for each in (presence.people if presence else ()) if now - each.at < LIVES)
    if any(each.staff_id == who.staff_id and now - each.at < FRESH for each in people):
        return
    version = presence.version if presence else 0
    stay = (*(each for each in people if each.staff_id != who.staff_id), Here(who.staff_id, now))
    fields = {"people": stay, "version": version + 1, "expires_at": now + LIVES}
    change = Update(Presence, (thread_id,), set=fields, expect={"version": version or ABSENT}, create=True)
    try:
        world.store.commit(change)
    except PorchlightError as failure:
        world.journal.event("presence_not_kept", thread_id=thread_id, error=type(failure).__name__)
