"""A person of the clinic signs in, stays signed in, and leaves. The cookie's token is kept nowhere, only its hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from ..core.records import Delete, Put, Session, Update
from ..core.staff import Staff
from ..errors import PorchlightError, Rejected
from ..ports import World
from . import trail

IDLE = timedelta(minutes=30)  # 164.312(a)(2)(iii): automatic logoff, kept by the server
ABSOLUTE = timedelta(hours=12)
TOUCH = timedelta(minutes=1)  # how often a busy session writes that it is alive


class WrongCredentials(PorchlightError):
    """The user name, password or code is not right. Which of them is not said."""


class SignInUnavailable(PorchlightError):
    """The identity provider did not answer, or answered what we cannot trust."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the provider wants before it lets somebody in. `kind`: new_password or code. `state` is opaque."""

    kind: str
    username: str
    state: str


class SignIn(Protocol):
    """The identity provider. Both raise `WrongCredentials`, `SignInUnavailable`."""

    def begin(self, username: str, password: str) -> Staff | Challenge: ...

    def answer(self, challenge: Challenge, answer: str) -> Staff | Challenge: ...


def start(world: World, who: Staff) -> tuple[str, Session]:
    """A new session and its token (256 bits, for the cookie alone). Raises `StoreError`."""
    now, token = world.clock(), secrets.token_urlsafe(32)
    session = Session(
        token_hash=_hash(token),
        staff_id=who.staff_id,
        role=who.role,
        programs=who.programs,
        csrf=secrets.token_urlsafe(24),
        started_at=now,
        last_seen_at=now,
        expires_at=now + ABSOLUTE,
    )
    world.store.commit(Put(session), trail.entry(world, who, who.staff_id, "sign_in", "work", now))
    return token, session


def resume(world: World, token: str, active: bool = True) -> Session | None:
    """The session of a token, or None when it is unknown, idle or too old.

    `active` is False for what a page asks by itself: that keeps nobody signed in.
    """
    session = world.store.get(Session, _hash(token)) if token else None
    now = world.clock()
    if session is None or _over(session, now):
        return None
    if not active or now - session.last_seen_at < TOUCH:
        return session
    try:
        world.store.commit(Update(Session, (session.token_hash,), set={"last_seen_at": now}))
    except Rejected:  # signed out in another window at this moment
        return None
    return replace(session, last_seen_at=now)


def end(world: World, token: str) -> None:
    """Sign out: the row goes. Raises `StoreError`."""
    session = world.store.get(Session, _hash(token)) if token else None
    if session is None:
        return
    who = person(session)
    world.store.commit(
        Delete(Session, (session.token_hash,)), trail.entry(world, who, who.staff_id, "sign_out", "work", world.clock())
    )


def person(session: Session) -> Staff:
    return Staff(session.staff_id, session.role, session.programs)


def _over(session: Session, now: datetime) -> bool:
    return now >= session.expires_at or now - session.last_seen_at >= IDLE


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
