"""A person of the clinic signs in, stays signed in, and leaves. The cookie's token is kept nowhere, only its hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from ..core.passes import Pass
from ..core.records import ABSENT, Access, Change, Delete, Put, Session, Update
from ..core.settings import OpenSession
from ..core.staff import Staff
from ..errors import Conflict, PorchlightError, Rejected
from ..ports import World
from . import trail

IDLE = timedelta(minutes=30)  # 164.312(a)(2)(iii): automatic logoff, kept by the server
ABSOLUTE = timedelta(hours=12)
TOUCH = timedelta(minutes=1)  # how often a busy session writes that it is alive
MOST = 20  # sessions of one person; the oldest ends when one more begins
ATTEMPTS = 5
STALE = timedelta(minutes=1)  # the provider may have said who it is just before an administrator changed it


class WrongCredentials(PorchlightError):
    """The user name, password or code is not right. Which of them is not said."""


class NoPasskey(WrongCredentials):
    """Nobody of that name has a passkey here."""


class SignInUnavailable(PorchlightError):
    """The identity provider did not answer, or answered what we cannot trust."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the provider wants before it lets somebody in; `state` is opaque.

    `kind`: new_password; code (of the authenticator app); set_up (that app, from the key in `asks`); passkey (`asks`: the
    options of WebAuthn's request, as JSON).
    """

    kind: str
    username: str
    state: str
    asks: str = ""


NO_PASS = Pass()


@dataclass(frozen=True, slots=True)
class Entered:
    """Who it is, and what gets them a key of their own (`flows.own_keys`)."""

    who: Staff
    held: Pass = NO_PASS


class SignIn(Protocol):
    """The identity provider. All raise `WrongCredentials`, `SignInUnavailable`."""

    def begin(self, username: str, password: str) -> Entered | Challenge: ...

    def begin_with_passkey(self, username: str) -> Challenge:
        """Raises `NoPasskey` besides."""
        ...

    def answer(self, challenge: Challenge, answer: str) -> Entered | Challenge: ...

    def renew(self, renews: str) -> str:
        """A fresh ID token, of `Pass.renews`; refused once the account is closed or signed out everywhere."""


def start(world: World, who: Staff, hide: Callable[[str], bytes] = lambda _: b"") -> tuple[str, Session]:
    """A new session and its token (256 bits, for the cookie alone), noted at the person's door in the same transaction,
    so that closing the door finds it. `hide`: seals the pass under the token. Raises `WrongCredentials` for a closed
    account, `StoreError`.
    """
    token = secrets.token_urlsafe(32)
    for _ in range(ATTEMPTS):
        access, now = world.store.get(Access, who.staff_id) or Access(who.staff_id), world.clock()
        if access.closed:
            raise WrongCredentials()
        session = replace(_session(_decided(access, who, now), token, now), sealed_pass=hide(token))
        entry = trail.entry(world, who, who.staff_id, "sign_in", "work", now)
        try:
            world.store.commit(Put(session), entry, *_noted(access, session, now))
        except Rejected:  # the door changed at this moment
            continue
        return token, session
    raise Conflict(who.staff_id)


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


def end(world: World, token: str, where: str = "") -> None:
    """Sign out: the row goes. Raises `StoreError`."""
    session = world.store.get(Session, _hash(token)) if token else None
    if session is None:
        return
    who = replace(person(session), where=where)
    world.store.commit(
        Delete(Session, (session.token_hash,)), trail.entry(world, who, who.staff_id, "sign_out", "work", world.clock())
    )


def _session(who: Staff, token: str, now: datetime) -> Session:
    return Session(
        token_hash=_hash(token),
        staff_id=who.staff_id,
        role=who.role,
        programs=who.programs,
        csrf=secrets.token_urlsafe(24),
        started_at=now,
        last_seen_at=now,
        expires_at=now + ABSOLUTE,
    )


def _decided(access: Access, who: Staff, now: datetime) -> Staff:
    """The administrator's word, until the provider surely knows it too."""
    fresh = access.pending or (access.changed_at is not None and now - access.changed_at < STALE)
    return Staff(who.staff_id, access.role, access.programs) if access.role and fresh else who


def _noted(access: Access, session: Session, now: datetime) -> list[Change]:
    live = [each for each in access.sessions if each.expires_at > now]
    kept, over = live[-(MOST - 1) :], live[: -(MOST - 1)]
    noted = Update(
        Access,
        (access.staff_id,),
        set={"sessions": (*kept, OpenSession(session.token_hash, session.expires_at))},
        expect={"version": access.version or ABSENT, "sessions": access.sessions or ABSENT},
        create=True,
    )
    return [noted, *(Delete(Session, (each.token_hash,)) for each in over)]


def person(session: Session) -> Staff:
    return Staff(session.staff_id, session.role, session.programs)


def _over(session: Session, now: datetime) -> bool:
    return now >= session.expires_at or now - session.last_seen_at >= IDLE


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
