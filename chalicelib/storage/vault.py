"""Seals and opens content with the AWS Encryption SDK under a KMS key (docs/decisions/sealing.md).

The SDK without MPL does not compare the context it is given with the one in the header; `_ExactContext` does, before
KMS is asked, so that nobody's name is put beside a patient they did not ask for. The plaintext begins with its row's
id: a ciphertext moved to another row of the same patient does not open either.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from threading import Lock
from typing import TYPE_CHECKING, Any

from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
from aws_encryption_sdk.caches.local import LocalCryptoMaterialsCache
from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError, CacheKeyError
from aws_encryption_sdk.identifiers import Algorithm
from aws_encryption_sdk.key_providers.kms import KMSMasterKey, KMSMasterKeyConfig
from aws_encryption_sdk.materials_managers.base import CryptoMaterialsManager
from aws_encryption_sdk.materials_managers.caching import CachingCryptoMaterialsManager
from aws_encryption_sdk.materials_managers.default import DefaultCryptoMaterialsManager

from ..errors import KeyRefused, KeyUnavailable, OpenFailed, SealFailed

if TYPE_CHECKING:
    from ..ports import SealContext

SUITE = Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY  # no signature: 0.1 ms a text against 0.5
MAX_AGE = 300.0  # seconds a data key is used
MAX_MESSAGES = 1000  # texts sealed under one data key
CAPACITY = 2000  # data keys kept
JOB = "job:"
SIZE = 2  # bytes that say how long the row's id is

# It logs each refusal with a traceback of its own; ours says which row, and nothing else belongs in a log (N5).
logging.getLogger("aws_encryption_sdk").setLevel(logging.CRITICAL)


class KmsVault:
    """`ports.Vault`. `client`: a KMS client of the identity that seals and opens. Safe to share between threads."""

    def __init__(self, client: Any, key_arn: str, max_age: float = MAX_AGE, tokens: tuple[str, ...] = ()) -> None:
        """`tokens`: of grants so new that KMS may not know them everywhere yet."""
        self._sdk = EncryptionSDKClient(
            commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT, max_encrypted_data_keys=1
        )
        self._client, self._key_arn, self._max_age, self._tokens = client, key_arn, max_age, tokens
        self._key = KMSMasterKey(config=KMSMasterKeyConfig(key_id=key_arn, client=client, grant_tokens=tokens))
        self._sealing, self._opening = self._cached(), self._cached()

    def seal(self, context: SealContext, row_id: str, text: str) -> bytes:
        """Raises `SealFailed`."""
        what, content = f"{context.kind} of row {row_id}", _envelope(row_id, text)
        try:
            return self._seal(context, what, content)
        except CacheKeyError:  # another thread took the same stale data key out of the cache a moment before us
            return self._seal(context, what, content)

    def open(self, context: SealContext, row_id: str, sealed: bytes, reader: str) -> str:
        """Raises `OpenFailed`, of which `KeyRefused` is AWS's no to a person's own key; for such a key also `KeyUnavailable`.
        A job's data keys are kept for some minutes, a person's for this call only."""
        return self._open(self._opening if reader.startswith(JOB) else self._uncached(), context, row_id, sealed)

    def one_request(self) -> KmsVault:
        """A vault whose data keys, a person's too, are kept as long as the vault itself: one request, then dropped."""
        return _OneRequest(self._client, self._key_arn, self._max_age, self._tokens)

    def _seal(self, context: SealContext, what: str, content: bytes) -> bytes:
        wanted = _context(context)
        try:
            sealed, _ = self._sdk.encrypt(
                source=content, materials_manager=self._sealing, encryption_context=wanted, algorithm=SUITE
            )
        except CacheKeyError:
            raise
        except Exception as error:  # noqa: BLE001  whatever it was, nothing is sealed
            raise SealFailed(f"{what}: {type(error).__name__}") from None
        return bytes(sealed)

    def _open(self, materials: CryptoMaterialsManager, context: SealContext, row_id: str, sealed: bytes) -> str:
        what = f"{context.kind} of row {row_id}"
        exact = _ExactContext(materials, _context(context))
        try:
            content, header = self._sdk.decrypt(source=sealed, materials_manager=exact)
        except KeyRefused:
            raise KeyRefused(what) from None
        except KeyUnavailable:
            raise KeyUnavailable(what) from None
        except Exception as error:  # noqa: BLE001  the SDK lets its parser's and cryptography's own errors through
            raise OpenFailed(f"{what}: {type(error).__name__}") from None
        if header.algorithm is not SUITE:
            raise OpenFailed(f"{what}: not sealed by us")
        return _text_of(row_id, content, what)

    def _cached(self) -> CryptoMaterialsManager:
        return CachingCryptoMaterialsManager(
            master_key_provider=self._key,
            cache=LocalCryptoMaterialsCache(capacity=CAPACITY),
            max_age=self._max_age,
            max_messages_encrypted=MAX_MESSAGES,
        )

    def _uncached(self) -> CryptoMaterialsManager:
        return DefaultCryptoMaterialsManager(self._key)


