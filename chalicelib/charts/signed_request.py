"""Requests of the clinic's own schedule, signed as RFC 9421 says, with HMAC-SHA256 over method, address and RFC 9530's digest of
the body. A request is good for five minutes; the address is the configured one, never the request's host (WH-2).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from http_message_signatures import HTTPMessageSignaturesException, HTTPMessageVerifier, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import HMAC_SHA256

from ..core.staff import Staff
from ..errors import BadSignature

if TYPE_CHECKING:
    from ..ports import WebhookRequest

WINDOW = timedelta(minutes=5)  # either way: clocks differ
COVERED = ("@method", "@target-uri")  # and "content-digest" where there is a body
SHORTEST_KEY = 32  # bytes
KEY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")  # it stands in the trail in clear
ROLE = "schedule"
Keys = Callable[[], Mapping[str, Mapping[str, Any]]]


class SignedRequests:
    """`ports.SignedRequests`. `public_url`: as configured, no slash at its end; `keys`: `Secrets.schedule_keys`."""

    def __init__(self, public_url: str, keys: Keys) -> None:
        self._public_url, self._keys = public_url, keys

    def signer(self, request: WebhookRequest, method: str, now: datetime) -> Staff:
        """Who signed, with the programs of that key. Raises `BadSignature` and nothing of why, `SecretUnavailable`."""
        keys = self._keys()
        query = f"?{request.query}" if request.query else ""
        message = SimpleNamespace(method=method, url=f"{self._public_url}{request.path}{query}", headers=dict(request.headers))
        try:
            [found] = _Verifier(keys, now).verify(message, max_age=WINDOW, require_components=COVERED, body=request.body)
            key_id = str(found.parameters["keyid"])
            return Staff(f"job:{ROLE}.{key_id}", ROLE, tuple(map(str, keys[key_id]["programs"])))
        except (HTTPMessageSignaturesException, ValueError, KeyError, TypeError, AttributeError):  # whatever a stranger sends
            raise BadSignature from None


class _Verifier(HTTPMessageVerifier):
    """The library's, with a clock that is an argument."""

    def __init__(self, keys: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
        super().__init__(signature_algorithm=HMAC_SHA256, key_resolver=_Keys(keys))
        self._now = now

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        said = sig_input.params
        created = self._parse_integer_timestamp(said.get("created"), field_name="created")
        if abs(self._now - created) > WINDOW:
            raise BadSignature
        if "expires" in said and self._parse_integer_timestamp(said["expires"], field_name="expires") < self._now:
            raise BadSignature


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, keys: Mapping[str, Mapping[str, Any]]) -> None:
        self._keys = keys

    def resolve_public_key(self, key_id: str) -> bytes | None:
        """None for one that nobody put in, and for one that is too short to be a key."""
        if not KEY_ID.fullmatch(key_id) or key_id not in self._keys:
            return None
        try:
            key = base64.b64decode(str(self._keys[key_id].get("key", "")), validate=True)
        except binascii.Error:
            return None
        return key if len(key) >= SHORTEST_KEY else None
