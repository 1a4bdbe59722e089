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

MAX_AGE = 300.0  # seconds
PATIENCE = 30.0  # seconds before a read that failed is tried again, while an older value is at hand


def _thread(work: Callable[[], None]) -> None:
    Thread(target=work, daemon=True).start()


class Secrets:
    """`client`: a Secrets Manager client; `clock`: seconds that only grow; `aside`: does work without waiting for it."""

    def __init__(
        self,
        client: Any,
        secret_id: str,
        clock: Callable[[], float] = time.monotonic,
        aside: Callable[[Callable[[], None]], None] = _thread,
    ) -> None:
        self._client, self._secret_id, self._clock, self._aside = client, secret_id, clock, aside
        self._lock = Lock()
        self._value: Mapping[str, Any] | None = None
        self._until = 0.0

    def read(self) -> Mapping[str, Any]:
        """The whole secret. Once read, no text ever waits for it again: an old value serves while a new one is fetched
        aside. The number key never changes, and tokens overlap in a rotation. Raises `SecretUnavailable`."""
        if self._value is None:
            self._first()
        elif self._clock() >= self._until and self._lock.acquire(blocking=False):
            self._until = self._clock() + PATIENCE
            self._aside(self._again)
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
                self._value, self._until = self._fetch(), self._clock() + MAX_AGE

    def _again(self) -> None:
        """The lock is held: one at a time."""
        try:
            self._value, self._until = self._fetch(), self._clock() + MAX_AGE
        except SecretUnavailable:
            self._until = self._clock() + PATIENCE
        finally:
            self._lock.release()

    def _fetch(self) -> Mapping[str, Any]:
        try:
            found = json.loads(self._client.get_secret_value(SecretId=self._secret_id)["SecretString"])
        except (BotoCoreError, ClientError, KeyError, ValueError) as error:
            raise SecretUnavailable(type(error).__name__) from None
        if not isinstance(found, dict):
            raise SecretUnavailable("not a JSON object")
        return found
