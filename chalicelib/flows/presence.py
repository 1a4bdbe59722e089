"""Who has a thread open, and who has seen it: a mark per person, so that two people see each other before they both answer.

One row for both: whoever opens a thread writes the mark anyway, so that "seen by" costs no call of its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.records import ABSENT, Here, Presence, Update
from ..core.staff import Staff
from ..errors import PorchlightError, Rejected
from ..ports import World

LIVES = timedelta(seconds=75)
FRESH = timedelta(seconds=40)  # a mark younger than this is not written again: about one write a minute and open thread
KEPT = timedelta(days=90)  # how long a look is remembered here; the audit trail keeps all of them
MOST = 12  # people whose last look is remembered


def others(presence: Presence | None, me: str, now: datetime) -> tuple[str, ...]:
    """Who else is there, by staff id."""
    people = presence.people if presence else ()
    return tuple(sorted(each.staff_id for each in people if each.staff_id != me and now - each.at < LIVES))


def seen_by(presence: Presence | None, me: str, since: datetime | None) -> tuple[Here, ...]:
    """Who else has opened the thread since then, the first to look first; `at` is their newest look."""
    saw = presence.saw if presence and since else ()
    return tuple(sorted((each for each in saw if each.staff_id != me and since and each.at >= since), key=lambda each: each.at))


def say_here(world: World, who: Staff, thread_id: str, presence: Presence | None) -> None:
    """Renew one's mark, when it is due. Whoever loses a race is marked by the next poll: nothing waits for this."""
    if not _fresh(presence, who, world.clock()):
        _leave_mark(world, who, thread_id, presence, looked=False)


def say_seen(world: World, who: Staff, thread_id: str, presence: Presence | None, newest: datetime | None) -> None:
    """It was opened: one is here, and has seen all up to `newest`. A lost race is tried again: no other look may come."""
    saw = next((each.at for each in presence.saw if each.staff_id == who.staff_id), None) if presence else None
    if _fresh(presence, who, world.clock()) and saw is not None and (newest is None or saw >= newest):
        return
    if not _leave_mark(world, who, thread_id, presence, looked=True):
        try:
            again = world.store.get(Presence, thread_id)
        except PorchlightError:
            return
        _leave_mark(world, who, thread_id, again, looked=True)


def _fresh(presence: Presence | None, who: Staff, now: datetime) -> bool:
    return any(each.staff_id == who.staff_id and now - each.at < FRESH for each in (presence.people if presence else ()))


def _leave_mark(world: World, who: Staff, thread_id: str, presence: Presence | None, looked: bool) -> bool:
    """False when somebody else wrote at this moment."""
    now, version = world.clock(), presence.version if presence else 0
    here = Here(who.staff_id, now)
    people = tuple(each for each in (presence.people if presence else ()) if now - each.at < LIVES)
    fields: dict[str, object] = {
        "people": (*(each for each in people if each.staff_id != who.staff_id), here),
        "version": version + 1,
        "expires_at": now + KEPT,
    }
    if looked:
        rest = tuple(each for each in (presence.saw if presence else ()) if each.staff_id != who.staff_id)
        fields["saw"] = (*rest, here)[-MOST:]
    try:
        world.store.commit(Update(Presence, (thread_id,), set=fields, expect={"version": version or ABSENT}, create=True))
    except Rejected:
        return False
    except PorchlightError as failure:
        world.journal.event("presence_not_kept", thread_id=thread_id, error=type(failure).__name__)
    return True
