"""People of the clinic: who has an account, in which role, for which programs. Our row decides; the user pool follows.

A change is written here first, with the end of every session, and then told to the user pool. Until that has answered the
row is the truth (`Access.pending`), so nobody keeps a right because a call got lost. The house's staff row has a version that
every change moves: two administrators who remove each other at the same moment cannot both succeed.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from ..core.records import ABSENT, UNMATCHED, Access, Change, Delete, Put, Revision, Session, Setting, Update
from ..core.roles import ADMINISTRATOR, ROLES, Action
from ..core.settings import HOUSE
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import trail
from .authority import PURPOSE, demand
from .directory import Account, Directory, DirectoryUnavailable
from .in_their_hands import holds
from .read_staff import STAFF, Person, one_of, people_now

STAFF_ID = re.compile(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*")
NOT_PEOPLE = frozenset({"auto", "everyone", "hand_over", "new", "pager", "patient", "screen", "system"})
LONGEST_ID = 32


class Refused(ValueError):
    """Why not, as a word for the page: self, last_administrator, holds, taken, bad_id, role, programs."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody's account should be. `version`: what the form was made from."""

    role: str
    programs: tuple[str, ...]
    closed: bool = False
    version: int = 0
    why: str = ""

    @property
    def fields(self) -> dict[str, str]:
        return {"role": self.role, "programs": ",".join(self.programs), "closed": "yes" if self.closed else ""}


def add_person(
    world: World, directory: Directory, who: Staff, staff_id: str, name: str, email: str, wanted: Wanted
) -> str:
    """The temporary password to hand over, or "" when it goes by e-mail. Raises `Refused`, and as `change_person`."""
    demand(world, who, Action.STAFF)
    house, people = house_version(world), people_now(world, directory)
    _check(world, wanted)
    if not STAFF_ID.fullmatch(staff_id) or len(staff_id) > LONGEST_ID or staff_id in NOT_PEOPLE:
        raise Refused("bad_id")
    if any(person.staff_id == staff_id for person in people):
        raise Refused("taken")
    still_administers(world, who)
    held = world.store.get(Access, staff_id) or Access(staff_id)
    before = Person(staff_id, name, "", (), False, False, held.version)
    decide(world, who, house, held, before, wanted, name)
    return invite(world, directory, staff_id, name, email, wanted)


def change_person(world: World, directory: Directory, who: Staff, staff_id: str, wanted: Wanted) -> Person:
    """Give somebody another role or other programs, close or reopen the account. All their sessions end at once.

    Raises `Refused`, `NotFound`, `Conflict` (somebody was quicker), `StoreError`; `DirectoryUnavailable` only before
    anything was done: what the user pool did not take stays `pending`.
    """
    demand(world, who, Action.STAFF)
    house, people = house_version(world), people_now(world, directory)
    person = one_of(people, staff_id)
    if person.fields == wanted.fields:
        settle(world, directory, staff_id)
        return person
    if staff_id == who.staff_id:
        raise Refused("self")
    _check(world, wanted)
    _keep_one_administrator(people, staff_id, wanted)
    lost = set(person.programs) - set(wanted.programs)
    if holds(world, staff_id, lost, whole=wanted.closed):
        raise Refused("holds")
    still_administers(world, who)
    decide(world, who, house, world.store.get(Access, staff_id) or Access(staff_id), person, wanted, person.name)
    settle(world, directory, staff_id)
    return one_of(people_now(world, directory), staff_id)


def settle(world: World, directory: Directory, staff_id: str) -> None:
    """Tell the user pool what was decided here. When it does not answer, the row stays `pending` and remains the truth."""
    held = world.store.get(Access, staff_id)
    if held is None or not held.pending:
        return
    try:
        directory.change(staff_id, held.role, held.programs)
        (directory.close if held.closed else directory.reopen)(staff_id)
    except DirectoryUnavailable:
        world.journal.count("directory_unavailable")
        return
    _settled(world, staff_id, held.version)


def tell_again(world: World, directory: Directory, who: Staff, staff_id: str) -> str:
    """For an account that is still pending: what was decided last, which may be a new way to sign in; a new invitation when the
    pool has none. The temporary password, or ""."""
    demand(world, who, Action.STAFF)
    held = world.store.get(Access, staff_id)
    if held is None or not held.pending:
        return ""
    world.store.commit(trail.entry(world, who, f"{STAFF}#{staff_id}", "invite_again", PURPOSE, world.clock()))
    there, wanted = any(each.staff_id == staff_id for each in directory.accounts()), Wanted(held.role, held.programs)
    if there and _signs_in_anew(world, held):
        return make_anew(world, directory, staff_id, held.name, wanted)
    if there:
        settle(world, directory, staff_id)
        return ""
    return invite(world, directory, staff_id, held.name, "", wanted)


