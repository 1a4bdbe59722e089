"""The service's secret: the number key and the carriers' tokens. Read on first use and again now and then, so that
a rotated token is seen without a deployment.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..errors import SecretUnavailable

MAX_AGE = 300.0  # seconds
PATIENCE = 30.0  # seconds before a read that failed is tried again, while an older value is at hand


class Secrets:
    """`client`: a Secrets Manager client; `clock`: seconds that only grow."""

    def __init__(self, client: Any, secret_id: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._secret_id, self._clock = client, secret_id, clock
        self._lock = Lock()
        self._value: Mapping[str, Any] | None = None
        self._until = 0.0

    def read(self) -> Mapping[str, Any]:
        """The whole secret. Once read, an older value serves while Secrets Manager does not answer: the number key
        never changes, and tokens overlap in a rotation. Raises `SecretUnavailable`."""
        with self._lock:
            if self._value is None or self._clock() >= self._until:
                self._refresh()
            assert self._value is not None
            return self._value

    def number_key(self) -> bytes:
        """The key of `KeyedHasher`. Raises `SecretUnavailable`."""
        key = self.read().get("number_key")
        if not key:
            raise SecretUnavailable("number_key is not set")
        return str(key).encode()

    def _refresh(self) -> None:
        try:
            self._value, age = self._fetch(), MAX_AGE
        except SecretUnavailable:
            if self._value is None:
                raise
            age = PATIENCE
        self._until = self._clock() + age

    def _fetch(self) -> Mapping[str, Any]:
        try:
            found = json.loads(self._client.get_secret_value(SecretId=self._secret_id)["SecretString"])
        except (BotoCoreError, ClientError, KeyError, ValueError) as error:
            raise SecretUnavailable(type(error).__name__) from None
        if not isinstance(found, dict):
            raise SecretUnavailable("not a JSON object")
        return found
