"""The service's secret: the number key and the carriers' tokens. Read on first use and again now and then, so that
a rotated token is seen without a deployment.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Lock, Thread
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..errors import SecretUnavailable

MAX_AGE = 240.0  # seconds until it is read again
OLD = 300.0  # seconds after which the new one is waited for: a function that was frozen may have slept through a rotation …
WAITS = 0.5  # … so long
PATIENCE = 30.0  # seconds before a read that failed is tried again, while an older value is at hand


Join = Callable[[float], object]  # waits so many seconds for the end of what was begun


def _nobody(seconds: float) -> None:
    """There is nothing to wait for."""


def _thread(work: Callable[[], None]) -> Join:
    thread = Thread(target=work, daemon=True)
    thread.start()
    return thread.join


class Secrets:
    """`client`: a Secrets Manager client; `aside`: does work without waiting for it. `clock`: seconds; the wall's, since one that
    only grows stands still with a frozen function."""

    def __init__(
        self,
        client: Any,
        secret_id: str,
        clock: Callable[[], float] = time.time,
        aside: Callable[[Callable[[], None]], Join] = _thread,
    ) -> None:
        self._client, self._secret_id, self._clock, self._aside = client, secret_id, clock, aside
        self._lock = Lock()
        self._value: Mapping[str, Any] | None = None
        self._asked = self._until = self._fetched = 0.0
        self._join: Join = _nobody

    def read(self) -> Mapping[str, Any]:
        """The whole secret. Once read, no text waits for it again longer than a moment: an old value serves while a new one is
        fetched aside. The number key never changes, and tokens overlap in a rotation. Raises `SecretUnavailable`."""
        if self._value is None:
            self._first()
        elif not self._asked <= self._clock() < self._until and self._lock.acquire(blocking=False):
            self._rests(PATIENCE)
            self._join = self._aside(self._again)
        if not 0 <= self._clock() - self._fetched < OLD:
            join, self._join = self._join, _nobody  # once for one answer: a text asks for the key five times
            join(WAITS)
        assert self._value is not None
        return self._value

    def number_key(self) -> bytes:
        """The key of `KeyedHasher`. Raises `SecretUnavailable`."""
        key = self.read().get("number_key")
        if not key:
            raise SecretUnavailable("number_key is not set")
        return str(key).encode()

    def twilio_tokens(self) -> Sequence[str]:
        """What a webhook may be signed with: one, two during a rotation, none before anybody put one in."""
        return (self.read().get("twilio") or {}).get("auth_tokens") or ()

    def schedule_keys(self) -> Mapping[str, Mapping[str, Any]]:
        """By id, what the clinic's schedule may sign with: {"key" in base64, "programs"}; two of them during a rotation, none
        before anybody put one in. Raises `SecretUnavailable`."""
        return (self.read().get("schedule") or {}).get("keys") or {}

    def twilio_account(self) -> tuple[str, str]:
        """Account sid and token. Raises `SecretUnavailable`, also before anybody put them in: a new deployment has none."""
        sid, tokens = (self.read().get("twilio") or {}).get("account_sid"), self.twilio_tokens()
        if not (sid and tokens):
            raise SecretUnavailable("no carrier account in the secret")
        return str(sid), tokens[0]

    def _first(self) -> None:
        with self._lock:
            if self._value is None:
                self._rests(MAX_AGE)
                self._keep(self._fetch())

    def _again(self) -> None:
        """The lock is held: one at a time."""
        try:
            self._keep(self._fetch())
        except SecretUnavailable:
            self._rests(PATIENCE)
        finally:
            self._lock.release()

    def _keep(self, value: Mapping[str, Any]) -> None:
        """It is as old as the question: a function may have slept in between."""
        self._value, self._fetched, self._until = value, self._asked, self._asked + MAX_AGE

    def _rests(self, seconds: float) -> None:
        self._asked = self._clock()
        self._until = self._asked + seconds

    def _fetch(self) -> Mapping[str, Any]:
        try:
            found = json.loads(self._client.get_secret_value(SecretId=self._secret_id)["SecretString"])
        except (BotoCoreError, ClientError, KeyError, ValueError) as error:
            raise SecretUnavailable(type(error).__name__) from None
        if not isinstance(found, dict):
            raise SecretUnavailable("not a JSON object")
        return found
