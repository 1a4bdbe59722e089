"""A colleague who has lost every way to sign in begins anew: the authenticator app is gone, or the invitation ran out.

Cognito takes no lost authenticator away, so the account there is deleted and made again; the row here stays the truth meanwhile.
Whoever does this could sign in as them. So the new password goes to their own mailbox alone where the pool knows it (a pool that
goes away between its two steps forgets it, and then it is handed over); their own phones are told who did it; and it stands in
the trail and in the account's history.
"""

from __future__ import annotations

from datetime import datetime

from ..core.phones import Errand, StaffPhone, Way
from ..core.records import Access, Change
from ..core.roles import Action
from ..core.staff import Staff
from ..ports import World
from . import errand_rows
from .authority import demand
from .directory import Directory
from .manage_staff import Refused, Wanted, decide, house_version, make_anew, still_administers
from .read_staff import one_of, people_now

TOLD = "Porchlight: {who} set your way to sign in to the console anew. You did not ask for it? Tell the compliance officer now."


def let_in_again(world: World, directory: Directory, who: Staff, staff_id: str, version: int, why: str = "") -> str:
    """The temporary password to hand over, or "" when it goes by e-mail or the pool is away: then the account stays pending, and
    is told again. Their passkeys and sessions end. Raises `Refused` (self, closed), `NotFound`, `Conflict`, `StoreError`;
    `DirectoryUnavailable` only before anything was done."""
    demand(world, who, Action.STAFF)
    house, person = house_version(world), one_of(people_now(world, directory), staff_id)
    if staff_id == who.staff_id or person.closed:
        raise Refused("self" if staff_id == who.staff_id else "is_closed")
    still_administers(world, who)
    now, wanted = world.clock(), Wanted(person.role, person.programs, version=version, why=why)
    held = world.store.get(Access, staff_id) or Access(staff_id)
    decide(world, who, house, held, person, wanted, person.name, _told(world, who, staff_id, now))
    return make_anew(world, directory, staff_id, person.name, wanted)


def _told(world: World, who: Staff, staff_id: str, now: datetime) -> list[Change]:
    """A text to their own phone, where one is verified."""
    phone = world.store.get(StaffPhone, staff_id)
    text = phone.working(Way.TEXT) if phone else None
    said = TOLD.format(who=who.staff_id)
    return errand_rows.rows(Errand(world.ids(now), "say", staff_id, now, text=said, contact_id=text.contact_id)) if text else []
