"""`ports.Archive` on S3 with Object Lock, signed by an asymmetric KMS key (docs/decisions/trail.md).

Whoever has the public key can check a signature, without AWS and without the power to make one.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from ..errors import ArchiveUnavailable

T = TypeVar("T")
ALGORITHM = "ECDSA_SHA_256"
TAKEN = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}  # it is there, or being written at this moment
ABSENT = {"NoSuchKey", "404"}


class S3Archive:
    """`s3`, `kms`: clients of an identity that may put and read in `bucket` and sign with `key`; it needs no right to delete."""

    def __init__(self, s3: Any, kms: Any, bucket: str, key: str) -> None:
        self._s3, self._kms, self._bucket, self.key = s3, kms, bucket, key
        self._public = cache(self._fetch_public)

    def put(self, name: str, content: bytes) -> bool:
        asked = {"Bucket": self._bucket, "Key": name, "Body": content, "IfNoneMatch": "*", "ContentType": "application/json"}
        checked = {"ChecksumAlgorithm": "SHA256"}  # Object Lock wants one of its own
        return _tried(lambda: bool(self._s3.put_object(**asked, **checked)), TAKEN, otherwise=False)

    def get(self, name: str) -> bytes | None:
        read: Callable[[], bytes | None] = lambda: self._s3.get_object(Bucket=self._bucket, Key=name)["Body"].read()  # noqa: E731
        return _tried(read, ABSENT, otherwise=None)

    def names(self, prefix: str, after: str = "") -> list[str]:
        asked = {"Bucket": self._bucket, "Prefix": prefix, "StartAfter": after}
        page: dict[str, Any] = _tried(lambda: self._s3.list_objects_v2(**asked), set(), otherwise={})
        return [each["Key"] for each in page.get("Contents", [])]

    def sign(self, content: bytes) -> str:
        # The hash as a message: a digest can be longer than the 4096 bytes that KMS takes, and moto hashes whatever it is told
        asked = {"KeyId": self.key, "Message": _hash(content), "MessageType": "RAW", "SigningAlgorithm": ALGORITHM}
        answer: dict[str, Any] = _tried(lambda: self._kms.sign(**asked), set(), otherwise={})
        return base64.b64encode(answer["Signature"]).decode()

    def signed(self, content: bytes, signature: str, key: str) -> bool:
        """Only by the key that this deployment trusts: a digest that names another one is not ours."""
        return key == self.key and verified(self._public(), content, signature)

    def _fetch_public(self) -> bytes:
        answer: dict[str, Any] = _tried(lambda: self._kms.get_public_key(KeyId=self.key), set(), otherwise={})
        return bytes(answer["PublicKey"])


def verified(public: bytes, content: bytes, signature: str) -> bool:
    """`public`: DER, as KMS gives it."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    key = load_der_public_key(public)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(base64.b64decode(signature, validate=True), _hash(content), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _tried(work: Callable[[], T], expected: set[str], otherwise: T) -> T:
    try:
        return work()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in expected:
            return otherwise
        raise ArchiveUnavailable(code) from None
    except BotoCoreError as error:
        raise ArchiveUnavailable(type(error).__name__) from None
