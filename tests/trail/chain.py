"""A chain of CloudTrail's hourly digests as AWS documents them, signed with a key of ours, in an S3 of this machine.

Sources: "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file integrity validation" in CloudTrail's
guide: what is signed is the digest's end, its place, the hash of its content, and the signature of the one before it.
`ListPublicKeys`, which moto does not know, answers with our public key. Verified on 2026-11-28.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import boto3
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from moto.server import DomainDispatcherApplication, create_backend_app

from infra.local.wsgi import open_server
from tests.infra import account as a

TRAIL = "porchlight"
BUCKET = f"porchlight-cloudtrail-{a.ACCOUNT}"
ARN = f"arn:aws:cloudtrail:{a.REGION}:{a.ACCOUNT}:trail/{TRAIL}"
BEGAN = datetime(2026, 11, 24, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def a_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)


def fingerprint(key: rsa.RSAPrivateKey) -> str:
    return hashlib.md5(public(key), usedforsecurity=False).hexdigest()


@dataclass
class Account:
    """An AWS that answers at `url`, and whose CloudTrail signed with `known`."""

    url: str
    known: rsa.RSAPrivateKey
    s3: Any = None


class _PublicKeys:
    """moto, and in front of it the one operation that it does not know."""

    def __init__(self, key: rsa.RSAPrivateKey):
        self._key, self._moto = key, DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("HTTP_X_AMZ_TARGET", "").endswith(".ListPublicKeys"):
            return self._moto(environ, start)  # type: ignore[no-any-return]
        told = {
            "Value": base64.b64encode(public(self._key)).decode(), "Fingerprint": fingerprint(self._key),
            "ValidityStartTime": BEGAN.timestamp(), "ValidityEndTime": (BEGAN + 48 * HOUR).timestamp(),
        }  # fmt: skip
        start("200 OK", [("Content-Type", "application/x-amz-json-1.1")])
        return [json.dumps({"PublicKeyList": [told]}).encode()]


@contextmanager
def an_account() -> Iterator[Account]:
    """With the trail of `infra/trail.yaml` in it, and an empty bucket."""
    account = Account("", a_key())
    server = open_server(_PublicKeys(account.known))
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    account.url = f"http://127.0.0.1:{server.server_port}"
    account.s3 = boto3.client("s3", region_name=a.REGION, endpoint_url=account.url, **KEYS)
    account.s3.create_bucket(Bucket=BUCKET)
    trails = boto3.client("cloudtrail", region_name=a.REGION, endpoint_url=account.url, **KEYS)
    trails.create_trail(Name=TRAIL, S3BucketName=BUCKET, EnableLogFileValidation=True)
    try:
        yield account
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Chain:
    """Three hours of two files each, and a digest of each hour. `logs` and `digests`: their places, the oldest first."""

    account: Account
    key: rsa.RSAPrivateKey
    logs: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)

    def put(self, key: str, content: bytes, **metadata: str) -> None:
        self.account.s3.put_object(Bucket=BUCKET, Key=key, Body=gzip.compress(content), Metadata=metadata)

    def get(self, key: str) -> tuple[bytes, dict[str, str]]:
        found = self.account.s3.get_object(Bucket=BUCKET, Key=key)
        return gzip.decompress(found["Body"].read()), found["Metadata"]

    def forget(self, key: str) -> None:
        self.account.s3.delete_object(Bucket=BUCKET, Key=key)


def a_chain(account: Account, key: rsa.RSAPrivateKey | None = None) -> Chain:
    """What CloudTrail would have put there; signed with another key than the account's where one is given."""
    chain, before = Chain(account, key or account.known), dict[str, Any]()
    for hour in range(3):
        before = _an_hour(chain, BEGAN + hour * HOUR, before)
    return chain


def _an_hour(chain: Chain, since: datetime, before: dict[str, Any]) -> dict[str, Any]:
    files = [_a_log(chain, since + timedelta(minutes=5 + 20 * number), number) for number in range(2)]
    end, place = since + HOUR, _place("CloudTrail-Digest", since + HOUR, f"{TRAIL}_{a.REGION}_{since + HOUR:%Y%m%dT%H%M%SZ}")
    digest = {
        "awsAccountId": a.ACCOUNT, "digestStartTime": _at(since), "digestEndTime": _at(end), "digestS3Bucket": BUCKET, "digestS3Object": place,
        "digestPublicKeyFingerprint": fingerprint(chain.account.known), "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": _at(end), "oldestEventTime": _at(since),
        "previousDigestS3Bucket": before.get("bucket"), "previousDigestS3Object": before.get("place"),
        "previousDigestHashValue": before.get("hash"), "previousDigestHashAlgorithm": "SHA-256" if before else None,
        "previousDigestSignature": before.get("signature"), "logFiles": files,
    }  # fmt: skip
    return put_digest(chain, digest)


def put_digest(chain: Chain, digest: dict[str, Any]) -> dict[str, Any]:
    """Signed with the chain's key and laid down."""
    content, place = json.dumps(digest).encode(), digest["digestS3Object"]
    hashed = hashlib.sha256(content).hexdigest()
    signed = f"{digest['digestEndTime']}\n{BUCKET}/{place}\n{hashed}\n{digest['previousDigestSignature'] or 'null'}"
    signature = chain.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()).hex()
    chain.put(place, content, **{"signature": signature, "signature-algorithm": "SHA256withRSA"})
    chain.digests = sorted({*chain.digests, place})
    return {"bucket": BUCKET, "place": place, "hash": hashed, "signature": signature}


def _a_log(chain: Chain, at: datetime, number: int) -> dict[str, Any]:
    records = [a.opened(f"{at:%Y-%m-%dT%H:%M}", who, "alice") for who in ("carol", "porchlight-tick")]
    content = json.dumps({"Records": records}).encode()
    place = _place("CloudTrail", at, f"{at:%Y%m%dT%H%MZ}_Abcdefghijklmno{number}")
    chain.put(place, content)
    chain.logs.append(place)
    return {
        "s3Bucket": BUCKET, "s3Object": place, "hashValue": hashlib.sha256(content).hexdigest(), "hashAlgorithm": "SHA-256",
        "newestEventTime": _at(at), "oldestEventTime": _at(at),
    }  # fmt: skip


def _place(kind: str, at: datetime, name: str) -> str:
    return f"AWSLogs/{a.ACCOUNT}/{kind}/{a.REGION}/{at:%Y/%m/%d}/{a.ACCOUNT}_{kind}_{a.REGION}_{name}.json.gz"


def _at(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
