"""A person's own key: their ID token for fifteen minutes of credentials that open what their programs may (DESIGN §3).

What renews it lies in the session's row, sealed under a key made of the cookie's token: the row alone gives nobody anything, and
neither does this function's role. Credentials reach KMS only (docs/decisions/own-keys.md).
"""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from threading import Lock
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..core.own_keys import LASTS
from ..core.passes import OwnKey, Pass
from ..core.sealed_json import of_map
from ..errors import KeyRefused, KeyUnavailable, PassOver
from .clients import client
from .vault import KmsVault

NONCE = 12
CLIENTS = 60  # of people at work in this process, each with a connection that stays open
REFUSED = frozenset({"AccessDenied", "ExpiredTokenException", "InvalidIdentityToken", "IDPRejectedClaim"})
NOT_THEIRS = frozenset({"AccessDeniedException", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId"})

BUSY = frozenset({"ThrottlingException", "DependencyTimeoutException", "KeyUnavailableException"})


class StsKeys:
    """`flows.own_keys.Keys`. `role`: the ARN of the role that staff assume. `met`: told of each new KMS client."""

    def __init__(
        self, role: str, content_key: str, region: str, endpoint: str = "", met: Callable[[Any], None] = lambda _: None
    ) -> None:
        self._role, self._content_key, self._region, self._endpoint, self._met = role, content_key, region, endpoint, met
        self._sts: Any = None
        self._clients: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    def hide(self, token: str, held: Pass) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        key = {**asdict(held.key), "until": held.key.until.isoformat()} if held.key else None
        said = json.dumps({"id_token": held.id_token, "renews": held.renews, "key": key})
        return nonce + AESGCM(_key_of(token)).encrypt(nonce, said.encode(), None)

    def show(self, token: str, hidden: bytes) -> Pass:
        try:
            said = json.loads(AESGCM(_key_of(token)).decrypt(hidden[:NONCE], hidden[NONCE:], None))
        except (InvalidTag, ValueError):
            raise PassOver("no pass") from None
        key = said["key"]
        own = OwnKey(**_known(key)) if key else None
        return Pass(said["id_token"], said["renews"], own)

    def ask(self, id_token: str, staff_id: str, now: datetime) -> OwnKey:
        """The trust policy refuses a session that is not named after the token's own person."""
        asked = {"RoleArn": self._role, "RoleSessionName": staff_id, "WebIdentityToken": id_token}
        try:
            given = self._door().assume_role_with_web_identity(**asked, DurationSeconds=int(LASTS.total_seconds()))["Credentials"]
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] in REFUSED:
                raise KeyRefused("sign-in") from None
            raise KeyUnavailable("sts") from None
        except BotoCoreError:
            raise KeyUnavailable("sts") from None
        return OwnKey(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], now + LASTS)

    def vault(self, key: OwnKey, tokens: tuple[str, ...] = ()) -> KmsVault:
        return KmsVault(self._kms(key), self._content_key, tokens=tokens)

    def _door(self) -> Any:
        with self._lock:
            if self._sts is None:  # the region's own: the global one would be one more place that can fail
                self._sts = client("sts", self._region, self._endpoint)
            return self._sts

    def _kms(self, key: OwnKey) -> Any:
        with self._lock:
            known = self._clients.pop(key.access, None) or self._made(key)
            self._clients[key.access] = known
            while len(self._clients) > CLIENTS:
                self._clients.popitem(last=False)
            return known

    def _made(self, key: OwnKey) -> Any:
        made = client("kms", self._region, self._endpoint, own=(key.access, key.secret, key.session))
        self._met(made)
        made.meta.events.register("after-call.kms.Decrypt", _refused)
        made.meta.events.register("after-call-error.kms.Decrypt", _silent)
        return made


def _refused(parsed: dict[str, Any], **_: Any) -> None:
    """The SDK would make every failure one: that AWS said no is worth a page of its own, and so is that it said nothing."""
    code = parsed.get("Error", {}).get("Code")
    if code in NOT_THEIRS:
        raise KeyRefused("kms")
    if code in BUSY or parsed.get("ResponseMetadata", {}).get("HTTPStatusCode", 200) >= 500:
        raise KeyUnavailable("kms")


def _silent(exception: Exception, **_: Any) -> None:
    if isinstance(exception, BotoCoreError):
        raise KeyUnavailable("kms") from None


def _known(key: dict[str, Any]) -> dict[str, Any]:
    """A key as this version knows it: the row may be a newer one's."""
    said, _ = of_map(OwnKey, key)
    return {**said, "until": datetime.fromisoformat(said["until"])}


def _key_of(token: str) -> bytes:
    """Of the cookie's 256 random bits; the row is found by another hash of them."""
    return HKDF(SHA256(), 32, salt=None, info=b"porchlight pass").derive(token.encode())
