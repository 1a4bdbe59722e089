"""The floor: the very same AWS calls, in the same order and with the same parameters, through plain boto3; and as much sealed
and opened with the AWS Encryption SDK under a data key at hand, since nothing less may stand in a row (N5, sealing.md).

What our code did on one set of tables is played again on a second set at once after it, set-up and all, so that every condition
holds as it did. The parameters are ready before the clock starts: no code of ours could do less.
"""

from __future__ import annotations

import time
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import boto3
import urllib3
from aws_encryption_sdk import (
    CachingCryptoMaterialsManager,
    CommitmentPolicy,
    EncryptionSDKClient,
    LocalCryptoMaterialsCache,
)
from aws_encryption_sdk.identifiers import Algorithm, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKeyProvider
from botocore import xform_name
from botocore.config import Config

from .town import REGION, Calls

TEXT = b"running late, sorry " * 4
CONTEXT = {"patient": "p" * 26, "program": "harbor", "kind": "inbound_text"}
AWS_NAMES = {"dynamodb": "dynamodb", "kms": "kms", "sns": "sns", "sqs": "sqs", "secretsmanager": "secretsmanager"}


class _OwnKey(RawMasterKeyProvider):
    """A key that asks nobody: the calls to KMS are played with the others."""

    provider_id = "floor"

    def _get_raw_key(self, key_id: bytes) -> WrappingKey:
        return WrappingKey(WrappingAlgorithm.AES_256_GCM_IV12_TAG16_NO_PADDING, bytes(32), EncryptionKeyType.SYMMETRIC)


class Seal:
    """The SDK as its own documentation uses it, with the suite that ours has."""

    def __init__(self) -> None:
        key = _OwnKey()
        key.add_master_key("floor")
        self._sdk = EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
        self._keys = CachingCryptoMaterialsManager(
            master_key_provider=key, cache=LocalCryptoMaterialsCache(10), max_age=300.0, max_messages_encrypted=10_000
        )

    def seal(self) -> bytes:
        sealed, _ = self._sdk.encrypt(
            source=TEXT, materials_manager=self._keys, encryption_context=CONTEXT, algorithm=Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
        )
        return bytes(sealed)

    def open(self, sealed: bytes) -> None:
        self._sdk.decrypt(source=sealed, materials_manager=self._keys)


@dataclass(frozen=True)
class Run:
    """What one run of a flow did. `timed` is False for setting the stage. `texts`: how many went to the carrier."""

    timed: bool
    calls: Calls
    seals: int = 0
    opens: int = 0
    texts: int = 0


class Floor:
    """`replace`: (old, new) table prefix."""

    def __init__(self, aws: str, carrier: str, replace: tuple[str, str]):
        config = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1})
        session = boto3.session.Session()
        self._clients = {
            name: session.client(name, region_name=REGION, endpoint_url=aws, config=config) for name in AWS_NAMES  # type: ignore[call-overload]
        }
        self._carrier, self._replace = carrier, replace
        self._seal = Seal()
        self.missed = 0

    def play(self, run: Run) -> float:
        """CPU seconds of it."""
        ready = [(self._method(service, operation), self._moved(params)) for service, operation, params in run.calls]
        sealed = self._seal.seal()
        started = time.process_time()
        for _ in range(run.seals):
            self._seal.seal()
        for _ in range(run.opens):
            self._seal.open(sealed)
        for call, params in ready:
            try:
                call(**params)
            except Exception:  # a condition that does not hold costs as much; too many would be seen in the table
                self.missed += 1
        for _ in range(run.texts):
            self._text()
        return time.process_time() - started

    def _method(self, service: str, operation: str) -> Any:
        return getattr(self._clients[service], xform_name(operation))

    def _moved(self, value: Any) -> Any:
        old, new = self._replace
        if isinstance(value, dict):
            return {name.replace(f"{old}-", f"{new}-"): self._moved(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._moved(item) for item in value]
        return value.replace(f"{old}-", f"{new}-") if isinstance(value, str) and value.startswith(f"{old}-") else deepcopy(value)

    def _text(self) -> None:
        with urllib3.PoolManager(timeout=urllib3.Timeout(1, 2), retries=False) as pool:
            headers = urllib3.make_headers(basic_auth="a:b") | {"Content-Type": "application/x-www-form-urlencoded"}
            pool.request("POST", f"{self._carrier}/2010-04-01/Accounts/A/Messages.json", body=b"To=1&From=2&Body=3", headers=headers).json()
