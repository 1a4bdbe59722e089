"""A person's own passkeys: proved anew, added, taken away (ID-3). The keys stay with the identity provider and the device.

Nobody adds a key with an open session alone: whoever finds a desk unlocked would have a way back in for good. The
password, and the code where one is asked for, come first; that proof lasts as long as the provider's token, 15 minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..core.staff import Staff
from ..ports import World
from . import trail
from .sign_in import Challenge, WrongCredentials

PURPOSE = "own account"


@dataclass(frozen=True, slots=True)
class Proof:
    """Who said the password just now, and the provider's token for changing their own account."""

    who: Staff
    token: str


@dataclass(frozen=True, slots=True)
class Passkey:
    key_id: str
    name: str  # as the device called itself, or ""
    added_at: datetime


class Passkeys(Protocol):
    """The identity provider, for one's own keys. All raise `WrongCredentials` (the proof is over), `SignInUnavailable`."""

    def prove(self, username: str, password: str) -> Proof | Challenge: ...

    def prove_more(self, challenge: Challenge, answer: str) -> Proof | Challenge: ...

    def listed(self, token: str) -> list[Passkey]: ...

    def options(self, token: str) -> str:
        """The options of WebAuthn's `create`, as JSON."""
        ...

    def add(self, token: str, credential: str) -> None:
        """`credential`: what the browser made of the options, as JSON."""
        ...

    def remove(self, token: str, key_id: str) -> None: ...


def own(proof: Proof | Challenge, who: Staff) -> Proof | Challenge:
    """The proof, if it is of the person who is signed in. Raises `WrongCredentials`."""
    if isinstance(proof, Proof) and proof.who.staff_id != who.staff_id:
        raise WrongCredentials()
    return proof


def add(world: World, keys: Passkeys, who: Staff, token: str, credential: str) -> None:
    """Keep a new key. That it was begun is written before the provider is told: an entry more is better than one less.

    Raises as `Passkeys`, and `StoreError` before anything was done.
    """
    _written(world, who, "passkey_add")
    keys.add(token, credential)


def remove(world: World, keys: Passkeys, who: Staff, token: str, key_id: str) -> None:
    """Take a key away. Raises as `add`."""
    _written(world, who, "passkey_remove")
    keys.remove(token, key_id)


def _written(world: World, who: Staff, action: str) -> None:
    world.store.commit(trail.entry(world, who, who.staff_id, action, PURPOSE, world.clock()))
