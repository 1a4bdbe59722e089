"""People of the clinic as things stand: the user pool's accounts, our own decisions over them, and what is in their hands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..core.records import UNMATCHED, Access, Revision
from ..core.roles import Action
from ..core.staff import Staff
from ..errors import NotFound
from ..ports import World
from .authority import demand
from .directory import Account, Directory

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


@dataclass(frozen=True, slots=True)
class Holds:
    """What would be left without anybody. `rota`: places of it that name them."""

    threads: int = 0
    incidents: int = 0
    rota: int = 0
    duty: int = 0  # programs that tell them first

    def __bool__(self) -> bool:
        return bool(self.threads or self.incidents or self.rota or self.duty)


def read_people(world: World, directory: Directory, who: Staff) -> list[Person]:
    """Everybody, by id. Raises `NotFound` for who may not, `DirectoryUnavailable`, `StoreError`."""
    demand(world, who, Action.STAFF)
    return people_now(world, directory)


def read_person(world: World, directory: Directory, who: Staff, staff_id: str) -> tuple[Person, Holds, list[Revision]]:
    """Somebody, what they hold, and their account's history, newest first. Raises as `read_people`."""
    person = one_of(read_people(world, directory, who), staff_id)
    return person, holds(world, person, set(person.programs)), world.store.revisions(STAFF, staff_id)


def holds(world: World, person: Person, programs: Iterable[str], whole: bool = True) -> Holds:
    """What is theirs in these programs; `whole`: everywhere, and the rota too."""
    inside = set(programs)
    threads = [thread for thread in world.store.owned(person.staff_id) if whole or thread.program in inside]
    asked = [*world.clinic.programs, UNMATCHED] if whole else sorted(inside)
    incidents = [i for program in asked for i in world.store.open_incidents(program) if i.holder == person.staff_id]
    rota = world.clinic.rota.places(person.staff_id) if whole else []
    duty = [program for program in world.clinic.programs.values() if whole and program.duty == person.staff_id]
    return Holds(len(threads), len(incidents), len(rota), len(duty))


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