def _signs_in_anew(world: World, held: Access) -> bool:
    """Whether that was decided last, and the pool did not hear of it: it has them with what they lost."""
    newest = world.store.revisions(STAFF, held.staff_id, 1)
    return any(line.version == held.version and "sign_in" in line.after for line in newest)


def make_anew(world: World, directory: Directory, staff_id: str, name: str, wanted: Wanted) -> str:
    """The account in the pool goes, and is made again. As `invite`, and nothing where the pool is away: it stays pending."""
    try:
        email = directory.remove(staff_id)
    except DirectoryUnavailable:
        world.journal.count("directory_unavailable")
        return ""
    return invite(world, directory, staff_id, name, email, wanted)


def invite(world: World, directory: Directory, staff_id: str, name: str, email: str, wanted: Wanted) -> str:
    password = temporary_password()
    try:
        directory.create(Account(staff_id, name, wanted.role, wanted.programs), email, password)
    except DirectoryUnavailable:
        world.journal.count("directory_unavailable")
        return ""
    held = world.store.get(Access, staff_id)
    _settled(world, staff_id, held.version if held else 0)
    return "" if email else password


def temporary_password() -> str:
    """Easy to read out, of every class that the pool's policy asks for; about 95 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    parts = ["".join(secrets.choice(letters) for _ in range(5)) for _ in range(4)]
    return f"{secrets.choice('ABCDEFGHJKLMNPQRSTUVWXYZ')}{'-'.join(parts)}{secrets.choice('23456789')}k"


def _check(world: World, wanted: Wanted) -> None:
    if wanted.role not in ROLES:
        raise Refused("role")
    if not set(wanted.programs) <= {*world.clinic.programs, UNMATCHED}:
        raise Refused("programs")


def _keep_one_administrator(people: list[Person], staff_id: str, wanted: Wanted) -> None:
    if wanted.role == ADMINISTRATOR and not wanted.closed:
        return
    others = [p for p in people if p.staff_id != staff_id and p.role == ADMINISTRATOR and not p.closed]
    if not others:
        raise Refused("last_administrator")


def still_administers(world: World, who: Staff) -> None:
    """Read after the house's version: somebody who took this right away before then is seen, later ones are refused."""
    own = world.store.get(Access, who.staff_id)
    if own is not None and (own.closed or (own.role and own.role != ADMINISTRATOR)):
        raise NotFound(Action.STAFF)


def house_version(world: World) -> int:
    held = world.store.get(Setting, HOUSE, STAFF)
    return held.version if held else 0


def decide(
    world: World, who: Staff, house: int, held: Access, before: Person, wanted: Wanted, name: str,
    anew: list[Change] | None = None,
) -> None:
    """Decision, end of sessions, history and trail in one transaction. `anew`: they sign in anew, and what goes with that. Raises
    `Conflict`."""
    now = world.clock()
    moved = {field: text for field, text in wanted.fields.items() if before.fields[field] != text}
    moved |= {} if anew is None else {"sign_in": "anew"}
    line = Revision(
        STAFF, before.staff_id, held.version + 1, now, who.staff_id, wanted.why,
        {field: before.fields.get(field, "") for field in moved}, moved,
    )  # fmt: skip
    changes: list[Change] = [
        _of_the_house(house, who, now),
        _door(held, wanted, name, who, now),
        *(Delete(Session, (each.token_hash,)) for each in held.sessions),
        Put(line),
        trail.entry(world, who, f"{STAFF}#{before.staff_id}", "change" if anew is None else "let_in_again", PURPOSE, now),
        *(anew or ()),
    ]
    if held.version != wanted.version:
        raise Conflict(f"{STAFF}#{before.staff_id}")
    try:
        world.store.commit(*changes)
    except Rejected:  # another administrator, or a sign-in at this moment
        raise Conflict(f"{STAFF}#{before.staff_id}") from None


def _of_the_house(house: int, who: Staff, now: datetime) -> Update:
    fields = {"version": house + 1, "changed_at": now, "changed_by": who.staff_id}
    return Update(Setting, (HOUSE, STAFF), set=fields, expect={"version": house or ABSENT}, create=True)


def _door(held: Access, wanted: Wanted, name: str, who: Staff, now: datetime) -> Update:
    return Update(
        Access,
        (held.staff_id,),
        set={
            "version": held.version + 1,
            "name": name,
            "role": wanted.role,
            "programs": wanted.programs,
            "closed": wanted.closed,
            "pending": True,
            "changed_at": now,
            "changed_by": who.staff_id,
            "sessions": (),
        },
        expect={"version": held.version or ABSENT, "sessions": held.sessions or ABSENT},
        create=True,
    )


def _settled(world: World, staff_id: str, version: int) -> None:
    """The pool knows. A newer decision is left pending."""
    try:
        world.store.commit(Update(Access, (staff_id,), set={"pending": False}, expect={"version": version}))
    except Rejected:
        world.journal.count("access_moved_on")
