"""`ports.AccountTrail` from CloudTrail's own files: gzipped JSON in S3, a folder a day.

For days, not for years: what takes longer is asked in Athena (infra/queries).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..core.openings import Opening
from ..errors import ArchiveUnavailable

LATE = timedelta(hours=1)  # CloudTrail delivers within some fifteen minutes, so an event can lie in the next day's folder
DAY = timedelta(days=1)


class CloudTrailFiles:
    """`s3`: a client that may read `bucket`. `account`: whose events; `region`: the home of the content key."""

    def __init__(self, s3: Any, bucket: str, account: str, region: str) -> None:
        self._s3, self._bucket = s3, bucket
        self._prefix = f"AWSLogs/{account}/CloudTrail/{region}/"

    def openings(self, since: datetime, until: datetime) -> Iterable[Opening]:
        with ThreadPoolExecutor(16) as pool:
            for records in pool.map(self._read, self._files(since, until)):
                found = (opening for opening in map(read_opening, records) if opening is not None)
                yield from (opening for opening in found if since <= opening.at < until)

    def _files(self, since: datetime, until: datetime) -> Iterator[str]:
        day = since.replace(hour=0, minute=0, second=0, microsecond=0)
        while day < until + LATE:
            yield from self._names(f"{self._prefix}{day:%Y/%m/%d}/")
            day += DAY

    def _names(self, prefix: str) -> Iterator[str]:
        after = ""
        try:
            while page := self._s3.list_objects_v2(Bucket=self._bucket, Prefix=prefix, StartAfter=after).get("Contents"):
                yield from (each["Key"] for each in page)
                after = page[-1]["Key"]
        except (BotoCoreError, ClientError) as error:
            raise ArchiveUnavailable(type(error).__name__) from None

    def _read(self, name: str) -> list[dict[str, Any]]:
        try:
            packed = self._s3.get_object(Bucket=self._bucket, Key=name)["Body"].read()
            records: list[dict[str, Any]] = json.loads(gzip.decompress(packed))["Records"]
        except (BotoCoreError, ClientError, OSError, ValueError, KeyError) as error:
            raise ArchiveUnavailable(type(error).__name__) from None
        return records


def read_opening(record: dict[str, Any]) -> Opening | None:
    """A `Decrypt` under one of our encryption contexts; None for anything else (tables at rest have contexts of their own)."""
    if (record.get("eventSource"), record.get("eventName")) != ("kms.amazonaws.com", "Decrypt"):
        return None
    context = (record.get("requestParameters") or {}).get("encryptionContext") or {}
    if not {"patient", "program", "kind"} <= set(context):
        return None
    return Opening(
        at=datetime.fromisoformat(record["eventTime"]),
        event_id=record["eventID"],
        session=str((record.get("userIdentity") or {}).get("arn", "")).rpartition("/")[2],
        patient=context["patient"],
        program=context["program"],
        kind=context["kind"],
        error=record.get("errorCode") or "",
        source=record.get("sourceIPAddress") or "",
    )
