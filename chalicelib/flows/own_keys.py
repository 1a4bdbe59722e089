"""A signed-in person reads with a key of their own: IAM, not only our code, refuses who is of another program (DESIGN §3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Protocol, TypeVar

from ..core.own_keys import LASTS, SPARE, LentKey
from ..core.passes import OwnKey, Pass
from ..core.records import Session, Update
from ..errors import KeyRefused, KeyUnavailable, PassOver, Rejected
from ..ports import SealContext, Vault, World
from .sign_in import SignIn, SignInUnavailable, WrongCredentials

JOB = "job:"
T = TypeVar("T")


class Keys(Protocol):
    """Where keys of people come from."""

    def hide(self, token: str, held: Pass) -> bytes:
        """For the session's row; only who holds the cookie's token can `show` it."""

    def show(self, token: str, hidden: bytes) -> Pass:
        """Raises `PassOver`."""

    def ask(self, id_token: str, staff_id: str, now: datetime) -> OwnKey:
        """A key for fifteen minutes. Raises `KeyRefused`, `KeyUnavailable`."""

    def vault(self, key: OwnKey, tokens: tuple[str, ...] = ()) -> Vault:
        """What that key opens; its `open` raises `KeyRefused` where AWS says no, `KeyUnavailable` where it says nothing."""


class OwnVault:
    """`ports.Vault` of one person for one request: the function's role seals, their own key opens. The key is asked for at the
    first opening: a page without content needs none. `make`: their vault. `lent`: tokens of what was lent them of one subject.
    `away`: not empty once a key service was silent: it is waited for once a request, not once for each text."""

    def __init__(
        self, of: Vault, make: Callable[[tuple[str, ...]], Vault], lent: Callable[[str], tuple[str, ...]],
        away: list[bool] | None = None,
    ):  # fmt: skip
        self._of, self._make, self._lent = of, make, lent
        self._away = [] if away is None else away
        self._mine: dict[tuple[str, ...], Vault] = {}
        self._lock = Lock()

    def seal(self, context: SealContext, row_id: str, text: str) -> bytes:
        return self._of.seal(context, row_id, text)

    def open(self, context: SealContext, row_id: str, sealed: bytes, reader: str) -> str:
        if reader.startswith(JOB):
            return self._of.open(context, row_id, sealed, reader)
        return self._asked(lambda: self._opened(context, row_id, sealed, reader))

    def _opened(self, context: SealContext, row_id: str, sealed: bytes, reader: str) -> str:
        try:
            return self._own().open(context, row_id, sealed, reader)
        except KeyRefused:
            tokens = self._lent(context.patient)  # KMS may not know a grant everywhere for some minutes
            if not tokens:
                raise
            return self._own(tokens).open(context, row_id, sealed, reader)

    def one_request(self) -> OwnVault:
        return OwnVault(self._of.one_request(), lambda tokens: self._own(tokens).one_request(), self._lent, self._away)

    def _own(self, tokens: tuple[str, ...] = ()) -> Vault:
        """Made once, however many texts are opened side by side."""
        with self._lock:
            if tokens not in self._mine:
                self._mine[tokens] = self._asked(lambda: self._make(tokens))
            return self._mine[tokens]

    def _asked(self, ask: Callable[[], T]) -> T:
        if self._away:
            raise KeyUnavailable("not asked again")
        try:
            return ask()
        except KeyUnavailable:
            self._away.append(True)
            raise


def with_own_key(world: World, keys: Keys, sign_in: SignIn, token: str, session: Session) -> World:
    """The world in which this person opens with their own key."""
    held: list[OwnKey] = []
    asking = Lock()

    def make(tokens: tuple[str, ...]) -> Vault:
        with asking:
            if not held:
                held.append(key_of(world, keys, sign_in, token, session))
        return keys.vault(held[0], tokens)

    def lent(subject: str) -> tuple[str, ...]:
        row = world.store.get(LentKey, session.staff_id, subject)
        return (row.token,) if row is not None and row.token and row.open_at(world.clock()) else ()

    return replace(world, vault=OwnVault(world.vault, make, lent))


def key_of(world: World, keys: Keys, sign_in: SignIn, token: str, session: Session) -> OwnKey:
    """The session's key while it lasts; then a new one, kept for the next requests. Raises `KeyRefused`, `KeyUnavailable`."""
    held, now = keys.show(token, session.sealed_pass), world.clock()
    if held.key is not None and now < held.key.until - SPARE:
        return held.key
    try:
        fresh = _renewed(keys, sign_in, held, session, now)
    except KeyUnavailable:
        if held.key is not None and now < held.key.until:  # the last minutes of a key that is theirs
            return held.key
        raise
    hidden = keys.hide(token, fresh)
    try:
        world.store.commit(Update(Session, (session.token_hash,), set={"sealed_pass": hidden}))
    except Rejected:  # signed out, or the door was closed, at this moment
        raise PassOver(session.staff_id) from None
    assert fresh.key is not None
    return fresh.key


def _renewed(keys: Keys, sign_in: SignIn, held: Pass, session: Session, now: datetime) -> Pass:
    """The ID token of the sign-in serves once, and while it lasts: who read nothing for a quarter of an hour holds one that is
    over. Afterwards the provider says again who it is, and what they may see by now."""
    if held.id_token and now - session.started_at < LASTS - SPARE:
        return Pass("", held.renews, keys.ask(held.id_token, session.staff_id, now))
    try:
        id_token = sign_in.renew(held.renews)
    except WrongCredentials:
        raise PassOver(session.staff_id) from None
    except SignInUnavailable:
        raise KeyUnavailable(session.staff_id) from None
    return Pass("", held.renews, keys.ask(id_token, session.staff_id, now))