class _OneRequest(KmsVault):
    """The same, keeping a person's data keys too. It must not outlive a request."""

    def __init__(self, client: Any, key_arn: str, max_age: float, tokens: tuple[str, ...]) -> None:
        super().__init__(client, key_arn, max_age, tokens)
        self._asking_once = _OneAtATime(self._opening)

    def open(self, context: SealContext, row_id: str, sealed: bytes, reader: str) -> str:
        return self._open(self._asking_once, context, row_id, sealed)

    def one_request(self) -> KmsVault:
        """This one: it is of this request."""
        return self


class _OneAtATime(CryptoMaterialsManager):
    """Texts opened side by side under one data key ask KMS once: the others wait, and find it in the cache."""

    def __init__(self, inner: CryptoMaterialsManager) -> None:
        self._inner = inner
        self._asking: defaultdict[Any, Any] = defaultdict(Lock)
        self._silent: set[Any] = set()  # whose service did not answer: the others do not wait for it in turn
        self._counting = Lock()

    def get_encryption_materials(self, request: Any) -> Any:
        raise NotImplementedError

    def decrypt_materials(self, request: Any) -> Any:
        key = frozenset(each.encrypted_data_key for each in request.encrypted_data_keys)
        with self._counting:
            asking = self._asking[key]
        with asking:
            if key in self._silent:
                raise KeyUnavailable("not asked again")
            try:
                return self._inner.decrypt_materials(request)
            except KeyUnavailable:
                self._silent.add(key)
                raise


class _ExactContext(CryptoMaterialsManager):
    """Hands out a data key only for exactly the context that was asked for."""

    def __init__(self, inner: CryptoMaterialsManager, wanted: dict[str, str]) -> None:
        self._inner, self._wanted = inner, wanted

    def get_encryption_materials(self, request: Any) -> Any:
        raise NotImplementedError

    def decrypt_materials(self, request: Any) -> Any:
        if request.encryption_context != self._wanted:
            raise ContextMismatch
        return self._inner.decrypt_materials(request)


class ContextMismatch(AWSEncryptionSDKClientError):
    """The header names another patient, program or kind."""


def _context(context: SealContext) -> dict[str, str]:
    return {"patient": context.patient, "program": context.program, "kind": context.kind}


def _envelope(row_id: str, text: str) -> bytes:
    # Half a surrogate pair cannot be UTF-8, yet a carrier's JSON may hold one: kept as it came.
    row, words = row_id.encode(), text.encode(errors="surrogatepass")
    return len(row).to_bytes(SIZE, "big") + row + words


def _text_of(row_id: str, content: bytes, what: str) -> str:
    row = row_id.encode()
    head = len(row).to_bytes(SIZE, "big") + row
    if not content.startswith(head):
        raise OpenFailed(f"{what}: it belongs to another row")
    return content[len(head) :].decode(errors="surrogatepass")
