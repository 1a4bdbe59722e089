"""CloudTrail's files on moto's S3: what they say of openings, and nothing of anything else."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.errors import ArchiveUnavailable
from chalicelib.storage.clients import client
from chalicelib.storage.cloudtrail import CloudTrailFiles
from tests.infra import account as a

from .aws import REGION, a_laptop

SINCE, UNTIL = datetime(2026, 11, 24, 15, tzinfo=UTC), datetime(2026, 11, 25, 16, tzinfo=UTC)


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[str]:
    records = [
        a.opened("2026-11-24T16:00", "carol", "alice"),
        a.opened("2026-11-25T15:59", "porchlight-tick", "bob", "outgoing_text"),
        a.opened("2026-11-25T16:00", "carol", "alice"),  # after the end
        a.opened("2026-11-24T14:59", "carol", "alice"),  # before the beginning
        a.refused("2026-11-24T17:00", "dan", "alice"),
        a.changed("2026-11-24T16:00", "carol", "kms", "PutKeyPolicy"),
        a.event("2026-11-24T16:00", "kms", "Decrypt", "x", {"encryptionContext": {"aws:dynamodb:tableName": "t"}}, ("AWS::KMS::Key", a.KEY)),
    ]
    a.write(tmp_path, records)
    with a_laptop("AWS::SQS::Queue", "AWS::S3::Bucket") as made:
        for file in tmp_path.rglob("*.gz"):
            client("s3", REGION).put_object(Bucket=made["CloudTrailBucket"], Key=str(file.relative_to(tmp_path)), Body=file.read_bytes())
        yield made["CloudTrailBucket"]


def test_openings_of_a_time_are_read_and_nothing_else(bucket: str) -> None:
    found = list(CloudTrailFiles(client("s3", REGION), bucket, a.ACCOUNT, a.REGION).openings(SINCE, UNTIL))
    assert [(o.session, o.patient, o.kind, o.error) for o in found] == [
        ("carol", "alice", "inbound_text", ""), ("dan", "alice", "inbound_text", "AccessDenied"), ("porchlight-tick", "bob", "outgoing_text", ""),
    ]
    assert found[0].at == datetime(2026, 11, 24, 16, tzinfo=UTC) and found[2].function == "tick"


def test_a_file_that_cannot_be_read_is_said_and_not_passed_over(bucket: str) -> None:
    client("s3", REGION).put_object(Bucket=bucket, Key=f"AWSLogs/{a.ACCOUNT}/CloudTrail/{a.REGION}/2026/11/24/x.json.gz", Body=gzip.compress(b"{}"))
    with pytest.raises(ArchiveUnavailable):
        list(CloudTrailFiles(client("s3", REGION), bucket, a.ACCOUNT, a.REGION).openings(SINCE, UNTIL))
    with pytest.raises(ArchiveUnavailable):
        list(CloudTrailFiles(client("s3", REGION), "nowhere", a.ACCOUNT, a.REGION).openings(SINCE, UNTIL))
