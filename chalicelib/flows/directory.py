"""The user pool as flows know it: accounts, and what an administrator may do with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..errors import PorchlightError


class DirectoryUnavailable(PorchlightError):
    """The user pool did not answer, or refused for a reason of its own."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person as the user pool has them. `state`: the pool's word, such as CONFIRMED or FORCE_CHANGE_PASSWORD."""

    staff_id: str
    name: str
    role: str
    programs: tuple[str, ...]
    enabled: bool = True
    state: str = ""


class Directory(Protocol):
    """The user pool, as administrators use it. Every method raises `DirectoryUnavailable`."""

    def accounts(self) -> list[Account]:
        """Everybody, closed accounts too."""

    def create(self, account: Account, email: str, password: str) -> None:
        """An account with a temporary password, sent to `email` when there is one. Nothing when it is there already."""

    def remove(self, staff_id: str) -> str:
        """The account is gone from the pool, with its password, authenticator and passkeys. The e-mail address that it had, or
        ""; nothing where there is none."""

    def change(self, staff_id: str, role: str, programs: tuple[str, ...]) -> None: ...

    def close(self, staff_id: str) -> None:
        """No sign-in any more; sessions at the pool end."""

    def reopen(self, staff_id: str) -> None: ...
