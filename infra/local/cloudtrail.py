"""The laptop's CloudTrail: what KMS was really asked to open here, in CloudTrail's own shape and places.

moto keeps no such log. Each Decrypt that the service's client sent is written down after its answer, with who asked for it:
the reader whom the vault was told, under the name that the design gives their session (a staff id, a function's name). Each
record says that it is a laptop's (`userAgent`, and the role `laptop`). What CloudTrail shows besides is not here.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from chalicelib.core.passes import OwnKey, Pass
from chalicelib.flows.own_keys import Keys
from chalicelib.ports import SealContext, Vault

ACCOUNT = "123456789012"
SAYS = "porchlight-laptop (not AWS: what this machine's emulator was asked)"
PAUSE = 2.0  # seconds between two files; AWS takes some minutes
# The function that each job's flow runs in.
FUNCTIONS = {
    "deliver": "deliver-queued", "page": "deliver-queued", "call": "deliver-queued", "second_look": "second-look",
    "replay_parked": "replay-parked",
}  # fmt: skip

_asking = threading.local()


@dataclass(frozen=True)
class NamedVault:
    """A vault that remembers, for the thread it opens in, who asked."""

    inner: Vault

    def seal(self, context: SealContext, row_id: str, text: str) -> bytes:
        return self.inner.seal(context, row_id, text)

    def open(self, context: SealContext, row_id: str, sealed: bytes, reader: str) -> str:
        with _asked_by(reader):
            return self.inner.open(context, row_id, sealed, reader)

    def one_request(self) -> NamedVault:
        return NamedVault(self.inner.one_request())


@dataclass(frozen=True)
class NamedKeys:
    """People's own keys, whose openings are remembered likewise. moto gives credentials to whoever asks and checks no policy."""

    inner: Keys

    def hide(self, token: str, held: Pass) -> bytes:
        return self.inner.hide(token, held)

    def show(self, token: str, hidden: bytes) -> Pass:
        return self.inner.show(token, hidden)

    def ask(self, id_token: str, staff_id: str, now: datetime) -> OwnKey:
        return self.inner.ask(id_token, staff_id, now)

    def vault(self, key: OwnKey, tokens: tuple[str, ...] = ()) -> Vault:
        return NamedVault(self.inner.vault(key, tokens))


@contextmanager
def _asked_by(reader: str) -> Iterator[None]:
    _asking.reader = reader
    try:
        yield
    finally:
        _asking.reader = ""


def session_of(reader: str) -> str:
    """"carol", or "porchlight-tick" for a job."""
    if not reader.startswith("job:"):
        return reader or "porchlight-console-door"
    return f"porchlight-{FUNCTIONS.get(reader.removeprefix('job:'), 'tick')}"


@dataclass
class LaptopTrail:
    """Listens on a KMS client; writes files to `bucket` until `stop`."""

    s3: Any
    bucket: str
    region: str
    now: Callable[[], datetime]
    _records: list[dict[str, Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def listen(self, kms: Any) -> None:
        events = kms.meta.events
        events.register("provide-client-params.kms.Decrypt", _remember)
        events.register("after-call.kms.Decrypt", self._after)

    def start(self) -> None:
        threading.Thread(target=self._run, name="cloudtrail", daemon=True).start()

    def stop(self) -> None:
        self._over.set()
        self.flush()

    def flush(self) -> None:
        """What was seen since the last file, in a file for each day."""
        with self._lock:
            records, self._records = self._records, []
        for day in sorted({record["eventTime"][:10] for record in records}):
            self._write(day, [record for record in records if record["eventTime"][:10] == day])

    def _run(self) -> None:
        while not self._over.wait(PAUSE):
            self.flush()

    def _after(self, parsed: dict[str, Any], **_: Any) -> None:
        record = record_of(_asking.params, parsed, getattr(_asking, "reader", ""), self.now(), self.region)
        with self._lock:
            self._records.append(record)

    def _write(self, day: str, records: list[dict[str, Any]]) -> None:
        stamp = f"{self.now():%Y%m%dT%H%MZ}"
        folder = f"AWSLogs/{ACCOUNT}/CloudTrail/{self.region}/{day.replace('-', '/')}"
        name = f"{folder}/{ACCOUNT}_CloudTrail_{self.region}_{stamp}_{uuid4().hex[:16]}.json.gz"
        body = gzip.compress(json.dumps({"Records": records}).encode())
        self.s3.put_object(Bucket=self.bucket, Key=name, Body=body)


def _remember(params: dict[str, Any], **_: Any) -> None:
    _asking.params = {name: params[name] for name in ("KeyId", "EncryptionContext") if name in params}


def record_of(asked: dict[str, Any], answer: dict[str, Any], reader: str, now: datetime, region: str) -> dict[str, Any]:
    """One record, with the fields that KMS's guide shows for Decrypt."""
    session, key = session_of(reader), answer.get("KeyId") or asked.get("KeyId", "")
    error = answer.get("Error", {})
    failed = {"errorCode": error["Code"], "errorMessage": error.get("Message", "")} if error else {}
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole", "principalId": f"LAPTOP:{session}", "accountId": ACCOUNT,
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/laptop/{session}",
        },
        "eventTime": (now - timedelta(microseconds=now.microsecond)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "awsRegion": region, "sourceIPAddress": "127.0.0.1",
        "userAgent": SAYS,
        "requestParameters": {
            "encryptionAlgorithm": "SYMMETRIC_DEFAULT", "keyId": key, "encryptionContext": asked.get("EncryptionContext", {}),
        },
        "responseElements": None, "requestID": str(uuid4()), "eventID": str(uuid4()), "readOnly": True,
        "resources": [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": key}],
        "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": ACCOUNT, "eventCategory": "Management",
        **failed,
    }  # fmt: skip
