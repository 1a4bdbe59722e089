"""People of the clinic as things stand: the user pool's accounts, our own decisions over them, and what is in their hands."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.records import Access, Revision
from ..core.roles import Action
from ..core.staff import Staff
from ..errors import NotFound
from ..ports import World
from .authority import demand
from .directory import Account, Directory
from .in_their_hands import Holds as Holds
from .in_their_hands import holds

STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Person:
    """One person as things stand, our own decision before the user pool's word."""

    staff_id: str
    name: str
    role: str
    programs: tuple[str, ...]
    closed: bool
    pending: bool  # the user pool has not been told, or did not answer
    version: int
    invited: bool = False  # never signed in

    @property
    def fields(self) -> dict[str, str]:
        return {"role": self.role, "programs": ",".join(self.programs), "closed": "yes" if self.closed else ""}


def read_people(world: World, directory: Directory, who: Staff) -> list[Person]:
    """Everybody, by id. Raises `NotFound` for who may not, `DirectoryUnavailable`, `StoreError`."""
    demand(world, who, Action.STAFF)
    return people_now(world, directory)


def read_person(world: World, directory: Directory, who: Staff, staff_id: str) -> tuple[Person, Holds, list[Revision]]:
    """Somebody, what they hold, and their account's history, newest first. Raises as `read_people`."""
    person = one_of(read_people(world, directory, who), staff_id)
    return person, holds(world, person.staff_id, person.programs), world.store.revisions(STAFF, staff_id)


def people_now(world: World, directory: Directory) -> list[Person]:
    """The pool's accounts with our decisions over them. The decisions are read last: they are newer."""
    accounts = {account.staff_id: account for account in directory.accounts()}
    decided = {access.staff_id: access for access in world.store.accesses() if access.role}
    return [_person(name, accounts.get(name), decided.get(name)) for name in sorted({*accounts, *decided})]


def _person(staff_id: str, account: Account | None, access: Access | None) -> Person:
    invited = account is not None and account.state == "FORCE_CHANGE_PASSWORD"
    name = (account.name if account else "") or (access.name if access else "")
    if access is None:
        assert account is not None
        return Person(staff_id, name, account.role, account.programs, not account.enabled, False, 0, invited)
    pending = access.pending or account is None
    closed = access.closed or (account is not None and not account.enabled and not pending)
    if pending or account is None:
        return Person(staff_id, name, access.role, access.programs, access.closed, True, access.version, invited)
    return Person(staff_id, name, account.role, account.programs, closed, False, access.version, invited)


def one_of(people: list[Person], staff_id: str) -> Person:
    found = next((person for person in people if person.staff_id == staff_id), None)
    if found is None:
        raise NotFound(f"staff#{staff_id}")
    return found
