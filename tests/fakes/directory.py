"""A user pool in memory that can be away."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from chalicelib.core.staff import Staff
from chalicelib.flows.directory import Account, DirectoryUnavailable


@dataclass
class FakeDirectory:
    """`away`: how many of the next calls that change something fail. `asked`: what was changed, in order."""

    people: dict[str, Account] = field(default_factory=dict)
    away: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    passwords: dict[str, str] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)
    emails: dict[str, str] = field(default_factory=dict)  # that the pool knows

    @classmethod
    def of(cls, *people: Staff) -> FakeDirectory:
        return cls({p.staff_id: Account(p.staff_id, p.staff_id.title(), p.role, p.programs) for p in people})

    def accounts(self) -> list[Account]:
        return list(self.people.values())

    def create(self, account: Account, email: str, password: str) -> None:
        self._ask("create", account.staff_id)
        self.people.setdefault(account.staff_id, replace(account, state="FORCE_CHANGE_PASSWORD"))
        self.passwords[account.staff_id] = password
        self.mails += [email] if email else []

    def remove(self, staff_id: str) -> str:
        self._ask("remove", staff_id)
        self.people.pop(staff_id, None)
        return self.emails.get(staff_id, "")

    def change(self, staff_id: str, role: str, programs: tuple[str, ...]) -> None:
        self._ask("change", staff_id)
        self.people[staff_id] = replace(self.people[staff_id], role=role, programs=programs)

    def close(self, staff_id: str) -> None:
        self._ask("close", staff_id)
        self.people[staff_id] = replace(self.people[staff_id], enabled=False)

    def reopen(self, staff_id: str) -> None:
        self._ask("reopen", staff_id)
        self.people[staff_id] = replace(self.people[staff_id], enabled=True)

    def _ask(self, what: str, staff_id: str) -> None:
        if self.away:
            self.away -= 1
            raise DirectoryUnavailable(what)
        self.asked.append((what, staff_id))
